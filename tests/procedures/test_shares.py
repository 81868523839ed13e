"""A shared limit is parted: everybody answers for what they used of it, and for nothing else (P1.23, P1.25, P1.26)."""

from datetime import datetime, timedelta

import pytest

from shared.contracts import approval
from shared.contracts.intake import StageClosed, StageOpened
from shared.contracts.values import Deadline, Portion
from tests.procedures.case import (
    BEFORE_ACCEPTANCE,
    CAUSE,
    CHECKED,
    COUNTERMEASURE,
    DAY,
    ENDORSED,
    NOW,
    REVIEWED,
    Case,
    accepted,
    drafted,
    filed,
    opinion,
)

HOUR = DAY / 24


def at(hours: float) -> datetime:
    return NOW + hours * HOUR


def investigated(cause: float, countermeasure: float, rd: float, office: float, region: str = "domestic") -> Case:
    """A case that was accepted now and whose departments were done after so many hours each."""
    case = Case().hear(filed(region), ENDORSED, accepted())
    case.hear(CAUSE, at=at(cause)).hear(COUNTERMEASURE, at=at(cause + countermeasure))
    opinions = sorted([(rd, "rd"), (office, "manager-office")])
    for hours, department in opinions:
        case.hear(opinion(department), at=at(cause + countermeasure + hours))
    return case


def has(case: Case, stage: str, owner: str | None = None) -> tuple[timedelta, Portion | None]:
    """How long a department has an open stage, and its portion."""
    deadline = case.task(stage, owner).deadline
    assert deadline is not None
    return deadline.due - deadline.began, deadline.portion


def sent_back(stage: str, owner: str) -> approval.SentBack:
    return approval.SentBack("check", stage, owner, "again")


@pytest.mark.parametrize(
    ("region", "limit", "part", "hours"), [("domestic", "5 d", "1.6667 d", 40), ("overseas", "8 d", "2.6667 d", 64)]
)
def test_P1_23_a_third_of_the_shared_limit_is_a_departments_part(
    region: str, limit: str, part: str, hours: int
) -> None:
    deadline = Case().hear(filed(region), ENDORSED, accepted()).task("cause").deadline
    assert deadline == Deadline(
        name="cause",
        owner="quality",
        began=NOW,
        due=at(hours),
        limit=limit,
        rule="P1.23",
        warnings=((50, at(hours / 2)), (75, at(hours * 3 / 4))),
        portion=Portion("inquiry", part, "0 d", part),
    )


def test_P1_2_P1_23_without_manufacturing_the_limit_is_halved() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, accepted("non-quality"))
    assert has(case, "cause") == (60 * HOUR, Portion("inquiry", "2.5 d", "0 d", "2.5 d"))
    case.hear(CAUSE, at=at(60))
    assert has(case, "opinion", "rd") == (60 * HOUR, Portion("inquiry", "2.5 d", "0 d", "2.5 d"))


@pytest.mark.parametrize(
    ("used", "next"), [(16, 64), (39, 41), (40, 40), (41, 40), (120, 40), (900, 40)], ids="{} h used".format
)
def test_P1_23_what_one_leaves_is_the_next_ones_and_what_one_overruns_is_taken_from_nobody(
    used: int, next: int
) -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, accepted()).hear(CAUSE, at=at(used))
    assert has(case, "countermeasure")[0] == next * HOUR


def test_P1_23_the_last_ones_have_all_that_was_left_and_both_have_it() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, accepted()).hear(CAUSE, at=at(10)).hear(COUNTERMEASURE, at=at(30))
    both = (90 * HOUR, Portion("inquiry", "1.6667 d", "0 d", "3.75 d"))
    assert (has(case, "opinion", "rd"), has(case, "opinion", "manager-office")) == (both, both)


def test_P1_23_a_closed_stage_tells_what_was_used_and_a_later_round_counts_on() -> None:
    case = investigated(12, 24, 6, 36)
    closed = [(each.owner, each.used) for moves in case.moved for each in moves.closed if "opinion" in each.stage]
    assert closed == [("rd", "0.25 d"), ("manager-office", "1.5 d")]
    case.hear(sent_back("opinion", "rd"), at=at(200)).hear(opinion("rd"), at=at(212))
    assert case.moved[-1].closed == (StageClosed("opinion", "rd", 2, "done", at(212), "0.75 d"),)


def test_P1_25_sent_back_after_six_days_elsewhere_there_is_time_again() -> None:
    case = investigated(24, 24, 24, 24).hear(sent_back("cause", "quality"), at=at(72) + 6 * DAY)
    deadline = case.task("cause").deadline
    assert deadline is not None
    assert (deadline.began, deadline.due) == (at(72) + 6 * DAY, at(72) + 6 * DAY + 20 * HOUR)
    assert deadline.portion == Portion("inquiry", "1.6667 d", "1 d", "1.8333 d")
    assert deadline.warnings == ((50, deadline.began + 10 * HOUR), (75, deadline.began + 15 * HOUR))


@pytest.mark.parametrize(
    ("used", "left"),
    [(4, 36), (19, 21), (20, 20), (21, 20), (40, 20), (41, 20), (500, 20)],
    ids="{} h used".format,
)
def test_P1_23_who_gets_it_again_has_what_is_left_of_their_part_but_half_of_it_at_least(used: int, left: int) -> None:
    case = investigated(used, 40, 40, 40).hear(sent_back("cause", "quality"), at=at(1000))
    assert has(case, "cause")[0] == left * HOUR


def test_P1_23_in_the_second_round_too_what_one_leaves_is_the_next_ones() -> None:
    case = investigated(24, 24, 24, 24).hear(sent_back("cause", "quality"), at=at(300)).hear(CAUSE, at=at(302))
    assert case.open == [("countermeasure", "manufacturing", 2)]
    assert has(case, "countermeasure") == (30 * HOUR, Portion("inquiry", "1.6667 d", "1 d", "2.25 d"))


def test_P1_23_one_opinion_asked_again_has_all_that_nobody_used() -> None:
    case = investigated(20, 20, 20, 10).hear(sent_back("opinion", "manager-office"), at=at(500))
    assert has(case, "opinion") == (60 * HOUR, Portion("inquiry", "1.6667 d", "0.4167 d", "2.9167 d"))


def test_P1_23_a_round_outside_the_share_begins_in_full_each_time() -> None:
    case = investigated(40, 40, 40, 40).hear(CHECKED, drafted(), at=at(200))
    case.hear(approval.SentBack("review", "draft", "sales", "?"), at=at(210))
    assert has(case, "draft") == (DAY, None)
    case.hear(drafted("general-manager"), REVIEWED, at=at(260))
    case.hear(approval.SentBack("signature", "draft", "sales", "?"), at=at(900))
    assert has(case, "draft") == (DAY, None)
    assert case.moved[-2].closed[0].used == "0 d"


def test_P1_23_an_own_limit_counts_each_round_by_itself() -> None:
    case = investigated(1, 1, 1, 1).hear(CHECKED, at=at(3)).hear(drafted(), at=at(15))
    case.hear(approval.SentBack("review", "draft", "sales", "?"), at=at(15)).hear(drafted(), at=at(21))
    drafts = [each for moves in case.moved for each in moves.closed if each.stage == "draft"]
    assert [(each.round, each.used) for each in drafts] == [(1, "0.5 d"), (2, "0.25 d")]


OLD = Deadline("cause", "quality", NOW, NOW + 5 * DAY, "5 d", "P1.23")
"""As it was stored before limits were parted."""


def test_P1_23_a_round_that_was_begun_before_limits_were_parted_keeps_its_due_time_and_counts_for_nobody() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE)
    case.facts["complaint_class"] = "quality-anomaly"
    case.tasks = case.tasks.evolve(StageClosed("registration", "gm-office", 1, "done"))
    case.tasks = case.tasks.evolve(StageOpened("cause", "quality", 1, "P1.13", deadline=OLD))
    case.hear(CAUSE, at=NOW + 4 * DAY)
    assert case.moved[-1].closed == (StageClosed("cause", "quality", 1, "done", NOW + 4 * DAY, ""),)
    assert has(case, "countermeasure") == (80 * HOUR, Portion("inquiry", "1.6667 d", "0 d", "3.3333 d"))


def test_P1_23_what_is_heard_late_is_nobodys_time() -> None:
    """Quality acted after a day; the register heard of it two days later; Manufacturing has its time from then on."""
    case = Case().hear(*BEFORE_ACCEPTANCE, accepted())
    case.hear(CAUSE, at=at(72), acted=at(24))
    assert case.moved[-1].closed == (StageClosed("cause", "quality", 1, "done", at(24), "1 d"),)
    deadline = case.task("countermeasure").deadline
    assert deadline is not None
    assert (deadline.began, deadline.due) == (at(72), at(72 + 56))
