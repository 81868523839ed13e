"""The course of a case: which stages an event ends and begins, by the pack alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from shared.contracts.approval import SentBack
from shared.contracts.event import Event, facts_of, wire_name
from shared.contracts.intake import StageClosed, StageOpened
from shared.contracts.values import Deadline, Portion
from shared.procedures.course.shares import portion, used_by
from shared.procedures.course.tasks import Task, Tasks
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Stage
from shared.procedures.language.words import Each, Facts, TimeLimit, answer, holds
from shared.worktime import Calendar, Limit, length, reached

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


@dataclass(frozen=True, slots=True)
class Timing:
    """Two aware moments of an event: when somebody ``acted``, and when that is ``entered`` in the register.

    By the first, who acted is judged. From the second on, whoever comes next has the case: before, nobody had it.
    """

    acted: datetime
    entered: datetime
    calendar: Calendar


def next_stages(pack: Pack, facts: Facts, tasks: Tasks, event: Event, when: Timing) -> Moves:
    """The stages that an event closes and opens in a case (P1.13).

    ``facts`` are those known before the event; its own are added here. An event that ends stages by the pack, but
    none that is open, is a stray one and moves nothing.
    """
    if isinstance(event, SentBack):
        return send_back(pack, facts, tasks, event, when)
    name = wire_name(type(event))
    if not pack.moved_by(name):
        return NO_MOVES
    return advance(pack, {**facts, **facts_of(event)}, tasks, name, event, when)


def advance(pack: Pack, facts: Facts, tasks: Tasks, name: str, said: object, when: Timing) -> Moves:
    """As :func:`next_stages`, for the name of an event; from ``said`` only the fields are read that name an owner."""
    closed = tuple(_closed(pack, tasks, name, said, when))
    if pack.ended_by(name) and not closed:
        return NO_MOVES
    rest = Moves(closed=closed).applied_to(tasks)
    beginning = {stage.stage: stage for stage in begun(pack, facts, rest, name)}.values()
    opened = (_opened(pack, stage, facts, rest, when) for stage in beginning)
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


def send_back(pack: Pack, facts: Facts, tasks: Tasks, event: SentBack, when: Timing) -> Moves:
    """Close the sender's task and begin a new round of a stage that was done; a stray event moves nothing."""
    sender = tasks.find(event.sender)
    if sender is None or (event.stage, event.owner) not in returnable(pack, event.sender, tasks):
        return NO_MOVES
    closed = _ended(pack, sender, SENT_BACK, when)
    rest = Moves(closed=(closed,)).applied_to(tasks)
    return Moves((_open(pack, pack.stage(event.stage), event.owner, facts, rest, when),), (closed,))


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
    return _deadline(name, owner, time, limit.rule, length(time, calendar), warnings, began, calendar)


def _deadline(
    name: str,
    owner: str,
    limit: Limit,
    rule: str,
    given: timedelta,
    warnings: Iterable[int],
    began: datetime,
    calendar: Calendar,
    portion: Portion | None = None,
) -> Deadline:
    """The deadline of so much ``given`` time; its warnings lie between beginning and end."""
    moments = tuple((percent, reached(began, given * percent / 100, limit.unit, calendar)) for percent in warnings)
    due = reached(began, given, limit.unit, calendar)
    return Deadline(name, owner, began, due, str(limit), rule, moments, portion)


def _closed(pack: Pack, tasks: Tasks, name: str, said: object, when: Timing) -> Iterator[StageClosed]:
    for stage, end in pack.ended_by(name):
        owner = getattr(said, end.owner) if end.owner else None
        if task := tasks.find(stage.stage, owner):
            yield _ended(pack, task, end.outcome, when)


def _ended(pack: Pack, task: Task, outcome: str, when: Timing) -> StageClosed:
    used = used_by(pack, task, when.acted, when.calendar)
    return StageClosed(task.stage, task.owner, task.round, outcome, when.acted, used)


def _opened(pack: Pack, stage: Stage, facts: Facts, tasks: Tasks, when: Timing) -> Iterator[StageOpened]:
    for owner in owners(stage, facts):
        if stage.repeats or tasks.find(stage.stage, owner) is None:
            yield _open(pack, stage, owner, facts, tasks, when)


def _open(pack: Pack, stage: Stage, owner: str, facts: Facts, tasks: Tasks, when: Timing) -> StageOpened:
    return StageOpened(
        stage=stage.stage,
        owner=owner,
        round=tasks.rounds(stage.stage, owner) + 1,
        rule=stage.rule,
        level=pack.level_of(stage, facts),
        deadline=_limited(pack, stage, owner, facts, tasks, when),
    )


def _limited(pack: Pack, stage: Stage, owner: str, facts: Facts, tasks: Tasks, when: Timing) -> Deadline | None:
    """The deadline of a new round: a limit of the stage's own in full, or what the department has of a shared one."""
    limit, began, calendar = pack.limit_of(stage), when.entered, when.calendar
    if limit is None:
        return None
    if not stage.share:
        return deadline_of(stage.stage, owner, limit, pack.warnings, facts, began, calendar)
    time = answer(limit.time, facts)
    found = portion(pack, stage, owner, time, facts, tasks, began, calendar) if time else None
    if time is None or found is None:
        return None
    own, given = found
    return _deadline(stage.stage, owner, time, limit.rule, given, pack.warnings, began, calendar, own)
