"""Times in a regulation's own words: limits, days of a month, moments of a day, and when a clock runs out.

``5 wd``, ``30 min``, ``same day``, ``end of 3rd wd``, ``by the 10th``.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from shared.worktime import Calendar, Limit, due

WRITTEN_SPAN = re.compile(r"(?P<amount>\d{1,4}(?:\.\d{1,4})?) (?P<unit>min|h|d|wh|wd|months?)")
END_OF = re.compile(r"end of (?P<number>\d{1,3})(?:st|nd|rd|th) wd")
DAY_OF_MONTH = re.compile(r"by the (?P<day>\d{1,2})(?:st|nd|rd|th)")
LONGEST_REST = 3660
"""Days without any work after which a calendar is taken for empty."""


class Passing(StrEnum):
    """What a span counts."""

    MINUTES = "min"
    HOURS = "h"
    DAYS = "d"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"
    MONTHS = "months"


class NoTime(ValueError):
    """A text that is no time of the language."""


@dataclass(frozen=True, slots=True)
class Span:
    """``amount`` (above zero) of ``unit``: ``0.5 wd``, ``30 min``, ``2 months``."""

    amount: Decimal
    unit: Passing

    def after(self, began: datetime, calendar: Calendar) -> datetime:
        """The moment (UTC) at which the span is used up."""
        match self.unit:
            case Passing.MINUTES:
                return began.astimezone(UTC) + timedelta(minutes=1) * float(self.amount)
            case Passing.MONTHS:
                local = began.astimezone(calendar.zone)
                return calendar.instant(_months_later(local.replace(tzinfo=None), int(self.amount)))
        return due(began, Limit.parse(f"{self.amount} {self.unit}"), calendar)

    def part(self, percent: int) -> "Span":
        """So many percent of the span; a part of months is told in days of 30."""
        if self.unit is Passing.MONTHS:
            return Span(self.amount * 30 * percent / 100, Passing.DAYS)
        return Span(self.amount * percent / 100, self.unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class SameDay:
    """Until the end of the day on which the clock began."""

    def after(self, began: datetime, calendar: Calendar) -> datetime:
        """The next midnight of the site."""
        local = began.astimezone(calendar.zone).date()
        return calendar.instant(datetime.combine(local + timedelta(days=1), time()))

    def __str__(self) -> str:
        return "same day"


@dataclass(frozen=True, slots=True)
class EndOfDay:
    """Until the last working minute of so many working days later: the day on which the clock began is not counted."""

    number: int

    def after(self, began: datetime, calendar: Calendar) -> datetime:
        """Raises ValueError for a calendar in which nobody works."""
        on, left = began.astimezone(calendar.zone).date(), self.number
        for _ in range(LONGEST_REST):
            on += timedelta(days=1)
            spans = list(calendar.spans(on))
            left -= bool(spans)
            if not left:
                return spans[-1][1]
        raise ValueError(f"nobody works within {LONGEST_REST} days after {began}")

    def __str__(self) -> str:
        return f"end of {ordinal(self.number)} wd"


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """Until the end of a day of the month, the first that comes; in a shorter month its last day."""

    day: int

    def after(self, began: datetime, calendar: Calendar) -> datetime:
        """The midnight that ends the day."""
        local = began.astimezone(calendar.zone).date()
        wanted = self._in(local.year, local.month)
        if wanted < local:
            following = local.replace(day=1) + timedelta(days=32)
            wanted = self._in(following.year, following.month)
        return calendar.instant(datetime.combine(wanted + timedelta(days=1), time()))

    def _in(self, year: int, month: int) -> date:
        return date(year, month, min(self.day, monthrange(year, month)[1]))

    def __str__(self) -> str:
        return f"by the {ordinal(self.day)}"


Time = Span | SameDay | EndOfDay | DayOfMonth


def read_span(text: str) -> Span:
    """Read ``5 wd``. Raises NoTime."""
    found = WRITTEN_SPAN.fullmatch(text.strip())
    if found is None or not Decimal(found["amount"]):
        raise NoTime(
            f"{text!r} is no span of time: write a number above zero and min, h, d, wh, wd or months, as in '5 wd'"
        )
    unit = Passing.MONTHS if found["unit"].startswith("month") else Passing(found["unit"])
    amount = Decimal(found["amount"])
    if unit is Passing.MONTHS and amount % 1:
        raise NoTime(f"{text!r}: months are whole")
    return Span(amount, unit)


def read_time(text: str) -> Time:
    """Read ``5 wd``, ``same day``, ``end of 3rd wd`` or ``by the 10th``. Raises NoTime."""
    text = text.strip()
    if text == "same day":
        return SameDay()
    if found := END_OF.fullmatch(text):
        if not 0 < (number := int(found["number"])) <= 366:
            raise NoTime(f"{text!r}: from the 1st to the 366th")
        return EndOfDay(number)
    if found := DAY_OF_MONTH.fullmatch(text):
        if not 0 < (day := int(found["day"])) <= 31:
            raise NoTime(f"{text!r}: a month has 31 days at most")
        return DayOfMonth(day)
    try:
        return read_span(text)
    except NoTime:
        raise NoTime(
            f"{text!r} is no time: write '5 wd' (min, h, d, wh, wd, months), 'same day', 'end of 3rd wd', 'by the 10th'"
        ) from None


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _months_later(local: datetime, months: int) -> datetime:
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))
