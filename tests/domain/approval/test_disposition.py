"""P1.13, P1.24, P1.30: Sales drafts, the GM Office reviews, the level that the amount requires signs."""

from decimal import Decimal

import pytest

from services.approval import domain
from services.approval.domain import DraftDisposition, ReviewDisposition, SignDisposition
from shared.contracts import Refused
from shared.contracts.approval import (
    DispositionApproved,
    DispositionDrafted,
    DispositionReviewed,
    InvestigationChecked,
    SentBack,
)
from tests.domain.approval.folders import approved, closed, drafted, opened
from tests.domain.intake.forms import FILED
from tests.domain.story import by, money, story

given = story(domain)
clerk = by("sales")
office = by("gm-office")

DRAFT = opened("draft", "sales")
REVIEW = opened("review", "gm-office")


def pay(amount: str, proposal: str = "Pay for the rejects.") -> DraftDisposition:
    return DraftDisposition(by=clerk, disposition="compensation", inputs={"paid": Decimal(amount)}, proposal=proposal)


@pytest.mark.parametrize(
    ("amount", "level"),
    [
        ("0.00", "sales-manager"),
        ("10000.00", "sales-manager"),
        ("10000.01", "vice-general-manager"),
        ("15000.00", "vice-general-manager"),
        ("15000.01", "general-manager"),
        ("999999999999.99", "general-manager"),
    ],
)
def test_P1_24_the_amount_decides_which_level_must_sign(amount: str, level: str) -> None:
    given(DRAFT).when(pay(amount)).then(drafted(amount, level))


def take_back(returned: str) -> DraftDisposition:
    numbers = {"returned": Decimal(returned), "selling-price": Decimal("19.995")}
    return DraftDisposition(by=clerk, disposition="return", inputs=numbers, proposal="Take them back.")


@pytest.mark.parametrize(
    ("returned", "code", "details"),
    [("0.5", "not-whole", {"unit": "piece"}), ("501", "more-than-delivered", {"delivered": "500"})],
)
def test_P1_30_no_half_piece_is_returned_and_no_more_than_was_delivered(
    returned: str, code: str, details: dict[str, str]
) -> None:
    given(FILED, DRAFT).when(take_back(returned)).refused(
        Refused(code, "P1.30", fields=("inputs.returned",), **details)
    )


def test_P1_30_all_that_was_delivered_may_be_returned() -> None:
    wish = take_back("500")
    given(FILED, DRAFT).when(wish).then(
        DispositionDrafted(
            "return", wish.inputs, money("9997.50"), money("1999.50"), "sales-manager", "Take them back."
        )
    )


def test_P1_30_an_amount_that_nobody_can_pay_is_refused() -> None:
    given(DRAFT).when(pay("100.005")).refused(
        Refused("too-many-decimals", "P1.30", fields=("inputs.paid",), currency="TWD", places=2)
    )


@pytest.mark.parametrize(
    ("disposition", "inputs", "amount", "loss"),
    [
        ("compensation", {"paid": "1234.56"}, "1234.56", "1234.56"),
        ("discount", {"discounted": "99.95"}, "99.95", "99.95"),
        ("return", {"returned": "33.5", "selling-price": "19.99"}, "669.67", "133.93"),
        ("replacement", {"replaced": "3", "grade-a-price": "50"}, "150.00", "150.00"),
        ("rework", {"processing": "700", "freight": "45.5"}, "745.50", "745.50"),
        ("not-established", {}, "0.00", "0.00"),
    ],
)
def test_P1_30_a_draft_bears_amount_and_loss_of_its_disposition(
    disposition: str, inputs: dict[str, str], amount: str, loss: str
) -> None:
    numbers = {name: Decimal(value) for name, value in inputs.items()}
    wish = DraftDisposition(by=clerk, disposition=disposition, inputs=numbers, proposal="As agreed.")
    given(DRAFT).when(wish).then(
        DispositionDrafted(disposition, numbers, money(amount), money(loss), "sales-manager", "As agreed.")
    )


ESTABLISHED = ["compensation", "discount", "return", "replacement", "rework"]


def test_P1_22_sales_does_not_choose_whether_the_complaint_is_established() -> None:
    nothing = DraftDisposition(by=clerk, disposition="not-established", inputs={}, proposal="Sound goods.")
    given(InvestigationChecked(established="yes"), DRAFT).when(nothing).refused(
        Refused("not-as-decided", "P1.22", fields=("disposition",), dispositions=ESTABLISHED)
    )
    given(InvestigationChecked(established="no"), DRAFT).when(pay("1.00")).refused(
        Refused("not-as-decided", "P1.22", fields=("disposition",), dispositions=["not-established"])
    )


def test_P1_22_what_was_decided_is_drafted() -> None:
    nothing = DraftDisposition(by=clerk, disposition="not-established", inputs={}, proposal="Sound goods.")
    given(InvestigationChecked(established="no"), DRAFT).when(nothing).then(
        DispositionDrafted("not-established", {}, money("0.00"), money("0.00"), "sales-manager", "Sound goods.")
    )
    given(InvestigationChecked(established="yes"), DRAFT).when(pay("1.00")).then(drafted("1.00", "sales-manager"))


def test_P1_22_a_case_checked_before_that_was_a_decision_of_its_own_is_settled_either_way() -> None:
    old = given(InvestigationChecked(), DRAFT)
    old.when(pay("1.00")).then(drafted("1.00", "sales-manager"))
    nothing = DraftDisposition(by=clerk, disposition="not-established", inputs={}, proposal="Sound goods.")
    old.when(nothing).then(
        DispositionDrafted("not-established", {}, money("0.00"), money("0.00"), "sales-manager", "Sound goods.")
    )


def test_P1_30_a_draft_lacks_no_number_of_its_formula() -> None:
    numbers = {"returned": Decimal(3), "paid": Decimal(1)}
    given(DRAFT).when(DraftDisposition(by=clerk, disposition="return", inputs=numbers, proposal="Back.")).refused(
        Refused(
            "inputs-wrong",
            "P1.30",
            fields=("inputs.selling-price", "inputs.paid"),
            missing=["selling-price"],
            unknown=["paid"],
            invalid=[],
        )
    )


def test_P1_30_no_disposition_but_those_of_the_pack() -> None:
    given(DRAFT).when(DraftDisposition(by=clerk, disposition="gift", inputs={}, proposal="Smile.")).refused(
        Refused("unknown-choice", fields=("disposition",), value="gift", list="dispositions")
    )


def test_P1_13_only_sales_drafts() -> None:
    wish = DraftDisposition(by=office, disposition="compensation", inputs={"paid": Decimal(1)}, proposal="Pay.")
    given(DRAFT).when(wish).refused(Refused("wrong-department", "P1.13", department="gm-office", expected=["sales"]))


def test_P1_13_nothing_is_drafted_before_the_investigation_is_checked() -> None:
    given(opened("check", "gm-office")).when(pay("1")).refused(Refused("stage-not-open", "P1.13", stages=["draft"]))


def test_P1_13_another_draft_must_wait_until_the_first_is_sent_back() -> None:
    given(DRAFT, drafted()).when(pay("9000.00")).refused(Refused("stage-not-open", "P1.13", stages=["draft"]))


def test_P1_24_a_draft_changed_afterwards_is_a_new_draft_in_a_new_round() -> None:
    history = (
        *(DRAFT, drafted(), closed("draft", "sales"), REVIEW),
        *(SentBack("review", "draft", "sales", "Too little."), closed("review", "gm-office")),
        opened("draft", "sales", round=2),
    )
    given(*history).when(pay("15000.01")).then(drafted("15000.01", "general-manager"))


def test_P1_13_the_office_reviews_the_draft() -> None:
    given(drafted(), REVIEW).when(ReviewDisposition(by=office, remark="In order.")).then(
        DispositionReviewed("In order.")
    )


def test_P1_13_a_draft_is_reviewed_once() -> None:
    given(drafted(), REVIEW, DispositionReviewed()).when(ReviewDisposition(by=office)).refused(
        Refused("stage-not-open", "P1.13", stages=["review"])
    )


def test_P1_13_a_review_that_was_sent_back_is_over() -> None:
    sent_back = SentBack("review", "draft", "sales", "Too little.")
    given(drafted(), REVIEW, sent_back).when(ReviewDisposition(by=office)).refused(
        Refused("stage-not-open", "P1.13", stages=["review"])
    )


LEVELS = ("clerk", "supervisor", "sales-manager", "vice-general-manager", "general-manager")
MAY_SIGN = [(required, level) for required in LEVELS[2:] for level in LEVELS[LEVELS.index(required) :]]
MAY_NOT_SIGN = [(required, level) for required in LEVELS[2:] for level in LEVELS[: LEVELS.index(required)]]


@pytest.mark.parametrize(("required", "level"), MAY_SIGN)
def test_P1_24_the_required_level_and_every_higher_one_may_sign(required: str, level: str) -> None:
    signature = opened("signature", "management", level=required)
    given(drafted(level=required), signature).when(SignDisposition(by=by("management", level))).then(
        approved(level=required, by=level)
    )


@pytest.mark.parametrize(("required", "level"), MAY_NOT_SIGN)
def test_P1_24_a_lower_level_is_refused(required: str, level: str) -> None:
    signature = opened("signature", "management", level=required)
    given(drafted(level=required), signature).when(SignDisposition(by=by("management", level))).refused(
        Refused("level-too-low", "P1.24", level=level, required=required)
    )


def test_P1_24_the_draft_in_the_folder_counts_whatever_level_the_task_names() -> None:
    signature = opened("signature", "sales", level="sales-manager")
    manager = by("sales", "sales-manager")
    given(drafted("15000.01", "general-manager"), signature).when(SignDisposition(by=manager)).refused(
        Refused("level-too-low", "P1.24", level="sales-manager", required="general-manager")
    )


def test_P1_24_what_is_approved_is_word_for_word_what_was_drafted() -> None:
    draft = DispositionDrafted(
        disposition="return",
        inputs={"returned": Decimal("33.5"), "selling-price": Decimal("19.99")},
        amount=money("669.67"),
        loss=money("133.93"),
        level="sales-manager",
        proposal="全数退回。",
    )
    given(draft, opened("signature", "sales", level="sales-manager")).when(
        SignDisposition(by=by("sales", "sales-manager"), remark="同意")
    ).then(
        DispositionApproved(
            disposition="return",
            amount=money("669.67"),
            loss=money("133.93"),
            inputs={"returned": Decimal("33.5"), "selling-price": Decimal("19.99")},
            proposal="全数退回。",
            required="sales-manager",
            signed="sales-manager",
            remark="同意",
        )
    )


def test_P1_24_one_signature_is_enough_and_a_second_too_late() -> None:
    signed = given(drafted(), opened("signature", "sales", level="sales-manager"), approved())
    signed.when(SignDisposition(by=by("management", "general-manager"))).refused(
        Refused("stage-not-open", "P1.24", stages=["signature"])
    )


def test_P1_24_there_must_be_a_draft_to_sign() -> None:
    given(opened("signature", "sales", level="sales-manager")).when(
        SignDisposition(by=by("sales", "sales-manager"))
    ).refused(Refused("nothing-drafted", "P1.13"))


def test_P1_24_a_signature_binds_the_site_of_the_case_only() -> None:
    stranger = by("management", "general-manager", "KSH")
    given(drafted(), opened("signature", "sales", level="sales-manager")).when(SignDisposition(by=stranger)).refused(
        Refused("wrong-site", "P1.24", site="TPE")
    )
