"""Windows: the hours of a day in which work is done, and a week of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

WRITTEN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From ``start`` up to ``end``, in minutes after the local midnight; ``end`` may be 1440."""

    start: int
    end: int


Windows = tuple[Window, ...]
"""The windows of one day, in order and apart; empty on a day without work."""


def length(windows: Windows) -> int:
    """How many minutes the windows hold, by the wall clock."""
    return sum(window.end - window.start for window in windows)


def parse_windows(text: str) -> Windows:
    """Read ``09:00-12:00 13:00-18:00``; an empty text is a day without work.

    Raises ValueError for a window that ends before it starts, reaches past midnight or overlaps another.
    """
    windows = tuple(_window(part) for part in text.split())
    if any(later.start < earlier.end for earlier, later in pairwise(windows)):
        raise ValueError(f"{text!r}: windows overlap or stand out of order")
    return windows


def parse_week(days: Mapping[str, str]) -> tuple[Windows, ...]:
    """Read ``{"mon-fri": "09:00-12:00 13:00-18:00", "sat": "09:00-12:00"}`` into seven days from Monday.

    Raises ValueError for an unknown day, a day named twice, and a week without any work.
    """
    week: dict[int, Windows] = {}
    for named, text in days.items():
        for day in _days(named):
            if day in week:
                raise ValueError(f"{WEEKDAYS[day]} is named twice")
            week[day] = parse_windows(text)
    if not any(week.values()):
        raise ValueError("a week needs at least one window")
    return tuple(week.get(day, ()) for day in range(7))


def _window(text: str) -> Window:
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no window: write it as '09:00-12:00'")
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
    window = Window(hour * 60 + minute, last_hour * 60 + last_minute)
    if minute > 59 or last_minute > 59 or not window.start < window.end <= MINUTES:
        raise ValueError(f"{text!r} is no window of one day")
    return window


def _days(named: str) -> range:
    first, _, last = named.partition("-")
    try:
        return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    except ValueError:
        raise ValueError(f"{named!r} is no day: write one of {', '.join(WEEKDAYS)} or a span such as mon-fri") from None
