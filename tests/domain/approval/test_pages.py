"""What approval's forms offer: only where work can go back to, only the slips that wait for one's own answer."""

from services.approval.domain import ApprovalFolder, evolve, initial
from services.approval.pages import returnable_owners, returnable_stages, unanswered
from shared.contracts import Event
from shared.contracts.approval import InquiryAnswered, InquirySlipIssued
from tests.domain.approval.folders import DUE, opened
from tests.domain.approval.test_investigation import CHECK, INVESTIGATED
from tests.domain.story import CASE, by, rules_of


def folder(*events: Event) -> ApprovalFolder:
    built = initial(CASE)
    for event in events:
        built = evolve(built, event)
    return built


def test_P1_13_the_stages_and_departments_that_work_can_go_back_to() -> None:
    checking, office = folder(*INVESTIGATED, CHECK), by("gm-office")
    assert list(returnable_stages(checking, rules_of(), office)) == ["cause", "countermeasure", "opinion", "opinion"]
    assert list(returnable_owners(checking, rules_of(), office)) == [
        "quality",
        "manufacturing",
        "rd",
        "manager-office",
    ]


def test_P1_13_nothing_goes_back_by_somebody_who_does_not_have_it() -> None:
    assert list(returnable_stages(folder(*INVESTIGATED, CHECK), rules_of(), by("quality"))) == []


def test_P1_26_the_slips_that_wait_for_ones_own_department() -> None:
    asked = folder(
        InquirySlipIssued("Q261101", "quality", "cause", 1, DUE),
        InquirySlipIssued("Q261102", "sales", "draft", 1, DUE),
        InquirySlipIssued("Q261103", "quality", "cause", 2, DUE),
        opened("inquiry", "quality"),
        InquiryAnswered("Q261101", "quality", "The lab was shut."),
    )
    assert list(unanswered(asked, rules_of(), by("quality"))) == ["Q261103"]
