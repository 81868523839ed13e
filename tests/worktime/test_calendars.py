"""A calendar knows holidays, make-up days, overrides, and the hours that the clocks skip or repeat."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.worktime import Calendar, Day, parse_week, parse_windows, read_overrides
from tests.worktime.calendars import BERLIN, NIGHTS, OFFICE, OVERRIDDEN, SHANGHAI, TAIPEI, at

HOURS = parse_windows("09:00-12:00 13:00-18:00")


@pytest.mark.parametrize(
    ("calendar", "on", "day"),
    [
        (SHANGHAI, date(2026, 11, 3), Day(date(2026, 11, 3), "working", HOURS)),
        (SHANGHAI, date(2026, 11, 7), Day(date(2026, 11, 7), "weekend", ())),
        (SHANGHAI, date(2026, 10, 1), Day(date(2026, 10, 1), "holiday", (), "国庆节")),
        (SHANGHAI, date(2026, 10, 10), Day(date(2026, 10, 10), "make-up", HOURS)),
        (SHANGHAI, date(2026, 10, 11), Day(date(2026, 10, 11), "weekend", ())),
        (TAIPEI, date(2026, 10, 10), Day(date(2026, 10, 10), "holiday", (), "國慶日")),
        (TAIPEI, date(2025, 2, 8), Day(date(2025, 2, 8), "make-up", HOURS)),
        (BERLIN, date(2026, 11, 7), Day(date(2026, 11, 7), "working", parse_windows("06:00-10:00"))),
        (
            OVERRIDDEN,
            date(2026, 11, 7),
            Day(date(2026, 11, 7), "override", parse_windows("09:00-12:00"), "half a Saturday"),
        ),
        (OVERRIDDEN, date(2026, 11, 9), Day(date(2026, 11, 9), "override", (), "inventory")),
    ],
)
def test_what_kind_of_day_a_date_is(calendar: Calendar, on: date, day: Day) -> None:
    assert calendar.day(on) == day


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("DE", "XX"), (None, "BY")])
def test_a_place_whose_holidays_are_not_known_is_refused(country: str | None, subdivision: str | None) -> None:
    with pytest.raises(ValueError, match="are not known"):
        Calendar(ZoneInfo("UTC"), parse_week(OFFICE), country=country, subdivision=subdivision)


def test_the_windows_of_a_date_are_moments() -> None:
    assert list(TAIPEI.spans(date(2026, 11, 3))) == [
        (datetime(2026, 11, 3, 1, tzinfo=UTC), datetime(2026, 11, 3, 4, tzinfo=UTC)),
        (datetime(2026, 11, 3, 5, tzinfo=UTC), datetime(2026, 11, 3, 10, tzinfo=UTC)),
    ]


def test_a_window_in_which_clocks_skip_an_hour_is_an_hour_shorter() -> None:
    night, morning, evening = NIGHTS.spans(date(2026, 3, 8))
    assert night == (at("2026-03-08 00:00", NIGHTS), at("2026-03-08 03:00", NIGHTS))
    assert morning == (at("2026-03-08 03:00", NIGHTS), at("2026-03-08 06:00", NIGHTS))
    assert evening == (at("2026-03-08 22:00", NIGHTS), at("2026-03-09 00:00", NIGHTS))


def test_a_window_in_which_clocks_repeat_an_hour_is_an_hour_longer() -> None:
    night, *_ = NIGHTS.spans(date(2026, 11, 1))
    assert (night[1] - night[0]).total_seconds() == 3.5 * 3600


def test_a_year_whose_make_up_days_are_unpublished_is_named() -> None:
    assert SHANGHAI.unpublished(range(2025, 2029)) == (2027, 2028)
    assert TAIPEI.unpublished(range(2025, 2029)) == ()


def test_imported_overrides_make_a_year_known(tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(
        "date,windows,name\n"
        "2027-02-05,,春节\n"
        "2027-02-14,09:00-12:00 13:00-18:00,春节调休上班\n"
        "2027-02-15,09:00-12:00,half-day\n",
        "utf-8",
    )
    calendar = Calendar(
        ZoneInfo("Asia/Shanghai"),
        parse_week(OFFICE),
        country="CN",
        moves_working_days=True,
        overrides=read_overrides(file),
    )
    assert calendar.unpublished(range(2026, 2029)) == (2028,)
    assert [calendar.day(date(2027, 2, day)) for day in (5, 14, 15)] == [
        Day(date(2027, 2, 5), "override", (), "春节"),
        Day(date(2027, 2, 14), "override", HOURS, "春节调休上班"),
        Day(date(2027, 2, 15), "override", parse_windows("09:00-12:00"), "half-day"),
    ]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("2027-02-30,,x", "bad.csv, line 2"),
        ("2027-02-05,9-12,x", "bad.csv, line 2: '9-12' is no window"),
        ("2027-02-05,,x\n2027-02-05,,y", "bad.csv, line 3: 2027-02-05 is given twice"),
        ("2027-02-05", "bad.csv, line 2"),
    ],
)
def test_a_bad_override_is_told_with_its_line(tmp_path: Path, rows: str, reason: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(f"date,windows,name\n{rows}\n", "utf-8")
    with pytest.raises(ValueError, match=reason):
        read_overrides(file)
