"""What analytics decides: that a deadline is near, that a deadline was missed; each said exactly once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts import Event, analytics, intake
from shared.contracts.commands import Command, File, command
from shared.contracts.values import Deadline
from shared.procedures.course.rules import Rules

OVERALL = "overall"
"""The name of the deadline of the whole case (P1.23)."""


@dataclass(frozen=True, slots=True)
class RunningDeadline:
    """A deadline whose work is not done, and what was said about it: ``warned`` percentages, ``missed``."""

    deadline: Deadline
    round: int
    warned: tuple[int, ...] = ()
    missed: bool = False

    def is_for(self, name: str, owner: str, round: int) -> bool:
        """Whether it is the deadline of this work."""
        return (self.deadline.name, self.deadline.owner, self.round) == (name, owner, round)


@dataclass(frozen=True, slots=True)
class AnalyticsFolder:
    """What analytics must know of a case to decide: the deadlines that are running."""

    case: UUID
    running: tuple[RunningDeadline, ...] = ()

    def find(self, name: str, owner: str, round: int) -> RunningDeadline | None:
        """The running deadline of this work; None when it was never opened or has ended."""
        return next((each for each in self.running if each.is_for(name, owner, round)), None)

    def find_overall(self) -> RunningDeadline | None:
        """The running deadline of the whole case."""
        return next((each for each in self.running if each.deadline.name == OVERALL), None)


@command
class WarnDeadline(Command):
    """The clock reached the moment at which ``percent`` of a limit are used."""

    name: str
    owner: str
    round: int
    percent: int


@command
class MissDeadline(Command):
    """The clock passed a due time."""

    name: str
    owner: str
    round: int


def initial(case: UUID) -> AnalyticsFolder:
    """The folder of a case of which nothing was heard."""
    return AnalyticsFolder(case)


def evolve(folder: AnalyticsFolder, event: Event) -> AnalyticsFolder:
    """The folder after an event, heard or own."""
    match event:
        case intake.StageOpened(deadline=Deadline() as deadline):
            return begun(folder, RunningDeadline(deadline, event.round))
        case intake.CaseAccepted(overall=Deadline() as deadline):
            return begun(folder, RunningDeadline(deadline, 1))
        case intake.StageClosed() | intake.CaseClosed():
            return without(folder, ended_by(folder, event))
        case analytics.DeadlineWarned():
            return said(folder, event, lambda running: replace(running, warned=(*running.warned, event.percent)))
        case analytics.DeadlineMissed():
            return said(folder, event, lambda running: replace(running, missed=True))
        case _:
            return folder


def begun(folder: AnalyticsFolder, new: RunningDeadline) -> AnalyticsFolder:
    """The folder with one more deadline running; the same work twice is once."""
    if folder.find(new.deadline.name, new.deadline.owner, new.round):
        return folder
    return replace(folder, running=(*folder.running, new))


def ended_by(folder: AnalyticsFolder, event: Event) -> RunningDeadline | None:
    """The deadline whose work an event ends: of a stage, or of the whole case."""
    match event:
        case intake.StageClosed():
            return folder.find(event.stage, event.owner, event.round)
        case intake.CaseClosed():
            return folder.find_overall()
        case _:
            return None


def without(folder: AnalyticsFolder, ended: RunningDeadline | None) -> AnalyticsFolder:
    """The folder with a deadline no longer running."""
    return replace(folder, running=tuple(each for each in folder.running if each is not ended))


def said(
    folder: AnalyticsFolder,
    event: analytics.DeadlineWarned | analytics.DeadlineMissed,
    noted: Callable[[RunningDeadline], RunningDeadline],
) -> AnalyticsFolder:
    """The folder with something noted as said about a deadline."""
    about = folder.find(event.name, event.owner, event.round)
    return replace(folder, running=tuple(noted(each) if each is about else each for each in folder.running))


def keep(folder: AnalyticsFolder, command: File, rules: Rules, now: datetime) -> Iterable[Event]:
    """File what was heard; work that ended after its due time missed it, though nobody was there to say so.

    The moment of the end is when the department acted, never that of recording or hearing. What was heard comes
    first: a restored store hears it again, and what follows from it with it.
    """
    yield command.heard
    if (ended := ended_by(folder, command.heard)) is not None:
        yield from miss(ended, end_of(command.heard, command.envelope.time if command.envelope else now))


def end_of(heard: Event, recorded: datetime) -> datetime:
    """When the work ended that an event tells of, given when that was recorded."""
    return heard.ended(recorded) if isinstance(heard, intake.StageClosed) else recorded


def warn_deadline(folder: AnalyticsFolder, command: WarnDeadline, rules: Rules, now: datetime) -> Iterable[Event]:
    """Warn once at each percentage; not before its moment, and not after the deadline was said to be missed."""
    running = folder.find(command.name, command.owner, command.round)
    if running is None or running.missed or command.percent in running.warned:
        return
    moment = dict(running.deadline.warnings).get(command.percent)
    if moment is not None and moment <= now:
        yield analytics.DeadlineWarned(
            command.name, command.owner, command.round, running.deadline.due, command.percent
        )


def miss_deadline(folder: AnalyticsFolder, command: MissDeadline, rules: Rules, now: datetime) -> Iterable[Event]:
    """Say once that the work was not done when it was due (P1.25)."""
    running = folder.find(command.name, command.owner, command.round)
    if running is not None:
        yield from miss(running, now)


def miss(running: RunningDeadline, at: datetime) -> Iterable[Event]:
    """The deadline as missed, when ``at`` is after its due time and nobody has said so; at the due time is in time."""
    if not running.missed and at > running.deadline.due:
        deadline = running.deadline
        yield analytics.DeadlineMissed(deadline.name, deadline.owner, running.round, deadline.due)


DECISIONS: dict[type[Command], Callable[[AnalyticsFolder, Any, Rules, datetime], Iterable[Event]]] = {
    File: keep,
    WarnDeadline: warn_deadline,
    MissDeadline: miss_deadline,
}


def decide(folder: AnalyticsFolder, command: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """The events that a command makes of a folder. Only the clock and reactions command: there is no door to it."""
    return DECISIONS[type(command)](folder, command, rules, now)
