"""The route of the form through the departments, by the pack alone (P1.13)."""

import pytest

from shared.contracts import Event, analytics, approval, intake
from shared.procedures.course.stages import NO_MOVES, Moves
from tests.procedures.case import (
    BEFORE_ACCEPTANCE,
    CAUSE,
    CHECKED,
    CLOSED,
    COUNTERMEASURE,
    ENDORSED,
    LOSS,
    NEGOTIATED,
    NOW,
    OPINION,
    RETURNED,
    REVIEWED,
    RULES,
    UNTIL_CHECK,
    UNTIL_CLOSED,
    UNTIL_SIGNATURE,
    Case,
    accepted,
    answered,
    approved,
    corrected,
    decided,
    drafted,
    filed,
    opinion,
    slip,
)

ROUTE: tuple[tuple[Event, list[tuple[str, str, int]]], ...] = (
    (filed(), [("endorsement", "sales", 1)]),
    (ENDORSED, [("registration", "gm-office", 1)]),
    (accepted(), [("cause", "quality", 1)]),
    (CAUSE, [("countermeasure", "manufacturing", 1)]),
    (COUNTERMEASURE, [("opinion", "rd", 1), ("opinion", "manager-office", 1)]),
    (opinion("manager-office"), [("opinion", "rd", 1)]),
    (opinion("rd"), [("check", "gm-office", 1)]),
    (CHECKED, [("draft", "sales", 1)]),
    (drafted(), [("review", "gm-office", 1)]),
    (REVIEWED, [("signature", "sales", 1)]),
    (approved(), [("negotiation", "sales", 1)]),
    (NEGOTIATED, [("combined-opinion", "gm-office", 1)]),
    (OPINION, [("decision", "sales", 1)]),
    (decided(), [("closing", "gm-office", 1)]),
    (CLOSED, [("loss", "accounting", 1)]),
    (LOSS, []),
)


def test_P1_13_the_form_goes_from_department_to_department() -> None:
    case = Case()
    assert [(event, case.hear(event).open) for event, _ in ROUTE] == list(ROUTE)


def test_P1_2_what_is_no_matter_of_quality_is_looked_into_by_the_gm_office() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, accepted("non-quality"))
    assert case.open == [("cause", "gm-office", 1)]
    assert case.hear(CAUSE).open == [("opinion", "rd", 1), ("opinion", "manager-office", 1)]


@pytest.mark.parametrize(
    ("level", "owner"),
    [("sales-manager", "sales"), ("vice-general-manager", "management"), ("general-manager", "management")],
)
def test_P1_24_the_level_decides_who_has_the_signature_and_the_decision(level: str, owner: str) -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK, CHECKED, drafted(level), REVIEWED)
    assert case.task("signature", owner).level == level
    case.hear(approved(level), NEGOTIATED, OPINION)
    assert case.task("decision", owner).level == level


def test_P1_9_a_returned_form_comes_back_in_a_second_round() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, RETURNED)
    assert case.moved[-1].closed == (intake.StageClosed("registration", "gm-office", 1, "sent-back", NOW, "0 d"),)
    assert case.open == [("correction", "sales", 1)]
    assert case.hear(corrected()).open == [("registration", "gm-office", 2)]
    assert case.hear(RETURNED, corrected()).open == [("registration", "gm-office", 3)]


def test_P1_9_the_supervisor_of_sales_endorses() -> None:
    assert Case().hear(filed()).task("endorsement").level == "supervisor"


def test_a_stage_that_is_opened_says_its_rule_and_one_that_is_closed_its_outcome() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK)
    assert case.moved[-1] == Moves(
        opened=(intake.StageOpened("check", "gm-office", 1, "P1.13"),),
        closed=(intake.StageClosed("opinion", "manager-office", 1, "done", NOW, "0 d"),),
    )


def sent_back(sender: str, stage: str, owner: str) -> approval.SentBack:
    return approval.SentBack(sender, stage, owner, "again")


def test_P1_13_a_check_may_ask_one_opinion_again_and_waits_for_it() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK, sent_back("check", "opinion", "rd"))
    assert case.moved[-1].closed == (intake.StageClosed("check", "gm-office", 1, "sent-back", NOW),)
    assert case.open == [("opinion", "rd", 2)]
    assert case.hear(opinion("rd")).open == [("check", "gm-office", 2)]


def test_P1_13_a_cause_sent_back_goes_the_whole_way_again() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK, sent_back("check", "cause", "quality"))
    assert case.open == [("cause", "quality", 2)]
    assert case.hear(CAUSE).open == [("countermeasure", "manufacturing", 2)]
    assert case.hear(COUNTERMEASURE).open == [("opinion", "rd", 2), ("opinion", "manager-office", 2)]
    assert case.hear(opinion("rd"), opinion("manager-office")).open == [("check", "gm-office", 2)]


def test_P1_13_a_draft_sent_back_may_come_to_another_level() -> None:
    case = Case().hear(*UNTIL_SIGNATURE, sent_back("signature", "draft", "sales"))
    assert case.open == [("draft", "sales", 2)]
    case.hear(drafted("general-manager"), REVIEWED)
    assert case.open == [("signature", "management", 1)]
    assert case.task("signature").level == "general-manager"


@pytest.mark.parametrize(
    "stray",
    [
        sent_back("check", "draft", "sales"),
        sent_back("check", "cause", "gm-office"),
        sent_back("check", "negotiation", "sales"),
        sent_back("review", "draft", "sales"),
        opinion("rd"),
        CAUSE,
        approved(),
        ENDORSED,
        intake.QuantityDetermined(filed().delivered),
        analytics.DeadlineMissed("check", "gm-office", 1, NOW),
    ],
    ids=str,
)
def test_what_ends_nothing_that_is_open_moves_nothing(stray: Event) -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK)
    assert RULES.next_stages(case.facts, case.tasks, stray, NOW) == NO_MOVES


def test_what_may_be_sent_back_is_what_was_done() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK)
    assert RULES.returnable("check", case.tasks) == (
        ("cause", "quality"),
        ("countermeasure", "manufacturing"),
        ("opinion", "rd"),
        ("opinion", "manager-office"),
    )
    assert RULES.returnable("draft", case.tasks) == ()


def test_P1_26_each_inquiry_slip_is_a_task_of_the_department_it_asks() -> None:
    case = Case().hear(*UNTIL_CLOSED, LOSS, slip("quality"), slip("sales"), slip("quality"))
    assert case.open == [("inquiry", "quality", 1), ("inquiry", "sales", 1), ("inquiry", "quality", 2)]
    assert case.hear(answered("quality")).open == [("inquiry", "sales", 1), ("inquiry", "quality", 2)]
    assert case.hear(answered("quality"), answered("sales")).open == []


def test_P1_13_a_round_is_counted_for_each_department_that_has_the_stage() -> None:
    case = Case().hear(*BEFORE_ACCEPTANCE, *UNTIL_CHECK)
    case.hear(sent_back("check", "opinion", "rd"), opinion("rd"), sent_back("check", "opinion", "manager-office"))
    assert case.open == [("opinion", "manager-office", 2)]
    case.hear(opinion("manager-office"), sent_back("check", "cause", "quality"), CAUSE, COUNTERMEASURE)
    assert case.open == [("opinion", "rd", 3), ("opinion", "manager-office", 3)]
