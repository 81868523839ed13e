"""What a disposition comes to: the customer's amount and the company's loss (P1.30)."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.contracts import Refused
from shared.contracts.values import Money
from shared.procedures.course.settlement import Settlement
from tests.procedures.case import PACK, RULES, rules_at, yuan

CENT = Decimal("0.01")
amounts = some.decimals(min_value=0, max_value=Decimal("499999999999"), allow_nan=False, allow_infinity=False)
small = some.decimals(min_value=0, max_value=Decimal("99999.999"), places=3)


def numbers(**written: str) -> dict[str, Decimal]:
    return {name.replace("_", "-"): Decimal(value) for name, value in written.items()}


@pytest.mark.parametrize(
    ("disposition", "inputs", "settlement"),
    [
        ("compensation", {"paid": "123.45"}, Settlement(yuan("123.45"), yuan("123.45"), "paid")),
        ("discount", {"discounted": "99.9"}, Settlement(yuan("99.90"), yuan("99.90"), "discounted")),
        (
            "return",
            {"returned": "7", "selling_price": "12.5"},
            Settlement(yuan("87.50"), yuan("17.50"), "returned × selling-price × 0.20"),
        ),
        (
            "replacement",
            {"replaced": "3", "grade_a_price": "33.335"},
            Settlement(yuan("100.01"), yuan("100.01"), "replaced × grade-a-price"),
        ),
        (
            "rework",
            {"processing": "10.004", "freight": "5.001"},
            Settlement(yuan("15.01"), yuan("15.01"), "processing + freight"),
        ),
        ("not-established", {}, Settlement(yuan("0.00"), yuan("0.00"), "0")),
    ],
)
def test_P1_30_the_loss_of_each_disposition(disposition: str, inputs: dict[str, str], settlement: Settlement) -> None:
    assert RULES.settle(disposition, numbers(**inputs)) == settlement


@pytest.mark.parametrize(
    ("paid", "cents"), [("0.004", "0.00"), ("0.005", "0.01"), ("0.0149", "0.01"), ("0.015", "0.02")]
)
def test_P1_30_half_a_cent_is_rounded_up(paid: str, cents: str) -> None:
    assert RULES.settle("compensation", numbers(paid=paid)).loss == yuan(cents)


def test_P1_30_a_currency_without_cents_is_rounded_to_its_own_unit() -> None:
    settlement = rules_at("Asia/Tokyo", "JPY").settle("compensation", numbers(paid="99.5"))
    assert settlement.loss == Money(Decimal(100), "JPY")


@given(small, small)
def test_P1_30_a_return_is_rounded_once_from_its_exact_product(returned: Decimal, price: Decimal) -> None:
    exact = Fraction(returned) * Fraction(price) / 5
    loss = RULES.settle("return", {"returned": returned, "selling-price": price}).loss.amount
    assert abs(Fraction(loss) - exact) <= Fraction(CENT) / 2
    assert Fraction(loss) - exact != -Fraction(CENT) / 2


@given(amounts, amounts)
def test_P1_30_a_sum_is_rounded_after_it_is_added(processing: Decimal, freight: Decimal) -> None:
    exact = Fraction(processing) + Fraction(freight)
    loss = RULES.settle("rework", {"processing": processing, "freight": freight}).loss.amount
    assert abs(Fraction(loss) - exact) <= Fraction(CENT) / 2


@given(some.sampled_from(sorted(PACK.dispositions)), some.data())
def test_P1_30_the_loss_is_never_more_than_the_customer_gets(disposition: str, data: some.DataObject) -> None:
    inputs = {name: data.draw(small, label=name) for name in RULES.inputs(disposition)}
    settlement = RULES.settle(disposition, inputs)
    assert settlement.loss.amount <= settlement.amount.amount
    assert settlement.loss.amount == settlement.loss.amount.quantize(CENT, ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("inputs", "wrong"),
    [
        ({}, {"missing": ["returned", "selling-price"], "unknown": [], "invalid": []}),
        ({"returned": "1"}, {"missing": ["selling-price"], "unknown": [], "invalid": []}),
        ({"returned": "1", "selling_price": "1", "paid": "1"}, {"missing": [], "unknown": ["paid"], "invalid": []}),
        ({"returned": "-1", "selling_price": "1"}, {"missing": [], "unknown": [], "invalid": ["returned"]}),
        (
            {"returned": "NaN", "selling_price": "Infinity"},
            {"missing": [], "unknown": [], "invalid": ["returned", "selling-price"]},
        ),
        ({"returned": "1e999999", "selling_price": "1"}, {"missing": [], "unknown": [], "invalid": ["returned"]}),
    ],
)
def test_P1_30_inputs_that_do_not_fit_are_refused_by_name(inputs: dict[str, str], wrong: dict[str, Any]) -> None:
    fields = tuple(f"inputs.{name}" for names in wrong.values() for name in names)
    with pytest.raises(Refused) as refused:
        RULES.settle("return", numbers(**inputs))
    assert refused.value == Refused("inputs-wrong", "P1.30", fields=fields, **wrong)


def test_P1_30_a_product_beyond_any_amount_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        RULES.settle("return", numbers(returned="999999999999", selling_price="999999999999"))
    assert refused.value == Refused("amount-too-large", "P1.30", fields=("inputs",))


def test_P1_30_an_unknown_disposition_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        RULES.settle("bribe", {})
    assert refused.value == Refused("unknown-choice", fields=("disposition",), value="bribe", list="dispositions")
