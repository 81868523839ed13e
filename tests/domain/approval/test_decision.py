"""P1.15: the GM Office writes its combined opinion, and the level that the amount required decides on it."""

import pytest

from services.approval import domain
from services.approval.domain import DecideCase, WriteCombinedOpinion
from shared.contracts import Refused
from shared.contracts.approval import CaseDecided, CombinedOpinionWritten
from tests.domain.approval.folders import approved, opened
from tests.domain.story import by, story

given = story(domain)
office = by("gm-office")
OPINION = opened("combined-opinion", "gm-office")


def decision(level: str):
    return opened("decision", "management", level=level)


def test_P1_15_the_office_weighs_the_opinions() -> None:
    given(approved(), OPINION).when(WriteCombinedOpinion(by=office, opinion="Accept; tighten inspection.")).then(
        CombinedOpinionWritten("Accept; tighten inspection.")
    )


def test_P1_15_only_after_the_negotiation() -> None:
    given(approved(), opened("negotiation", "sales")).when(WriteCombinedOpinion(by=office, opinion="Early.")).refused(
        Refused("stage-not-open", "P1.15", stages=["combined-opinion"])
    )


def test_P1_15_only_the_office() -> None:
    given(approved(), OPINION).when(WriteCombinedOpinion(by=by("sales"), opinion="Ours.")).refused(
        Refused("wrong-department", "P1.15", department="sales", expected=["gm-office"])
    )


def test_P1_15_the_opinion_is_written_once() -> None:
    given(approved(), OPINION, CombinedOpinionWritten("Accept.")).when(
        WriteCombinedOpinion(by=office, opinion="Accept, but.")
    ).refused(Refused("stage-not-open", "P1.15", stages=["combined-opinion"]))


@pytest.mark.parametrize("level", ["vice-general-manager", "general-manager"])
def test_P1_15_the_level_of_the_approved_amount_or_a_higher_one_decides(level: str) -> None:
    given(approved("12000.00", "vice-general-manager"), decision("vice-general-manager")).when(
        DecideCase(by=by("management", level), decision="Settled as approved.")
    ).then(CaseDecided("Settled as approved.", "vice-general-manager", level))


def test_P1_15_a_lower_level_does_not_decide() -> None:
    given(approved("12000.00", "vice-general-manager"), decision("vice-general-manager")).when(
        DecideCase(by=by("sales", "sales-manager"), decision="Settled.")
    ).refused(Refused("level-too-low", "P1.15", level="sales-manager", required="vice-general-manager"))


def test_P1_24_the_approved_amount_counts_whatever_level_the_task_names() -> None:
    given(approved("15000.01", "general-manager"), decision("sales-manager")).when(
        DecideCase(by=by("sales", "sales-manager"), decision="Settled.")
    ).refused(Refused("level-too-low", "P1.24", level="sales-manager", required="general-manager"))


def test_P1_15_there_must_be_an_approval_to_decide_on() -> None:
    given(decision("sales-manager")).when(DecideCase(by=by("sales", "sales-manager"), decision="Settled.")).refused(
        Refused("nothing-approved", "P1.15")
    )


def test_P1_15_a_case_is_decided_once() -> None:
    given(approved(), decision("sales-manager"), CaseDecided("Settled.", "sales-manager", "sales-manager")).when(
        DecideCase(by=by("sales", "sales-manager"), decision="Not settled.")
    ).refused(Refused("stage-not-open", "P1.15", stages=["decision"]))
