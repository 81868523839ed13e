"""When a limit that began at a moment is used up, and why: day by day; and how much of one was used meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from shared.worktime.calendar import Calendar, Kind
from shared.worktime.limit import Limit, LimitUnit

LONGEST_REST = 3660
"""Days without any work after which a calendar is taken for empty."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation: how much of the limit a local date used up, and what kind of day it was.

    ``kind`` is a :data:`Kind` of day for working time, ``calendar`` where every day counts, and
    ``unpublished`` for the warning that the make-up working days of the date's year are not known yet.
    """

    date: date
    kind: Kind | Literal["calendar", "unpublished"]
    counted: timedelta
    name: str = ""


def deadline(began: datetime, limit: Limit, calendar: Calendar) -> tuple[datetime, tuple[Line, ...]]:
    """The moment (UTC) at which the limit is used up, and the lines that explain it.

    ``began`` is aware. Raises ValueError for a naive one and for a calendar in which nobody works.
    """
    end = due(began, limit, calendar)
    if limit.unit in (LimitUnit.HOURS, LimitUnit.DAYS):
        return end, tuple(_passing(began, end, calendar))
    lines = tuple(line for line, _ in _working(began, length(limit, calendar), calendar))
    years = range(lines[0].date.year, lines[-1].date.year + 1)
    warnings = tuple(Line(date(year, 1, 1), "unpublished", timedelta()) for year in calendar.unpublished(years))
    return end, warnings + lines


def due(began: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The moment (UTC) at which the limit is used up; see :func:`deadline`."""
    return reached(began, length(limit, calendar), limit.unit, calendar)


def length(limit: Limit, calendar: Calendar) -> timedelta:
    """The time that a limit counts: a day is one of the wall clock, a working day the calendar's standard day."""
    return _one(limit.unit, calendar) * float(limit.amount)


def reached(began: datetime, time: timedelta, unit: LimitUnit, calendar: Calendar) -> datetime:
    """The moment (UTC) at which so much ``time`` has been counted as the ``unit`` counts it; see :func:`deadline`."""
    if began.tzinfo is None:
        raise ValueError("a limit begins at an aware time")
    if unit is LimitUnit.HOURS:
        return began.astimezone(UTC) + time
    if unit is LimitUnit.DAYS:
        local = began.astimezone(calendar.zone)
        return calendar.instant((local.replace(tzinfo=None) + time).replace(fold=local.fold))
    *_, (_, end) = _working(began, time, calendar)
    return end


def counted(began: datetime, ended: datetime, unit: LimitUnit, calendar: Calendar) -> timedelta:
    """How much time was counted between two aware moments, as the ``unit`` counts it; none if they stand otherwise.

    Days are counted by the wall clock, so an hour that it shows twice counts once.
    """
    began, ended = began.astimezone(UTC), ended.astimezone(UTC)
    if ended <= began:
        return timedelta()
    if unit is LimitUnit.HOURS:
        return ended - began
    first, last = (moment.astimezone(calendar.zone).replace(tzinfo=None) for moment in (began, ended))
    if unit is LimitUnit.DAYS:
        return max(last - first, timedelta())
    days = (first.date() + timedelta(days=day) for day in range((last.date() - first.date()).days + 1))
    spans = (span for on in days for span in calendar.spans(on))
    return sum((max(min(closes, ended) - max(opens, began), timedelta()) for opens, closes in spans), timedelta())


def amount(time: timedelta, unit: LimitUnit, calendar: Calendar) -> Limit:
    """Counted time in the words of a limit, to four places: 40 hours as ``1.6667 d``."""
    exact = Decimal(time / timedelta(microseconds=1)) / Decimal(_one(unit, calendar) / timedelta(microseconds=1))
    return Limit(round(exact, 4), unit)


def _one(unit: LimitUnit, calendar: Calendar) -> timedelta:
    if unit is LimitUnit.WORKING_DAYS:
        return calendar.standard_day
    return timedelta(days=1) if unit is LimitUnit.DAYS else timedelta(hours=1)


def _passing(began: datetime, end: datetime, calendar: Calendar) -> Iterator[Line]:
    """Every local date from ``began`` to ``end`` with the time that passed on it."""
    here = began.astimezone(UTC)
    while here < end:
        on = here.astimezone(calendar.zone).date()
        midnight = calendar.instant(datetime.combine(on + timedelta(days=1), time()))
        yield Line(on, "calendar", min(midnight, end) - here)
        here = midnight


def _working(began: datetime, left: timedelta, calendar: Calendar) -> Iterator[tuple[Line, datetime]]:
    """Every local date until so much working time is used up, with the moment up to which it was counted."""
    on, here = began.astimezone(calendar.zone).date(), began.astimezone(UTC)
    for _ in range(LONGEST_REST):
        day, counted = calendar.day(on), timedelta()
        for opens, closes in calendar.spans(on):
            used = min(max(closes - max(opens, here), timedelta()), left - counted)
            if used:
                counted, end = counted + used, max(opens, here) + used
        if counted:
            left -= counted
            yield Line(on, day.kind, counted, day.name), end
        else:
            yield Line(on, day.kind, counted, day.name), here
        if not left:
            return
        on += timedelta(days=1)
    raise ValueError(f"nobody works within {LONGEST_REST} days after {began}")
