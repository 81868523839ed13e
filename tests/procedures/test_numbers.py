"""How cases and slips are numbered within a site's month (P1.8, P1.25, P1.26)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.procedures.language.numbers import NumberPattern
from tests.procedures.case import NOW, RULES, rules_at


@pytest.mark.parametrize(
    ("serial", "number"),
    [
        (1, "261101"),
        (9, "261109"),
        (10, "261110"),
        (99, "261199"),
        (100, "2611100"),
        (101, "2611101"),
        (1000, "26111000"),
    ],
)
def test_P1_8_year_month_serial_and_the_hundredth_case_widens_the_serial(serial: int, number: str) -> None:
    assert RULES.number("case", NOW, serial) == number


@pytest.mark.parametrize(("series", "number"), [("anomaly", "A261101"), ("urging", "U261101"), ("inquiry", "Q261101")])
def test_P1_25_P1_26_slips_have_numbers_of_their_own(series: str, number: str) -> None:
    assert RULES.number(series, NOW, 1) == number


@pytest.mark.parametrize(
    ("moment", "series"),
    [
        (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), "case/KSH/2611"),
        (datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC), "case/KSH/2612"),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), "case/KSH/2701"),
    ],
)
def test_P1_8_the_serial_restarts_with_the_sites_own_month(moment: datetime, series: str) -> None:
    assert RULES.series("case", moment) == series


def test_P1_8_the_month_is_that_of_the_sites_clock() -> None:
    moment = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    assert (RULES.number("case", moment, 1), rules_at("America/New_York").number("case", moment, 1)) == (
        "261201",
        "261101",
    )


@given(
    some.dictionaries(some.tuples(some.integers(2000, 2099), some.integers(1, 12)), some.integers(1, 2000), max_size=20)
)
def test_P1_8_no_two_cases_have_the_same_number(last: dict[tuple[int, int], int]) -> None:
    pattern = NumberPattern("YYMM##")
    numbers = [
        pattern.number(datetime(year, month, 1, tzinfo=UTC), serial)
        for (year, month), count in last.items()
        for serial in range(max(1, count - 5), count + 1)
    ]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("written", "period", "number"),
    [("YYMM##", "2611", "261107"), ("YYYY-###", "2026", "2026-007"), ("C#", "", "C7"), ("MM/#/YY", "1126", "11/7/26")],
)
def test_a_pattern_is_filled_as_it_is_written(written: str, period: str, number: str) -> None:
    assert (NumberPattern(written).period(NOW), NumberPattern(written).number(NOW, 7)) == (period, number)


@pytest.mark.parametrize("written", ["", "YYMM", "##-##"])
def test_a_pattern_needs_one_serial(written: str) -> None:
    with pytest.raises(ValueError, match="exactly one run of #"):
        NumberPattern(written)


def test_serials_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        RULES.number("case", NOW, 0)
