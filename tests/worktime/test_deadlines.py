"""A deadline is the moment at which a limit is used up, by the calendar of the place, and it explains itself."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.worktime import Calendar, Limit, LimitUnit, Line, amount, counted, deadline, due, length
from tests.worktime.calendars import BERLIN, NIGHTS, OVERRIDDEN, SHANGHAI, TAIPEI, at, calendars, worked

YEARS = (datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01"))

moments = some.datetimes(*YEARS, timezones=some.just(UTC))
quarters = some.integers(1, 200).map(lambda count: Decimal(count) / 4)
working = some.builds(Limit, quarters, some.sampled_from([LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS]))
limits = some.builds(Limit, quarters, some.sampled_from(LimitUnit))


@pytest.mark.parametrize(
    ("calendar", "began", "limit", "until"),
    [
        (TAIPEI, "2026-11-03 10:00", "13 d", "2026-11-16 10:00"),
        (TAIPEI, "2026-11-03 10:00", "0.5 d", "2026-11-03 22:00"),
        (TAIPEI, "2026-11-03 22:00", "48 h", "2026-11-05 22:00"),
        (TAIPEI, "2026-11-03 15:00", "1 wd", "2026-11-04 15:00"),
        (TAIPEI, "2026-11-03 09:00", "1 wd", "2026-11-03 18:00"),
        (TAIPEI, "2026-11-03 11:00", "2 wh", "2026-11-03 14:00"),
        (TAIPEI, "2026-11-03 12:30", "0.5 wd", "2026-11-03 17:00"),
        (TAIPEI, "2026-11-06 17:00", "2 wh", "2026-11-09 10:00"),
        (TAIPEI, "2026-11-08 03:00", "1 wh", "2026-11-09 10:00"),
        (SHANGHAI, "2026-09-30 17:00", "2 wh", "2026-10-08 10:00"),
        (SHANGHAI, "2026-10-09 17:00", "2 wh", "2026-10-10 10:00"),
        (OVERRIDDEN, "2026-11-06 17:00", "2 wh", "2026-11-07 10:00"),
        (OVERRIDDEN, "2026-11-07 11:00", "2 wh", "2026-11-10 10:00"),
        (BERLIN, "2026-11-06 13:00", "1 wd", "2026-11-09 09:00"),
        (BERLIN, "2026-03-28 12:00", "1 d", "2026-03-29 12:00"),
        (BERLIN, "2026-03-28 12:00", "24 h", "2026-03-29 13:00"),
        (BERLIN, "2026-03-28 02:30", "1 d", "2026-03-29 03:00"),
        (BERLIN, "2026-10-24 12:00", "24 h", "2026-10-25 11:00"),
        (NIGHTS, "2026-03-08 01:00", "3 wh", "2026-03-08 05:00"),
        (NIGHTS, "2026-11-01 00:00", "3 wh", "2026-11-01 02:00"),
    ],
)
def test_the_moment_at_which_a_limit_is_used_up(calendar: Calendar, began: str, limit: str, until: str) -> None:
    assert due(at(began, calendar), Limit.parse(limit), calendar) == at(until, calendar)


def test_a_repeated_hour_is_counted_from_the_time_it_was_meant() -> None:
    second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NIGHTS.zone)
    assert due(second, Limit.parse("0.25 d"), NIGHTS) == at("2026-11-01 07:30", NIGHTS)
    assert due(second, Limit.parse("0.01 d"), NIGHTS) == second.astimezone(UTC) + timedelta(seconds=864)


def test_working_time_explains_itself_day_by_day() -> None:
    assert deadline(at("2026-10-09 17:00", SHANGHAI), Limit.parse("1.25 wd"), SHANGHAI) == (
        at("2026-10-12 10:00", SHANGHAI),
        (
            Line(date(2026, 10, 9), "working", timedelta(hours=1)),
            Line(date(2026, 10, 10), "make-up", timedelta(hours=8)),
            Line(date(2026, 10, 11), "weekend", timedelta()),
            Line(date(2026, 10, 12), "working", timedelta(hours=1)),
        ),
    )


def test_holidays_and_overrides_are_named_in_the_explanation() -> None:
    _, lines = deadline(at("2026-09-30 17:30", SHANGHAI), Limit.parse("1 wh"), SHANGHAI)
    assert [(line.date.day, line.kind, line.name) for line in lines[:3]] == [
        (30, "working", ""),
        (1, "holiday", "国庆节"),
        (2, "holiday", "国庆节"),
    ]
    _, lines = deadline(at("2026-11-07 11:00", OVERRIDDEN), Limit.parse("2 wh"), OVERRIDDEN)
    assert lines == (
        Line(date(2026, 11, 7), "override", timedelta(hours=1), "half a Saturday"),
        Line(date(2026, 11, 8), "weekend", timedelta()),
        Line(date(2026, 11, 9), "override", timedelta(), "inventory"),
        Line(date(2026, 11, 10), "working", timedelta(hours=1)),
    )


def test_a_year_with_unpublished_make_up_days_warns_visibly() -> None:
    _, lines = deadline(at("2027-11-03 17:30", SHANGHAI), Limit.parse("0.5 wh"), SHANGHAI)
    assert lines == (
        Line(date(2027, 1, 1), "unpublished", timedelta()),
        Line(date(2027, 11, 3), "working", timedelta(minutes=30)),
    )


def test_calendar_days_explain_themselves_and_need_no_make_up_days() -> None:
    _, lines = deadline(at("2027-11-03 18:00", SHANGHAI), Limit.parse("1.5 d"), SHANGHAI)
    assert lines == (
        Line(date(2027, 11, 3), "calendar", timedelta(hours=6)),
        Line(date(2027, 11, 4), "calendar", timedelta(hours=24)),
        Line(date(2027, 11, 5), "calendar", timedelta(hours=6)),
    )


def test_a_naive_begin_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        due(datetime.fromisoformat("2026-11-03"), Limit.parse("1 d"), TAIPEI)


def test_a_calendar_in_which_nobody_works_is_refused() -> None:
    idle = Calendar(ZoneInfo("UTC"), ((),) * 7)
    with pytest.raises(ValueError, match="nobody works"):
        due(datetime(2026, 11, 3, tzinfo=UTC), Limit.parse("1 wh"), idle)


@pytest.mark.parametrize(
    ("calendar", "began", "ended", "unit", "used"),
    [
        (TAIPEI, "2026-11-03 10:00", "2026-11-05 02:00", "d", "1.6667 d"),
        (TAIPEI, "2026-11-03 10:00", "2026-11-03 10:00", "d", "0 d"),
        (TAIPEI, "2026-11-03 10:00", "2026-11-02 10:00", "h", "0 h"),
        (TAIPEI, "2026-11-06 17:00", "2026-11-09 10:00", "wh", "2 wh"),
        (TAIPEI, "2026-11-06 14:00", "2026-11-09 14:00", "wd", "1 wd"),
        (BERLIN, "2026-03-28 12:00", "2026-03-29 12:00", "d", "1 d"),
        (BERLIN, "2026-03-28 12:00", "2026-03-29 12:00", "h", "23 h"),
        (BERLIN, "2026-10-24 12:00", "2026-10-25 12:00", "d", "1 d"),
        (NIGHTS, "2026-11-01 00:00", "2026-11-11 00:00", "d", "10 d"),
    ],
)
def test_the_time_that_was_counted_between_two_moments(
    calendar: Calendar, began: str, ended: str, unit: str, used: str
) -> None:
    time = counted(at(began, calendar), at(ended, calendar), LimitUnit(unit), calendar)
    assert str(amount(time, LimitUnit(unit), calendar)) == used


spans = some.timedeltas(timedelta(), timedelta(days=30))


@given(calendars, moments, limits)
def test_what_is_counted_until_a_limit_is_due_is_the_limit(calendar: Calendar, began: datetime, limit: Limit) -> None:
    time = counted(began, due(began, limit, calendar), limit.unit, calendar)
    moved = timedelta(hours=1) if limit.unit is LimitUnit.DAYS else timedelta()
    assert timedelta() <= time - length(limit, calendar) <= moved


@given(some.sampled_from((TAIPEI, SHANGHAI, OVERRIDDEN)), moments, spans, spans, some.sampled_from(LimitUnit))
def test_time_that_is_counted_in_two_pieces_is_counted_once(
    calendar: Calendar, began: datetime, first: timedelta, second: timedelta, unit: LimitUnit
) -> None:
    middle, end = began + first, began + first + second
    whole = counted(began, end, unit, calendar)
    assert counted(began, middle, unit, calendar) + counted(middle, end, unit, calendar) == whole
    passed = end - began if unit in (LimitUnit.HOURS, LimitUnit.DAYS) else worked(calendar, began, end)
    assert whole == passed


@given(calendars, moments, working)
def test_exactly_the_limit_is_worked_until_it_is_due(calendar: Calendar, began: datetime, limit: Limit) -> None:
    end, lines = deadline(began, limit, calendar)
    unit = timedelta(hours=1) if limit.unit is LimitUnit.WORKING_HOURS else calendar.standard_day
    assert worked(calendar, began, end) == unit * float(limit.amount)
    assert sum((line.counted for line in lines), timedelta()) == unit * float(limit.amount)


@given(calendars, moments, working)
def test_work_is_due_at_a_moment_at_which_somebody_works(calendar: Calendar, began: datetime, limit: Limit) -> None:
    end = due(began, limit, calendar)
    assert worked(calendar, end - timedelta(microseconds=1), end) == timedelta(microseconds=1)


@given(calendars, moments, quarters, quarters)
def test_two_limits_one_after_the_other_are_their_sum(
    calendar: Calendar, began: datetime, first: Decimal, second: Decimal
) -> None:
    unit = LimitUnit.WORKING_HOURS
    in_two = due(due(began, Limit(first, unit), calendar), Limit(second, unit), calendar)
    assert in_two == due(began, Limit(first + second, unit), calendar)


@given(calendars, moments, limits, some.timedeltas(timedelta(), timedelta(days=3)))
def test_who_begins_later_is_due_no_earlier(
    calendar: Calendar, began: datetime, limit: Limit, later: timedelta
) -> None:
    assert due(began + later, limit, calendar) >= due(began, limit, calendar) > began


@given(calendars, moments, quarters, quarters, some.sampled_from(LimitUnit))
def test_a_longer_limit_is_due_no_earlier(
    calendar: Calendar, began: datetime, short: Decimal, more: Decimal, unit: LimitUnit
) -> None:
    assert due(began, Limit(short + more, unit), calendar) >= due(began, Limit(short, unit), calendar)


@given(calendars, moments, some.integers(1, 60))
def test_calendar_days_keep_the_wall_clock(calendar: Calendar, began: datetime, days: int) -> None:
    local = began.astimezone(calendar.zone)
    end, lines = deadline(began, Limit(Decimal(days), LimitUnit.DAYS), calendar)
    meant = local.replace(tzinfo=None) + timedelta(days=days)
    assert timedelta() <= end.astimezone(calendar.zone).replace(tzinfo=None) - meant <= timedelta(hours=1)
    assert sum((line.counted for line in lines), timedelta()) == end - began
