"""P1.6, P1.13: the GM Office checks what was found; who checks, reviews, signs or decides may send back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.approval import domain
from services.approval.domain import CheckInvestigation, SendBack
from shared.contracts import Refused
from shared.contracts.approval import InvestigationChecked, SentBack
from shared.contracts.investigation import CauseReported
from shared.contracts.values import OutsideShare
from tests.domain.approval.folders import approved, closed, drafted, opened
from tests.domain.story import by, rules_of, story

given = story(domain)
office = by("gm-office")

INVESTIGATED = (
    *(opened("cause", "quality"), closed("cause", "quality")),
    *(opened("countermeasure", "manufacturing"), closed("countermeasure", "manufacturing")),
    *(opened("opinion", "rd"), opened("opinion", "manager-office")),
    *(closed("opinion", "rd"), closed("opinion", "manager-office")),
)
CHECK = opened("check", "gm-office")
DRAFTED = (opened("draft", "sales"), drafted(), closed("draft", "sales"))


@pytest.mark.parametrize("item", ["responsibility", "deadlines", "improvement-form", "improvement-confirmation"])
def test_P1_3_the_office_leads_what_approval_does(item: str) -> None:
    assert rules_of().lead(item) == "gm-office"


def test_P1_6_the_office_checks_the_investigation() -> None:
    given(*INVESTIGATED, CHECK).when(CheckInvestigation(by=office, remark="Complete.")).then(
        InvestigationChecked("Complete.", "yes")
    )


FOUND_ESTABLISHED = CauseReported("marking", "Wrong die.", "manufacturing")
FOUND_NOT = CauseReported("", "The customer's jig is worn.", "", established="no")
SUPPLIED = replace(FOUND_ESTABLISHED, outside=(OutsideShare("supplier", "永丰钢铁", Decimal(100)),))


@pytest.mark.parametrize(
    ("found", "decided", "says"),
    [
        (FOUND_ESTABLISHED, "", "yes"),
        (FOUND_ESTABLISHED, "yes", "yes"),
        (FOUND_ESTABLISHED, "no", "no"),
        (FOUND_NOT, "", "no"),
        (FOUND_NOT, "no", "no"),
    ],
)
def test_P1_22_the_office_decides_whether_the_complaint_is_established(
    found: CauseReported, decided: str, says: str
) -> None:
    given(found, *INVESTIGATED, CHECK).when(CheckInvestigation(by=office, established=decided)).then(
        InvestigationChecked(established=says)
    )


def test_P1_22_established_against_the_finding_needs_somebody_who_answers_for_it() -> None:
    given(FOUND_NOT, *INVESTIGATED, CHECK).when(CheckInvestigation(by=office, established="yes")).refused(
        Refused("nobody-named", "P1.22", fields=("established",))
    )


def test_P1_22_established_or_not_and_nothing_between() -> None:
    given(*INVESTIGATED, CHECK).when(CheckInvestigation(by=office, established="perhaps")).refused(
        Refused("unknown-choice", fields=("established",), value="perhaps", list="establishment")
    )


def test_P1_21_the_office_handles_what_others_answer_for_together_with_the_departments_concerned() -> None:
    waiting = given(SUPPLIED, *INVESTIGATED, CHECK)
    waiting.when(CheckInvestigation(by=office, concerned=("quality", "sales"))).then(
        InvestigationChecked(established="yes", concerned=("quality", "sales"))
    )
    waiting.when(CheckInvestigation(by=office)).refused(
        Refused("others-involved", "P1.21", fields=("concerned",), names=["永丰钢铁"])
    )
    waiting.when(CheckInvestigation(by=office, concerned=("moon",))).refused(
        Refused("unknown-choice", fields=("concerned",), value="moon", list="departments")
    )


def test_P1_21_where_the_complaint_is_not_established_there_is_nothing_of_others_to_handle() -> None:
    given(SUPPLIED, *INVESTIGATED, CHECK).when(CheckInvestigation(by=office, established="no")).then(
        InvestigationChecked(established="no")
    )


def test_P1_6_nobody_else_checks_it() -> None:
    given(*INVESTIGATED, CHECK).when(CheckInvestigation(by=by("quality"))).refused(
        Refused("wrong-department", "P1.6", department="quality", expected=["gm-office"])
    )


def test_P1_6_nothing_is_checked_while_an_opinion_is_awaited() -> None:
    given(opened("opinion", "rd")).when(CheckInvestigation(by=office)).refused(
        Refused("stage-not-open", "P1.6", stages=["check"])
    )


def test_P1_6_it_is_checked_once() -> None:
    given(*INVESTIGATED, CHECK, InvestigationChecked()).when(CheckInvestigation(by=office)).refused(
        Refused("stage-not-open", "P1.6", stages=["check"])
    )


@pytest.mark.parametrize(
    ("stage", "owner"),
    [("cause", "quality"), ("countermeasure", "manufacturing"), ("opinion", "rd"), ("opinion", "manager-office")],
)
def test_P1_13_the_check_sends_back_to_whoever_investigated(stage: str, owner: str) -> None:
    given(*INVESTIGATED, CHECK).when(SendBack(by=office, stage=stage, owner=owner, reason="Not shown.")).then(
        SentBack("check", stage, owner, "Not shown.")
    )


def test_P1_13_the_owner_goes_without_saying_where_one_department_did_it() -> None:
    given(*INVESTIGATED, CHECK).when(SendBack(by=office, stage="cause", reason="Not shown.")).then(
        SentBack("check", "cause", "quality", "Not shown.")
    )


def test_P1_13_the_owner_is_named_where_two_departments_did_it() -> None:
    given(*INVESTIGATED, CHECK).when(SendBack(by=office, stage="opinion", reason="Which?")).refused(
        Refused("owner-not-named", "P1.13", fields=("owner",), owners=["rd", "manager-office"])
    )


def test_P1_13_what_was_never_done_cannot_be_sent_back() -> None:
    non_quality = (opened("cause", "gm-office"), closed("cause", "gm-office"), CHECK)
    given(*non_quality).when(SendBack(by=office, stage="countermeasure", reason="None yet.")).refused(
        Refused("not-returnable", "P1.13", fields=("stage",), stages=["cause"])
    )


@pytest.mark.parametrize(
    ("stage", "who"),
    [
        (opened("review", "gm-office"), office),
        (opened("signature", "sales", level="sales-manager"), by("sales", "sales-manager")),
    ],
)
def test_P1_13_review_and_signature_send_back_to_the_draft(stage, who) -> None:
    given(*DRAFTED, stage).when(SendBack(by=who, stage="draft", reason="Too little.")).then(
        SentBack(stage.stage, "draft", "sales", "Too little.")
    )


def test_P1_15_the_decision_sends_back_to_the_combined_opinion() -> None:
    history = (
        *(*DRAFTED, approved()),
        *(opened("combined-opinion", "gm-office"), closed("combined-opinion", "gm-office")),
        opened("decision", "sales", level="sales-manager"),
    )
    given(*history).when(
        SendBack(by=by("sales", "sales-manager"), stage="combined-opinion", reason="The plant is not heard.")
    ).then(SentBack("decision", "combined-opinion", "gm-office", "The plant is not heard."))


def test_P1_13_the_review_cannot_reach_past_the_draft() -> None:
    given(*INVESTIGATED, *DRAFTED, opened("review", "gm-office")).when(
        SendBack(by=office, stage="cause", reason="Unclear.")
    ).refused(Refused("not-returnable", "P1.13", fields=("stage",), stages=["draft"]))


def test_P1_24_a_lower_level_cannot_send_a_signature_back() -> None:
    signature = opened("signature", "management", level="general-manager")
    given(*DRAFTED, signature).when(
        SendBack(by=by("management", "vice-general-manager"), stage="draft", reason="No.")
    ).refused(Refused("level-too-low", "P1.13", level="vice-general-manager", required="general-manager"))


def test_P1_13_what_was_sent_back_is_neither_sent_back_again_nor_passed_on() -> None:
    sent_back = given(*INVESTIGATED, CHECK, SentBack("check", "cause", "quality", "Not shown."))
    sent_back.when(SendBack(by=office, stage="countermeasure", reason="Late thought.")).refused(
        Refused("stage-not-open", "P1.13", stages=["check", "review", "signature", "decision"])
    )
    sent_back.when(CheckInvestigation(by=office)).refused(Refused("stage-not-open", "P1.6", stages=["check"]))
