"""Working-hour calendars, limits, and deadlines with their explanation day by day."""

from shared.worktime.calendar import Calendar, Day
from shared.worktime.deadline import Line, amount, counted, deadline, due, length, reached
from shared.worktime.limit import Limit, LimitUnit
from shared.worktime.overrides import read_overrides
from shared.worktime.windows import Window, Windows, parse_week, parse_windows

__all__ = [
    "Calendar",
    "Day",
    "Limit",
    "LimitUnit",
    "Line",
    "Window",
    "Windows",
    "amount",
    "counted",
    "deadline",
    "due",
    "length",
    "parse_week",
    "parse_windows",
    "reached",
    "read_overrides",
]
