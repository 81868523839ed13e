"""Calendars that the tests of working time share, and an independent count of what is worked in them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as some

from shared.worktime import Calendar, Day, parse_week, parse_windows

OFFICE = {"mon-fri": "09:00-12:00 13:00-18:00"}

TAIPEI = Calendar(ZoneInfo("Asia/Taipei"), parse_week(OFFICE), country="TW")
SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"), parse_week(OFFICE), country="CN", moves_working_days=True)
BERLIN = Calendar(ZoneInfo("Europe/Berlin"), parse_week({"mon-fri": "06:00-14:00", "sat": "06:00-10:00"}), country="DE")
NIGHTS = Calendar(ZoneInfo("America/New_York"), parse_week({"mon-sun": "00:00-02:30 02:45-06:00 22:00-24:00"}))
LORD_HOWE = Calendar(ZoneInfo("Australia/Lord_Howe"), parse_week({"mon-sun": "01:30-02:15 02:20-09:00"}))
OVERRIDDEN = Calendar(
    ZoneInfo("Asia/Taipei"),
    parse_week(OFFICE),
    overrides={
        date(2026, 11, 7): Day(date(2026, 11, 7), "override", parse_windows("09:00-12:00"), "half a Saturday"),
        date(2026, 11, 9): Day(date(2026, 11, 9), "override", (), "inventory"),
    },
)
ALL = (TAIPEI, SHANGHAI, BERLIN, NIGHTS, LORD_HOWE, OVERRIDDEN)

calendars = some.sampled_from(ALL)


def at(text: str, calendar: Calendar) -> datetime:
    """A moment by the calendar's wall clock: ``2026-11-03 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


def worked(calendar: Calendar, since: datetime, until: datetime) -> timedelta:
    """How much is worked between two moments, counted window by window."""
    on, total = since.astimezone(calendar.zone).date(), timedelta()
    while on <= until.astimezone(calendar.zone).date():
        for opens, closes in calendar.spans(on):
            total += max(min(closes, until) - max(opens, since), timedelta())
        on += timedelta(days=1)
    return total
