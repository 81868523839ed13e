"""Who may name which file in a command; a file that is named is held for the case before that is recorded."""

import asyncio
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

from shared.commands.answers import Busy, UnknownCase
from shared.contracts.values import Actor, Attachment
from shared.http.body import invalid
from shared.http.problems import FieldProblem, from_gate
from shared.http.surroundings import ServiceContext


async def hold_files(here: ServiceContext, who: Actor, case: UUID, values: dict[str, Any]) -> None:
    """Hold every file that a command for a case names.

    Raises Problem 422 for too many, or that names each file that was never received, or that this person may not see:
    there is no telling one from the other.
    """
    attached, most = list(attachments_in(values)), here.settings.most_files
    if len(attached) > most:
        raise invalid(FieldProblem("attachments", "problem.too-many-files", {"most": most}))
    wrong = [each for each in attached if not await held(here, who, case, each)]
    if wrong:
        raise invalid(
            *(FieldProblem("attachments", "problem.unknown-attachment", {"name": each.name}) for each in wrong)
        )


async def held(here: ServiceContext, who: Actor, case: UUID, attached: Attachment) -> bool:
    """Whether a person may name a file, which is then held for the case."""
    if not await asyncio.to_thread(here.files.has, attached):
        return False
    uploaded = await asyncio.to_thread(here.files.ledger.has, who.person, attached)
    if not uploaded and not await seen(here, who, case, attached):
        return False
    return await asyncio.to_thread(here.files.use, attached, here.service, case)


async def seen(here: ServiceContext, who: Actor, case: UUID, attached: Attachment) -> bool:
    """Whether this case, or another of a site for which the person works, has the file already."""
    known = await asyncio.to_thread(here.files.ledger.cases, attached.digest)
    for each in dict.fromkeys((case, *known)):
        try:
            _, _, rules = await here.gate.folder(each)
            if rules.site in who.sites and await names(here, each, attached):
                return True
        except UnknownCase:
            continue
        except Busy as busy:
            raise from_gate(busy) from None
    return False


async def names(here: ServiceContext, case: UUID, attached: Attachment) -> bool:
    """Whether an event of a case names exactly this file."""
    return any(attached in attachments_in(recorded.event) for recorded in await here.gate.events(case))


def attachments_in(value: Any) -> Iterator[Attachment]:
    """Every attachment inside a value, an event or a command."""
    if isinstance(value, str):
        return
    if isinstance(value, Attachment):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from attachments_in(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from attachments_in(part)
    elif is_dataclass(value):
        for each in fields(value):
            yield from attachments_in(getattr(value, each.name))
