"""Shared limits: which part of one is whose, what was used of it, and how long the next round has (P1.23)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from shared.contracts.values import Portion
from shared.procedures.course.tasks import Task, Tasks
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Stage
from shared.procedures.language.words import Facts
from shared.worktime import Calendar, Limit, LimitUnit, amount, counted, length

Span = tuple[datetime, datetime]
"""From when until when somebody had a stage."""


def portion(
    pack: Pack, stage: Stage, owner: str, time: Limit, facts: Facts, tasks: Tasks, now: datetime, calendar: Calendar
) -> tuple[Portion, timedelta] | None:
    """What a department has of a shared limit when it gets a stage of it now, and how long that is in this round.

    It is the most of three: what it has not used yet of its own part; what nobody has used of the whole, without the
    parts that those who come later still have; and the least that a round has. ``time`` is the whole limit. None where
    the pack gives the stage no part.
    """
    shared = pack.shares[stage.share or ""]
    parts = shared.parts_for(facts)
    if stage.stage not in parts:
        return None

    def part(code: str) -> timedelta:
        return whole * parts[code] / sum(parts.values())

    def used(chosen: Iterable[Task]) -> timedelta:
        return _together(spans(chosen, now), time.unit, calendar)

    whole, sharing = length(time, calendar), pack.sharing(stage)
    turns = [task for task in tasks.open + tasks.closed if task.stage in sharing]
    order = list(parts)
    later = order[order.index(stage.stage) + 1 :]
    own, before = part(stage.stage), used(task for task in turns if task.key[:2] == (stage.stage, owner))
    awaited = (part(code) - used(task for task in turns if task.stage == code) for code in later)
    left = whole - used(turns) - sum((max(each, timedelta()) for each in awaited), timedelta())
    round = max(own - before, left, own * shared.again / 100)
    spent = amount(before, time.unit, calendar)
    allowed = plus(spent, round, calendar)
    return Portion(stage.share or "", str(amount(own, time.unit, calendar)), str(spent), str(allowed)), round


def spans(tasks: Iterable[Task], now: datetime) -> list[Span]:
    """When stages of a shared limit were with somebody, so far.

    A round that was begun before parts were told apart does not count: when its department got it was not kept.
    """
    return [(task.deadline.began, task.ended or now) for task in tasks if task.deadline and task.deadline.portion]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time, with no moment in it twice."""
    apart: list[Span] = []
    for began, ended in sorted(spans):
        if apart and began <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(apart[-1][1], ended)
        else:
            apart.append((began, ended))
    return apart


def used_by(pack: Pack, task: Task, until: datetime, calendar: Calendar) -> str:
    """What a department has used of its limit by a moment, in the limit's words, earlier rounds of a share included.

    Empty without a limit, and for a round of a shared one that was begun before parts were told apart.
    """
    deadline = task.deadline
    if deadline is None or (pack.stage(task.stage).share and not deadline.portion):
        return ""
    limit = Limit.parse(deadline.limit)
    before = deadline.portion.used if deadline.portion else str(Limit(Decimal(0), limit.unit))
    return used_since(before, deadline.began, until, calendar)


def used_since(before: str, began: datetime, until: datetime, calendar: Calendar) -> str:
    """What was used before a round, and since that ``began``, in the words of a limit."""
    used = Limit.read(before)
    return str(plus(used, counted(began, until, used.unit, calendar), calendar))


def plus(before: Limit, time: timedelta, calendar: Calendar) -> Limit:
    """An amount, and so much counted time on top: added as both are told, so that who used more is told to."""
    return Limit(before.amount + amount(time, before.unit, calendar).amount, before.unit)


def used_together(spans: Iterable[Span], unit: LimitUnit, calendar: Calendar) -> Limit:
    """How much time was counted while anybody had a stage: two at once count once."""
    return amount(_together(spans, unit, calendar), unit, calendar)


def _together(spans: Iterable[Span], unit: LimitUnit, calendar: Calendar) -> timedelta:
    return sum((counted(*span, unit, calendar) for span in joined(spans)), timedelta())
