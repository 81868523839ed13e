"""What every command has in common, and the one command every department knows: file what was heard."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform
from uuid import UUID

from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.values import SYSTEM, Actor

T = TypeVar("T", bound=type)


@dataclass(frozen=True, slots=True)
class Draw:
    """A command that draws numbers of a series: one for each event of the class that it yields."""

    series: str
    event: type


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A wish that a department decides on.

    ``by`` is filled in by the door that the command came through, never by its body; ``serial`` by the
    gate, for a command that draws a number (see ``shared/commands/gate.py``). ``stands_on`` names what of the
    folder whoever gives the command must have seen as it is (``shared/procedures/course/basis.py``); None: everything.
    """

    stands_on: ClassVar[tuple[str, ...] | None] = None

    by: Actor = SYSTEM
    serial: int = 0

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "str_strip_whitespace": True}


def kebab(name: str) -> str:
    """A command's name as that of its act, in the pack, in addresses and in words: ``report-cause``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def draw_of(wish: Command, folder: Any) -> Draw | None:
    """The numbers that a command draws in a folder, if any: its ``draws``, or what that says of the folder."""
    draws = getattr(type(wish), "draws", None)
    return draws(folder) if callable(draws) else draws


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(cls: T) -> T:
    """Declare a command: frozen, by keyword; no field but the declared ones is accepted from outside."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Command):
    """Keep a copy of what another department said in this department's folder."""

    heard: Event
    envelope: Envelope | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected(Command):
    """What a reaction sends to another case than the one it heard of: the inbox submits it to ``case``."""

    case: UUID


Reaction = Callable[[Event, Envelope, Any], Command | None]
"""(event heard, its envelope, the rules of its case) -> what a department makes of it: a command, or nothing."""

Reactions = dict[type, Reaction]


def file(heard: Event, envelope: Envelope, rules: Any) -> Command:
    """The reaction that only files a copy."""
    return File(heard=heard, envelope=envelope)


def file_stage_of(service: str) -> Reaction:
    """The reaction that files a stage which waits for a service; those of others are not its business."""

    def file_own_stage(heard: Event, envelope: Envelope, rules: Any) -> Command | None:
        return File(heard=heard, envelope=envelope) if rules.is_for(service, heard.stage) else None

    return file_own_stage


def heard_by(reactions: Reactions) -> dict[str, Any]:
    """The wire names a reaction table listens to, with the name of what it does: for the documentation."""
    from shared.contracts.event import wire_name

    return {wire_name(cls): getattr(reaction, "__name__", str(reaction)) for cls, reaction in reactions.items()}
