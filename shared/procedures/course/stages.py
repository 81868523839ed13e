"""The course of a case: which stages an event ends and begins, by the pack alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from shared.contracts.approval import SentBack
from shared.contracts.event import Event, facts_of, wire_name
from shared.contracts.intake import StageClosed, StageOpened
from shared.contracts.values import Deadline
from shared.procedures.course.tasks import Tasks
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Stage
from shared.procedures.language.words import Each, Facts, TimeLimit, answer, holds
from shared.worktime import Calendar, due

SENT_BACK = "sent-back"


@dataclass(frozen=True, slots=True)
class Moves:
    """What an event does to the course of a case. The closed stages come before the opened ones."""

    opened: tuple[StageOpened, ...] = ()
    closed: tuple[StageClosed, ...] = ()

    def applied_to(self, tasks: Tasks) -> Tasks:
        """The tasks after these moves."""
        for moved in (*self.closed, *self.opened):
            tasks = tasks.evolve(moved)
        return tasks


NO_MOVES = Moves()


def next_stages(pack: Pack, facts: Facts, tasks: Tasks, event: Event, now: datetime, calendar: Calendar) -> Moves:
    """The stages that an event closes and opens in a case (P1.13).

    ``facts`` are those known before the event; its own are added here. ``now`` is the aware moment of the
    event. An event that ends stages by the pack, but none that is open, is a stray one and moves nothing.
    """
    if isinstance(event, SentBack):
        return send_back(pack, facts, tasks, event, now, calendar)
    name = wire_name(type(event))
    if not pack.moved_by(name):
        return NO_MOVES
    return advance(pack, {**facts, **facts_of(event)}, tasks, name, event, now, calendar)


def advance(
    pack: Pack, facts: Facts, tasks: Tasks, name: str, said: object, now: datetime, calendar: Calendar
) -> Moves:
    """As :func:`next_stages`, for the name of an event; from ``said`` only the fields are read that name an owner."""
    closed = tuple(_closed(pack, tasks, name, said, now))
    if pack.ended_by(name) and not closed:
        return NO_MOVES
    rest = Moves(closed=closed).applied_to(tasks)
    beginning = {stage.stage: stage for stage in begun(pack, facts, rest, name)}.values()
    opened = (_opened(pack, stage, facts, rest, now, calendar) for stage in beginning)
    return Moves(tuple(chain.from_iterable(opened)), closed)


def begun(pack: Pack, facts: Facts, rest: Tasks, name: str) -> Iterator[Stage]:
    """The stages that an event begins in this case, once for each beginning that holds; ``rest`` are the tasks left."""
    for stage, beginning in pack.begun_by(name):
        if holds(beginning.when, facts) and not any(rest.find(awaited) for awaited in beginning.after):
            yield stage


def owners(stage: Stage, facts: Facts) -> tuple[str, ...]:
    """Who has a stage: one department, or each of several; nobody where the facts give no answer."""
    if isinstance(stage.owner, Each):
        return stage.owner.each
    owner = answer(stage.owner, facts)
    return (owner,) if owner else ()


def send_back(pack: Pack, facts: Facts, tasks: Tasks, event: SentBack, now: datetime, calendar: Calendar) -> Moves:
    """Close the sender's task and begin a new round of a stage that was done; a stray event moves nothing."""
    sender = tasks.find(event.sender)
    if sender is None or (event.stage, event.owner) not in returnable(pack, event.sender, tasks):
        return NO_MOVES
    closed = StageClosed(sender.stage, sender.owner, sender.round, SENT_BACK, now)
    stage = pack.stage(event.stage)
    return Moves((_open(pack, stage, event.owner, facts, tasks, now, calendar),), (closed,))


def returnable(pack: Pack, sender: str, tasks: Tasks) -> tuple[tuple[str, str], ...]:
    """The (stage, owner) pairs that a sender may send back to: done in this case and not open again."""
    allowed = pack.stage(sender).sends_back
    done = dict.fromkeys((task.stage, task.owner) for task in tasks.closed if task.stage in allowed)
    return tuple(pair for pair in done if tasks.find(*pair) is None)


def deadline_of(
    name: str, owner: str, limit: TimeLimit, warnings: Iterable[int], facts: Facts, began: datetime, calendar: Calendar
) -> Deadline | None:
    """The deadline that a limit gives, or None where its table has no answer for the facts."""
    time = answer(limit.time, facts)
    if time is None:
        return None
    moments = tuple((percent, due(began, time.part(percent), calendar)) for percent in warnings)
    return Deadline(name, owner, began, due(began, time, calendar), str(time), limit.rule, moments)


def _closed(pack: Pack, tasks: Tasks, name: str, said: object, now: datetime) -> Iterator[StageClosed]:
    for stage, end in pack.ended_by(name):
        owner = getattr(said, end.owner) if end.owner else None
        if task := tasks.find(stage.stage, owner):
            yield StageClosed(task.stage, task.owner, task.round, end.outcome, now)


def _opened(
    pack: Pack, stage: Stage, facts: Facts, tasks: Tasks, now: datetime, calendar: Calendar
) -> Iterator[StageOpened]:
    for owner in owners(stage, facts):
        if stage.repeats or tasks.find(stage.stage, owner) is None:
            yield _open(pack, stage, owner, facts, tasks, now, calendar)


def _open(
    pack: Pack, stage: Stage, owner: str, facts: Facts, tasks: Tasks, now: datetime, calendar: Calendar
) -> StageOpened:
    limit = pack.limit_of(stage)
    began = _began(pack, stage, tasks) or now
    deadline = deadline_of(stage.stage, owner, limit, pack.warnings, facts, began, calendar) if limit else None
    return StageOpened(
        stage=stage.stage,
        owner=owner,
        round=tasks.rounds(stage.stage) + 1,
        rule=stage.rule,
        level=pack.level_of(stage, facts),
        deadline=_still_to_warn(deadline, now) if deadline else None,
    )


def _began(pack: Pack, stage: Stage, tasks: Tasks) -> datetime | None:
    """When the first stage of a shared limit began; None for a limit of the stage's own."""
    sharing = pack.sharing(stage)
    return min((t.deadline.began for t in tasks.open + tasks.closed if t.stage in sharing and t.deadline), default=None)


def _still_to_warn(deadline: Deadline, now: datetime) -> Deadline:
    ahead = tuple((percent, moment) for percent, moment in deadline.warnings if moment > now)
    return replace(deadline, warnings=ahead)
