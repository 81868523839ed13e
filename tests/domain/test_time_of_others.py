"""Nobody is urged or asked for time that was not theirs: register, clocks and GM Office together (P1.23 to P1.26)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.contracts import Event, analytics, approval, intake
from shared.worktime import Limit
from tests.domain.departments import Departments
from tests.procedures.case import (
    CAUSE,
    CHECKED,
    CLOSED,
    COUNTERMEASURE,
    ENDORSED,
    ENDS,
    NEGOTIATED,
    OPINION,
    REVIEWED,
    approved,
    decided,
    drafted,
    filed,
    opinion,
)

BACK_TO_QUALITY = approval.SentBack("check", "cause", "quality", "No evidence")
LOOKED_INTO = (CAUSE, COUNTERMEASURE, opinion("rd"), opinion("manager-office"))
AND_CLOSED = (CHECKED, drafted(), REVIEWED, approved(), NEGOTIATED, OPINION, decided(), CLOSED)


def begun() -> Departments:
    """A case that Quality has got now."""
    departments = Departments()
    departments.do(filed(), ENDORSED, accepted_now(departments))
    return departments


def accepted_now(departments: Departments, complaint_class: str = "quality-anomaly") -> intake.CaseAccepted:
    """The acceptance, with the limit of the whole case."""
    overall = departments.rules.overall({"region": "domestic"}, departments.now)
    return intake.CaseAccepted("261101", complaint_class, overall)


def told(departments: Departments) -> list[tuple[str, str, str, int, str, str, str]]:
    """The slips: kind, department, stage, round, used, allowed, own part."""
    return [
        (slip.number[0], slip.department, slip.stage, slip.round, slip.used, slip.allowed, slip.own)
        for slip in departments.slips
    ]


def test_P1_25_P1_26_sent_back_after_six_days_with_the_GM_office_nobody_is_urged_and_nobody_asked() -> None:
    departments = begun()
    for event in LOOKED_INTO[:3]:
        departments.wait(1)
        departments.do(event)
    departments.do(LOOKED_INTO[3])
    departments.wait(6)
    departments.do(BACK_TO_QUALITY)
    departments.wait(1 / 86400)
    assert told(departments) == []
    for event in LOOKED_INTO:
        departments.wait(0.25)
        departments.do(event)
    departments.do(*AND_CLOSED)
    assert told(departments) == []
    assert [event for event, _ in departments.said if isinstance(event, analytics.DeadlineMissed)] == []


def test_P1_25_P1_26_within_a_round_who_used_the_limit_is_urged_and_asked_and_not_who_gets_the_case_then() -> None:
    departments = begun()
    departments.wait(5)
    assert told(departments) == [("U", "quality", "cause", 1, "1.6667 d", "1.6667 d", "1.6667 d")]
    for event in LOOKED_INTO:
        departments.do(event)
        departments.wait(0.5)
    departments.do(*AND_CLOSED)
    assert told(departments) == [
        ("U", "quality", "cause", 1, "1.6667 d", "1.6667 d", "1.6667 d"),
        ("Q", "quality", "cause", 1, "5 d", "1.6667 d", "1.6667 d"),
    ]


@pytest.mark.parametrize(("hours", "urged"), [(0, 0), (0.001, 1)], ids=["at the due time", "after it"])
def test_P1_25_the_second_round_is_late_once_more_is_used_than_it_had(hours: float, urged: int) -> None:
    departments = begun()
    departments.wait(1)
    departments.do(*LOOKED_INTO)
    departments.wait(2)
    departments.do(BACK_TO_QUALITY)
    departments.wait((20 + hours) / 24)
    assert len(told(departments)) == urged
    if urged:
        assert told(departments) == [("U", "quality", "cause", 2, "1.8333 d", "1.8333 d", "1.6667 d")]


def test_P1_25_P1_26_of_two_that_have_it_side_by_side_only_the_late_one_is_urged_and_asked() -> None:
    departments = begun()
    departments.wait(5 / 3)
    departments.do(CAUSE)
    departments.wait(5 / 3)
    departments.do(COUNTERMEASURE)
    departments.wait(1)
    departments.do(opinion("rd"))
    departments.wait(1)
    departments.do(opinion("manager-office"), *AND_CLOSED)
    assert [(kind, department, used) for kind, department, _, _, used, *_ in told(departments)] == [
        ("U", "manager-office", "1.6667 d"),
        ("Q", "manager-office", "2 d"),
    ]


def test_P1_23_P1_25_the_whole_case_over_its_limit_is_its_owners_and_not_whose_turn_it_is() -> None:
    departments = begun()
    departments.do(*LOOKED_INTO)
    departments.wait(11)
    departments.do(CHECKED, drafted(), REVIEWED, approved())
    departments.wait(3)
    assert departments.open == [("negotiation", "sales")]
    assert told(departments) == [("U", "gm-office", "overall", 1, "", "", "")]
    departments.do(NEGOTIATED, OPINION, decided(), CLOSED)
    assert told(departments) == [("U", "gm-office", "overall", 1, "", "", "")]


def test_P1_26_two_rounds_of_one_department_are_two_deadlines() -> None:
    departments = begun()
    departments.wait(2)
    departments.do(*LOOKED_INTO, BACK_TO_QUALITY)
    departments.wait(1)
    departments.do(*LOOKED_INTO, *AND_CLOSED)
    assert told(departments) == [
        ("U", "quality", "cause", 1, "1.6667 d", "1.6667 d", "1.6667 d"),
        ("U", "quality", "cause", 2, "2.8333 d", "2.8333 d", "1.6667 d"),
        ("Q", "quality", "cause", 1, "2 d", "1.6667 d", "1.6667 d"),
        ("Q", "quality", "cause", 2, "3 d", "2.8333 d", "1.6667 d"),
    ]


@some.composite
def lives(draw: some.DrawFn) -> Departments:
    """A case in which anybody may be slow and anything sent back, until it is closed or for a while."""
    departments = Departments()
    departments.do(filed(draw(some.sampled_from(["domestic", "overseas"]))))
    for _ in range(draw(some.integers(4, 30))):
        departments.wait(draw(some.integers(0, 3_000)) / 1440)
        departments.do(draw(some.sampled_from(possible(departments))))
    return departments


def possible(departments: Departments) -> list[Event]:
    """What may be said: whoever has a stage ends it or sends it back; the case closes when only its closing is open."""
    tasks = departments.folders["intake"].tasks
    said = [end(task.owner) for task in tasks.open for end in ENDS[task.stage]]
    for task in tasks.open:
        back = departments.rules.returnable(task.stage, tasks)
        said += [approval.SentBack(task.stage, *each, "?") for each in back]
    return said or [CAUSE]


@given(lives())
def test_P1_25_P1_26_slips_go_to_who_used_more_than_they_had_and_that_is_their_part_at_least(life: Departments) -> None:
    due = {
        (each.stage, each.owner, each.round): each.deadline
        for each, _ in life.said
        if isinstance(each, intake.StageOpened) and each.deadline
    }
    for slip in life.slips:
        deadline = due[slip.stage, slip.department, slip.round]
        assert slip.due == deadline.due > deadline.began
        assert amount(slip.used) >= amount(slip.allowed) >= amount(slip.own or "0 d") - ROUNDED
        assert bool(slip.own) == (slip.stage in ("cause", "countermeasure", "opinion"))


@given(lives())
def test_P1_25_no_slip_is_issued_in_the_moment_in_which_its_stage_was_opened(life: Departments) -> None:
    opened = {
        (each.stage, each.owner, each.round): at for each, at in life.said if isinstance(each, intake.StageOpened)
    }
    for slip, at in life.said:
        if isinstance(slip, approval.UrgingSlipIssued):
            assert at - opened[slip.stage, slip.department, slip.round] >= timedelta(hours=10)


ROUNDED = 0.0001


def amount(words: str) -> float:
    """How much an amount of a limit is."""
    return float(Limit.read(words).amount)
