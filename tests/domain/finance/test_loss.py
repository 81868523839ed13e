"""P1.30: accounting records the loss by the formula of the approved disposition, to the cent, with its inputs."""

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given as example
from hypothesis import settings
from hypothesis import strategies as st

from services.finance import domain
from services.finance.domain import RecordLoss
from services.finance.reactions import REACTIONS
from shared.contracts import Refused, intake
from shared.contracts.approval import DispositionApproved
from shared.contracts.commands import File
from shared.contracts.finance import LossRecorded
from tests.domain.hearing import stages_filed
from tests.domain.intake.forms import FILED
from tests.domain.story import by, money, rules_of, story

given = story(domain)
accountant = by("accounting")
OPENED = intake.StageOpened("loss", "accounting", 1, "P1.30")


def approved(disposition: str) -> DispositionApproved:
    return DispositionApproved(
        disposition=disposition,
        amount=money("800.00"),
        loss=money("800.00"),
        inputs={},
        proposal="As agreed.",
        required="sales-manager",
        signed="sales-manager",
    )


def test_P1_13_finance_files_the_stages_that_wait_for_it_and_no_others() -> None:
    assert stages_filed(REACTIONS, rules_of()) == {"loss"}


@pytest.mark.parametrize(
    ("disposition", "inputs", "code", "details"),
    [
        ("return", {"returned": "0.5", "selling-price": "1"}, "not-whole", {"unit": "piece"}),
        ("return", {"returned": "501", "selling-price": "1"}, "more-than-delivered", {"delivered": "500"}),
        ("compensation", {"paid": "100.005"}, "too-many-decimals", {"currency": "TWD", "places": 2}),
    ],
)
def test_P1_30_what_cannot_be_counted_or_paid_is_no_loss(
    disposition: str, inputs: dict[str, str], code: str, details: dict[str, object]
) -> None:
    numbers = {name: Decimal(told) for name, told in inputs.items()}
    given(FILED, OPENED, approved(disposition)).when(RecordLoss(by=accountant, inputs=numbers)).refused(
        Refused(code, "P1.30", fields=(f"inputs.{next(iter(inputs))}",), **details)
    )


def test_P1_30_the_goods_are_those_of_the_corrected_form() -> None:
    form = {each.name: getattr(FILED, each.name) for each in fields(intake.FormCorrected)}
    corrected = intake.FormCorrected(**{**form, "unit": "kilogram"})
    numbers = {"returned": Decimal("0.5"), "selling-price": Decimal(1)}
    given(FILED, corrected, OPENED, approved("return")).when(RecordLoss(by=accountant, inputs=numbers)).then(
        LossRecorded("return", numbers, "returned × selling-price × 0.20", money("0.10"))
    )


@pytest.mark.parametrize("item", ["receiving"])
def test_P1_3_the_warehouse_receives_returned_goods(item: str) -> None:
    assert rules_of().lead(item) == "warehouse"


@pytest.mark.parametrize(
    ("disposition", "inputs", "formula", "loss"),
    [
        ("compensation", {"paid": "1234.56"}, "paid", "1234.56"),
        ("discount", {"discounted": "99.95"}, "discounted", "99.95"),
        ("return", {"returned": "100", "selling-price": "12.50"}, "returned × selling-price × 0.20", "250.00"),
        ("return", {"returned": "0", "selling-price": "12.50"}, "returned × selling-price × 0.20", "0.00"),
        ("return", {"returned": "1", "selling-price": "0.02"}, "returned × selling-price × 0.20", "0.00"),
        ("return", {"returned": "1", "selling-price": "0.025"}, "returned × selling-price × 0.20", "0.01"),
        ("replacement", {"replaced": "3", "grade-a-price": "50"}, "replaced × grade-a-price", "150.00"),
        ("rework", {"processing": "700", "freight": "45.5"}, "processing + freight", "745.50"),
        ("not-established", {}, "0", "0.00"),
    ],
)
def test_P1_30_the_loss_follows_the_approved_disposition(
    disposition: str, inputs: dict[str, str], formula: str, loss: str
) -> None:
    numbers = {name: Decimal(value) for name, value in inputs.items()}
    given(approved(disposition), OPENED).when(RecordLoss(by=accountant, inputs=numbers, remark="票 7")).then(
        LossRecorded(disposition, numbers, formula, money(loss), "票 7")
    )


def test_P1_30_what_was_really_paid_counts_and_not_what_was_approved() -> None:
    given(approved("compensation"), OPENED).when(RecordLoss(by=accountant, inputs={"paid": Decimal("799.99")})).then(
        LossRecorded("compensation", {"paid": Decimal("799.99")}, "paid", money("799.99"))
    )


def test_P1_30_the_last_approval_counts() -> None:
    given(approved("return"), approved("discount"), OPENED).when(
        RecordLoss(by=accountant, inputs={"discounted": Decimal(5)})
    ).then(LossRecorded("discount", {"discounted": Decimal(5)}, "discounted", money("5.00")))


def test_P1_30_in_the_currency_of_the_site() -> None:
    numbers = {"paid": Decimal("5")}
    given(approved("compensation"), OPENED, site="KSH").when(
        RecordLoss(by=by("accounting", "clerk", "KSH"), inputs=numbers)
    ).then(LossRecorded("compensation", numbers, "paid", money("5.00", "CNY")))


@pytest.mark.parametrize(
    ("inputs", "missing", "unknown", "invalid"),
    [
        ({"returned": "1"}, ["selling-price"], [], []),
        ({"returned": "1", "selling-price": "2", "paid": "3"}, [], ["paid"], []),
        ({"returned": "-1", "selling-price": "2"}, [], [], ["returned"]),
    ],
)
def test_P1_30_the_inputs_are_those_of_the_formula(
    inputs: dict[str, str], missing: list[str], unknown: list[str], invalid: list[str]
) -> None:
    numbers = {name: Decimal(value) for name, value in inputs.items()}
    given(approved("return"), OPENED).when(RecordLoss(by=accountant, inputs=numbers)).refused(
        Refused(
            "inputs-wrong",
            "P1.30",
            fields=tuple(f"inputs.{name}" for name in (*missing, *unknown, *invalid)),
            missing=missing,
            unknown=unknown,
            invalid=invalid,
        )
    )


def test_P1_30_recorded_once() -> None:
    recorded = LossRecorded("compensation", {"paid": Decimal(800)}, "paid", money("800.00"))
    given(approved("compensation"), OPENED, recorded).when(
        RecordLoss(by=accountant, inputs={"paid": Decimal(801)})
    ).refused(Refused("stage-not-open", "P1.30", stages=["loss"]))


def test_P1_30_after_the_closing_only() -> None:
    given(approved("compensation")).when(RecordLoss(by=accountant, inputs={"paid": Decimal(800)})).refused(
        Refused("stage-not-open", "P1.30", stages=["loss"])
    )


def test_P1_30_by_accounting_only() -> None:
    given(approved("compensation"), OPENED).when(RecordLoss(by=by("warehouse"), inputs={"paid": Decimal(800)})).refused(
        Refused("wrong-department", "P1.30", department="warehouse", expected=["accounting"])
    )


def test_P1_30_not_before_the_approval_is_heard() -> None:
    given(OPENED).when(RecordLoss(by=accountant, inputs={"paid": Decimal(800)})).refused(
        Refused("nothing-approved", "P1.30")
    )


def test_what_others_say_is_filed_as_it_was_said() -> None:
    given().when(File(heard=approved("return"))).then(approved("return"))


cents = st.decimals(0, 100_000, places=2)


@settings(deadline=None)
@example(returned=cents, price=cents)
def test_P1_30_a_fifth_of_what_was_returned_to_the_cent(returned: Decimal, price: Decimal) -> None:
    numbers = {"returned": returned, "selling-price": price}
    said = given(approved("return"), OPENED).when(RecordLoss(by=accountant, inputs=numbers)).events[0]
    assert abs(said.loss.amount - returned * price / 5) <= Decimal("0.005")
    assert said.loss.amount == round(said.loss.amount, 2)
    assert said.inputs == numbers
