"""The limits of the steps and of the whole case (P1.23, P1.15)."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.values import Deadline
from tests.procedures.case import (
    BEFORE_ACCEPTANCE,
    DAY,
    ENDORSED,
    NOW,
    RETURNED,
    RULES,
    UNTIL_CLOSED,
    Case,
    corrected,
    filed,
    rules_at,
)


@pytest.mark.parametrize(("region", "limit", "days"), [("domestic", "13 d", 13), ("overseas", "16 d", 16)])
def test_P1_23_the_whole_case_has_13_days_at_home_and_16_abroad(region: str, limit: str, days: int) -> None:
    assert RULES.overall({"region": region}, NOW) == Deadline(
        name="overall",
        owner="gm-office",
        began=NOW,
        due=NOW + days * DAY,
        limit=limit,
        rule="P1.23",
        warnings=((50, NOW + days * DAY / 2), (75, NOW + days * DAY * 3 / 4)),
    )


def test_P1_23_a_region_that_is_not_known_has_no_limit() -> None:
    assert RULES.overall({}, NOW) is None


STEPS = (
    ("endorsement", None, None),
    ("registration", "0.5 d", "P1.23"),
    ("cause", "5 d", "P1.23"),
    ("countermeasure", "5 d", "P1.23"),
    ("opinion", "5 d", "P1.23"),
    ("opinion", "5 d", "P1.23"),
    ("check", None, None),
    ("draft", "1 d", "P1.23"),
    ("review", "0.5 d", "P1.23"),
    ("signature", None, None),
    ("negotiation", "6 d", "P1.23"),
    ("combined-opinion", "1 d", "P1.15"),
    ("decision", None, None),
    ("closing", None, None),
    ("loss", None, None),
)


def test_P1_23_each_step_has_its_limit_and_the_rule_it_comes_from() -> None:
    opened = [each for moves in Case().hear(*UNTIL_CLOSED).moved for each in moves.opened]
    assert [
        (each.stage, each.deadline and each.deadline.limit, each.deadline and each.deadline.rule) for each in opened
    ] == list(STEPS)


def test_P1_23_half_a_day_is_twelve_hours() -> None:
    assert Case().hear(filed(), ENDORSED).task("registration").deadline == Deadline(
        name="registration",
        owner="gm-office",
        began=NOW,
        due=NOW + timedelta(hours=12),
        limit="0.5 d",
        rule="P1.23",
        warnings=((50, NOW + timedelta(hours=6)), (75, NOW + timedelta(hours=9))),
    )


def test_P1_23_a_limit_of_its_own_begins_anew_in_every_round() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, RETURNED).hear(corrected(), at=NOW + DAY)
    deadline = case.task("registration").deadline
    assert deadline is not None
    assert (deadline.began, deadline.due) == (NOW + DAY, NOW + 1.5 * DAY)


def test_P1_23_days_are_days_of_the_sites_clock() -> None:
    autumn = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    deadline = rules_at("America/New_York").overall({"region": "domestic"}, autumn)
    assert deadline is not None
    assert deadline.due == datetime(2026, 11, 13, 17, 0, tzinfo=UTC)
