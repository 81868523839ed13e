"""When a limit that began at a moment is used up, and why: day by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
    lines = tuple(line for line, _ in _working(began, limit, calendar))
    years = range(lines[0].date.year, lines[-1].date.year + 1)
    warnings = tuple(Line(date(year, 1, 1), "unpublished", timedelta()) for year in calendar.unpublished(years))
    return end, warnings + lines


def due(began: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The moment (UTC) at which the limit is used up; see :func:`deadline`."""
    if began.tzinfo is None:
        raise ValueError("a limit begins at an aware time")
    if limit.unit is LimitUnit.HOURS:
        return began.astimezone(UTC) + timedelta(hours=1) * float(limit.amount)
    if limit.unit is LimitUnit.DAYS:
        local = began.astimezone(calendar.zone)
        shown = local.replace(tzinfo=None) + timedelta(days=1) * float(limit.amount)
        return calendar.instant(shown.replace(fold=local.fold))
    *_, (_, end) = _working(began, limit, calendar)
    return end


def _passing(began: datetime, end: datetime, calendar: Calendar) -> Iterator[Line]:
    """Every local date from ``began`` to ``end`` with the time that passed on it."""
    here = began.astimezone(UTC)
    while here < end:
        on = here.astimezone(calendar.zone).date()
        midnight = calendar.instant(datetime.combine(on + timedelta(days=1), time()))
        yield Line(on, "calendar", min(midnight, end) - here)
        here = midnight


def _working(began: datetime, limit: Limit, calendar: Calendar) -> Iterator[tuple[Line, datetime]]:
    """Every local date until the limit is used up, with the moment up to which it was counted."""
    unit = timedelta(hours=1) if limit.unit is LimitUnit.WORKING_HOURS else calendar.standard_day
    left = unit * float(limit.amount)
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
