"""What an import does with each row at intake: files it, corrects it, or takes it back; each once in effect.

A row's key gives the id of its command, so that the same row is the same wish. A case that was withdrawn frees its
row: the next edition of the row is a wish of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import count
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from deploy.importing.connection import ImportStopped, Intake, Sending, connected, problem, said
from deploy.importing.filling import FieldFault, FilledRow
from shared.http.identities import case_of, command_of

DOOR, CASE = "/api/intake/complaints", "/api/intake/cases/{case}"
HOPELESS = frozenset({401, 403, 404, 405})
USED = "key-reused"
LOOKS_ALIKE = "possible-duplicate"
TRIES, BETWEEN_TRIES = 20, 0.25
"""How often, and how many seconds apart, a corrected row is filed while intake's list still has the withdrawn case."""


class RowOutcome(Enum):
    """What became of a row."""

    CREATED = "created"
    THERE = "there"
    CORRECTED = "corrected"
    TAKEN_BACK = "taken-back"
    ABSENT = "absent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row and what became of it; ``faults`` says why it was refused."""

    filled: FilledRow
    outcome: RowOutcome
    faults: tuple[FieldFault, ...] = ()


@dataclass(frozen=True, slots=True)
class RowEdition:
    """One edition of a row: the id of its command, and the case that comes of it."""

    command: UUID
    case: UUID


def command_id(site: str, mapping: str, key: str, edition: int = 1) -> UUID:
    """The id of a row's command: the same edition of a row is the same wish, however often a person sends it."""
    first = uuid5(uuid5(uuid5(NAMESPACE_URL, f"redress:import:{site}"), mapping), key)
    return first if edition == 1 else uuid5(first, f"edition {edition}")


class RowSender:
    """Does with rows at intake what an import is for. ``reason`` says why a case is withdrawn."""

    def __init__(self, intake: Intake, sending: Sending, reason: str) -> None:
        self.intake = intake
        self.sending = sending
        self.reason = reason

    async def file(self, filled: FilledRow) -> RowResult:
        """File a row, unless it is there. Raises ImportStopped for what would befall every other row too."""
        return await self.filed(filled, corrects=False)

    async def correct(self, filled: FilledRow) -> RowResult:
        """File a row; one that is there with other words is withdrawn and filed anew. Raises ImportStopped."""
        return await self.filed(filled, corrects=True)

    async def take_back(self, filled: FilledRow) -> RowResult:
        """Withdraw what came of a row. Raises ImportStopped."""
        for number in count(1):
            edition = self.edition(filled, number)
            is_withdrawn = await self.is_withdrawn(edition)
            if is_withdrawn is None:
                return RowResult(filled, RowOutcome.ABSENT)
            if not is_withdrawn:
                faults = await self.withdraw(edition)
                return RowResult(filled, RowOutcome.REFUSED if faults else RowOutcome.TAKEN_BACK, faults)
        raise AssertionError("editions are counted without end")

    async def filed(self, filled: FilledRow, *, corrects: bool) -> RowResult:
        """File the first edition of a row that is not withdrawn. Raises ImportStopped."""
        corrected = False
        for number in count(1):
            edition = self.edition(filled, number)
            answer = await self.post(filled, edition, again=corrected)
            if answer.is_success and not is_repeated(answer):
                return RowResult(filled, RowOutcome.CORRECTED if corrected else RowOutcome.CREATED)
            if not answer.is_success and problem(answer).get("code") != USED:
                return refused(filled, answer)
            if await self.is_withdrawn(edition):
                continue
            if answer.is_success:
                return RowResult(filled, RowOutcome.THERE)
            if not corrects:
                return RowResult(filled, RowOutcome.REFUSED, (FieldFault.saying("", "import.differs"),))
            if faults := await self.withdraw(edition):
                return RowResult(filled, RowOutcome.REFUSED, faults)
            corrected = True
        raise AssertionError("editions are counted without end")

    async def post(self, filled: FilledRow, edition: RowEdition, *, again: bool) -> httpx.Response:
        """File an edition; ``again`` after a withdrawal, of which intake's list may not know yet."""
        body = {"site": self.sending.site, **filled.body}
        for _ in range(TRIES):
            answer = await self.intake.ask("POST", DOOR, body, edition.command)
            if not again or problem(answer).get("code") != LOOKS_ALIKE:
                break
            await asyncio.sleep(BETWEEN_TRIES)
        if answer.status_code in HOPELESS:
            raise ImportStopped("import.not-taken", answer=said(answer))
        return answer

    async def is_withdrawn(self, edition: RowEdition) -> bool | None:
        """Whether what came of an edition was withdrawn; None where nothing came of it."""
        answer = await self.intake.ask("GET", CASE.format(case=edition.case))
        return bool(answer.json().get("withdrawn")) if answer.is_success else None

    async def withdraw(self, edition: RowEdition) -> tuple[FieldFault, ...]:
        """Withdraw what came of an edition; why it could not be, if so."""
        path = f"{CASE.format(case=edition.case)}/withdraw-complaint"
        answer = await self.intake.ask("POST", path, {"reason": self.reason}, uuid5(edition.command, "withdraw"))
        return () if answer.is_success else reasons(answer)

    def edition(self, filled: FilledRow, number: int) -> RowEdition:
        """An edition of a row, counted from 1."""
        command = command_id(self.sending.site, self.sending.mapping, filled.key, number)
        return RowEdition(command, case_of(command_of(self.sending.person, str(command)), "intake"))


Work = Callable[[RowSender, FilledRow], Awaitable[RowResult]]
"""What is done with each row."""


async def send_all(
    rows: Iterable[FilledRow],
    sending: Sending,
    on_sent: Callable[[RowResult], None],
    work: Work = RowSender.file,
    reason: str = "",
) -> None:
    """Do the work with every row; ``on_sent`` hears of each as it is answered. Raises ImportStopped."""
    waiting = iter(rows)
    async with connected(sending) as intake:
        sender = RowSender(intake, sending, reason)

        async def go_on() -> None:
            for filled in waiting:
                on_sent(await work(sender, filled))

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(sending.at_once):
                    workers.create_task(go_on())
        except* ImportStopped as stopped:
            raise stopped.exceptions[0] from None


def is_repeated(answer: httpx.Response) -> bool:
    """Whether the intake had this row before and only repeats its answer."""
    replayed: str = answer.headers.get("idempotent-replayed", "")
    return replayed == "true"


def refused(filled: FilledRow, answer: httpx.Response) -> RowResult:
    """A row that the server does not take."""
    return RowResult(filled, RowOutcome.REFUSED, reasons(answer))


def reasons(answer: httpx.Response) -> tuple[FieldFault, ...]:
    """Why a form was refused: each field at fault, or the refusal as a whole (RFC 9457)."""
    document = problem(answer)
    errors = ((str(error["field"]), str(error["message"])) for error in document.get("errors", ()))
    faults = tuple(FieldFault.saying(field, "import.answered", answer=message) for field, message in errors)
    return faults or (FieldFault.saying("", "import.answered", answer=said(answer)),)
