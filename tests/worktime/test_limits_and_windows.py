"""Limits and windows are read as they are written, and nothing else is."""

from decimal import Decimal

import pytest

from shared.worktime import Limit, LimitUnit, Window, parse_week, parse_windows


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("0.5 d", Limit(Decimal("0.5"), LimitUnit.DAYS)),
        ("48 h", Limit(Decimal(48), LimitUnit.HOURS)),
        ("10 wd", Limit(Decimal(10), LimitUnit.WORKING_DAYS)),
        ("0.25 wh", Limit(Decimal("0.25"), LimitUnit.WORKING_HOURS)),
    ],
)
def test_a_limit_is_an_amount_and_a_unit(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit
    assert str(limit) == text


@pytest.mark.parametrize(
    "text", ["", "d", "0 d", "0.0 wd", "-1 d", "1d", "1 day", "1e9 d", "99999 d", "1 d 2 h", "NaN d"]
)
def test_anything_else_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError, match="is no limit"):
        Limit.parse(text)


def test_what_was_counted_may_be_nothing() -> None:
    assert Limit.read("0 wd") == Limit(Decimal(0), LimitUnit.WORKING_DAYS)
    assert Limit.read("1.6667 d") == Limit.parse("1.6667 d")
    with pytest.raises(ValueError, match="is no limit"):
        Limit.read("-1 d")


def test_windows_of_a_day_are_read_in_order() -> None:
    assert parse_windows("09:00-12:00 13:00-24:00") == (Window(540, 720), Window(780, 1440))
    assert parse_windows("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "9-12",
        "12:00-09:00",
        "09:00-09:00",
        "22:00-25:00",
        "09:60-10:00",
        "09:00-12:00 11:59-13:00",
        "13:00-14:00 09:00-10:00",
    ],
)
def test_windows_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="window"):
        parse_windows(text)


def test_a_week_has_seven_days_from_monday() -> None:
    assert parse_week({"tue-thu": "09:00-10:00", "sat": "09:00-09:30"}) == (
        (),
        (Window(540, 600),),
        (Window(540, 600),),
        (Window(540, 600),),
        (),
        (Window(540, 570),),
        (),
    )


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"monday": "09:00-10:00"}, "is no day"),
        ({"mon-fri": "09:00-10:00", "fri": "09:00-10:00"}, "fri is named twice"),
        ({"mon": ""}, "at least one window"),
        ({}, "at least one window"),
        ({"fri-mon": "09:00-10:00"}, "at least one window"),
    ],
)
def test_a_week_that_is_none_is_refused(days: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_week(days)
