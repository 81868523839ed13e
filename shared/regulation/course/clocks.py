"""When the clocks of a round run out: from which moment, with pauses, extensions and shared limits."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from shared.regulation.course.record import CaseRecord, Due, Round
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Clock, Stage, TimeTable
from shared.regulation.language.times import DayOfMonth, EndOfDay, Passing, SameDay, Span, Time, read_span
from shared.worktime import Calendar, LimitUnit, counted

Pause = tuple[datetime, datetime | None]
"""From when until when a clock stands still; None while it still does."""
LAST = time(23, 59, 59)


def dues(pack: Pack, stage: Stage, case: CaseRecord, round: Round, calendar: Calendar) -> tuple[Due, ...]:
    """The clocks of a round that run: until when each."""
    clocks = stage.due
    told = (_due(pack, clock, place, case, round, calendar) for place, clock in enumerate(clocks))
    return tuple(each for each in told if each is not None)


def _due(pack: Pack, clock: Clock, place: int, case: CaseRecord, round: Round, calendar: Calendar) -> Due | None:
    if clock.promised or clock.given:
        return _until_given(clock, place, case, round, calendar)
    limit = limit_of(pack, clock, case)
    began = began_at(clock, case, round)
    if limit is None or began is None:
        return None
    if clock.share:
        limit = _left_of_share(pack, clock.share, limit, case, round, calendar)
        began = round.opened
    at = _run(limit, began, pauses_of(clock, case, round, began), calendar)
    if at is not None and at <= round.opened:
        began, at = round.opened, limit.after(round.opened, calendar)
    if at is None:
        return None
    keys = {each.key for each in lineage(case, round)}
    for extended in case.extensions:
        if extended.round in keys and extended.clock == place:
            at = read_span(extended.by).after(at, calendar)
    return Due(place, began, at, str(limit), clock.window)


def limit_of(pack: Pack, clock: Clock, case: CaseRecord) -> Time | None:
    """The time that a clock has; None where a table gives none for what is known."""
    written = pack.shares[clock.share].within if clock.share else clock.within
    if isinstance(written, TimeTable):
        return written.limits.get(str(case.values.get(written.of)))
    return written


def began_at(clock: Clock, case: CaseRecord, round: Round) -> datetime | None:
    """When a clock began: with the round, with the case, when a stage was done or begun, or on a field's date."""
    moment = lineage(case, round)[0].opened
    if clock.start == "case":
        moment = case.opened
    elif clock.start.endswith(".begun"):
        found = next(case.of(clock.start.removesuffix(".begun")), None)
        if found is None:
            return None
        moment = found.opened
    elif clock.start:
        known = case.done_at(clock.start) or case.values.get(clock.start)
        if not isinstance(known, date):
            return None
        moment = known if isinstance(known, datetime) else datetime.combine(known, time(), UTC)
    restarts = [each.closed for stage in clock.restarts_on for each in case.of(stage) if each.closed]
    return max([moment, *restarts])


def lineage(case: CaseRecord, round: Round) -> list[Round]:
    """The rounds of one holder that go on with each other's clocks, up to this one."""
    line = [round]
    while line[0].keeps:
        before = [
            each for each in case.of(round.stage) if each.holder == round.holder and each.number == line[0].number - 1
        ]
        if not before:
            break
        line.insert(0, before[0])
    return line


def pauses_of(clock: Clock, case: CaseRecord, round: Round, began: datetime) -> list[Pause]:
    """When a clock stood still since it began: while a stage was open that pauses it, and between rounds that go on."""
    line = lineage(case, round)
    between = [(earlier.closed, later.opened) for earlier, later in pairwise(line) if earlier.closed]
    paused = [(each.opened, each.closed) for stage in clock.pauses for each in case.of(stage)]
    spans = [(max(begins, began), ends) for begins, ends in (*between, *paused) if ends is None or ends > began]
    return sorted(spans, key=lambda pause: pause[0])


def _run(limit: Time, began: datetime, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    """When a limit is used up, with its pauses; None while it stands still."""
    here, at = began, limit.after(began, calendar)
    for begins, ends in pauses:
        if begins >= at:
            break
        if ends is None:
            return None
        if isinstance(limit, Span):
            used = passed(here, begins, limit.unit, calendar)
            limit = Span(max(limit.amount - used, Decimal("0.0001")), limit.unit)
            here, at = ends, limit.after(ends, calendar)
    return at


def _left_of_share(pack: Pack, share: str, limit: Time, case: CaseRecord, round: Round, calendar: Calendar) -> Time:
    """What is left of a shared limit when a round begins, and at least an equal part of it for each of its stages."""
    if not isinstance(limit, Span):
        return limit
    stages = [name for name, stage in pack.courses[case.kind].items() if any(each.share == share for each in stage.due)]
    spans = [
        (each.opened, each.closed or round.opened)
        for each in case.rounds
        if each.stage in stages and each.opened < round.opened
    ]
    used = sum((passed(begin, end, limit.unit, calendar) for begin, end in joined(spans)), Decimal(0))
    return Span(max(limit.amount - used, limit.amount / len(stages)).quantize(Decimal("0.0001")), limit.unit)


def joined(spans: Sequence[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """The same time without overlaps."""
    end: datetime | None = None
    for begins, ends in sorted(spans):
        start = begins if end is None else max(begins, end)
        if ends > start:
            yield start, ends
        end = ends if end is None else max(end, ends)


def passed(begin: datetime, end: datetime, unit: Passing, calendar: Calendar) -> Decimal:
    """How much time passed between two moments, in a unit; working time by the calendar's windows."""
    if unit in (Passing.WORKING_HOURS, Passing.WORKING_DAYS):
        one = timedelta(hours=1) if unit is Passing.WORKING_HOURS else calendar.standard_day
        return Decimal(counted(begin, end, LimitUnit(unit), calendar) / one)
    one = {Passing.MINUTES: timedelta(minutes=1), Passing.HOURS: timedelta(hours=1)}.get(unit, timedelta(days=1))
    return Decimal((end - begin) / one) / (30 if unit is Passing.MONTHS else 1)


def _until_given(clock: Clock, place: int, case: CaseRecord, round: Round, calendar: Calendar) -> Due | None:
    """A clock that runs until a date that somebody gave or promised: until the end of that day, or that moment."""
    name = clock.promised or clock.given or ""
    at: Any = case.values.get(name)
    if isinstance(at, date) and not isinstance(at, datetime):
        at = calendar.instant(datetime.combine(at, LAST))
    if not isinstance(at, datetime):
        return None
    return Due(place, round.opened, max(at, round.opened), name, clock.window)


def whole(limit: Time) -> bool:
    """Whether a limit can be told in percent."""
    return not isinstance(limit, SameDay | EndOfDay | DayOfMonth)
