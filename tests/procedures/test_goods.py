"""Quantities of a case count in its unit, and money in coins that there are: both sides of each bound (P1.4, P1.30)."""

from decimal import Decimal

import pytest

from shared.contracts import Refused
from shared.money import is_payable, minor_unit
from shared.procedures.course.goods import Goods
from tests.procedures.case import PACK, RULES, rules_at

PIECES, KILOGRAMS = Goods(Decimal(500), "piece"), Goods(Decimal("500.5"), "kilogram")


def test_P1_4_pieces_sets_and_boxes_are_whole_and_kilograms_and_metres_are_not() -> None:
    assert {code: unit.whole for code, unit in PACK.units.items()} == {
        "piece": True, "set": True, "kilogram": False, "metre": False, "box": True,
    }  # fmt: skip


@pytest.mark.parametrize("unit", ["piece", "set", "box"])
@pytest.mark.parametrize(
    ("quantity", "whole"), [("1", True), ("1.000", True), ("0", True), ("0.5", False), ("1.001", False)]
)
def test_P1_4_half_a_piece_is_none(unit: str, quantity: str, whole: bool) -> None:
    asked = {"delivered": Decimal(quantity), "defective": None}
    if whole:
        RULES.require_countable(unit, "P1.4", asked)
        return
    with pytest.raises(Refused) as refused:
        RULES.require_countable(unit, "P1.4", asked)
    assert refused.value == Refused("not-whole", "P1.4", fields=("delivered",), unit=unit)


@pytest.mark.parametrize("unit", ["kilogram", "metre", "a unit of an older pack"])
def test_P1_4_half_a_kilogram_is_half_a_kilogram(unit: str) -> None:
    RULES.require_countable(unit, "P1.4", {"delivered": Decimal("0.5")})


REAL = [
    ("return", {"returned": "500", "selling-price": "12.3456"}, PIECES),
    ("return", {"returned": "500.5", "selling-price": "1"}, KILOGRAMS),
    ("return", {"returned": "0.5", "selling-price": "1"}, None),
    ("replacement", {"replaced": "501", "grade-a-price": "0.001"}, PIECES),
    ("rework", {"processing": "100.01", "freight": "0.00"}, PIECES),
    ("compensation", {"paid": "100.010"}, PIECES),
]
UNREAL = [
    ("return", {"returned": "0.5", "selling-price": "1"}, PIECES, "not-whole", ("inputs.returned",), {"unit": "piece"}),
    (
        "return",
        {"returned": "501", "selling-price": "1"},
        PIECES,
        "more-than-delivered",
        ("inputs.returned",),
        {"delivered": "500"},
    ),
    (
        "return",
        {"returned": "500.501", "selling-price": "1"},
        KILOGRAMS,
        "more-than-delivered",
        ("inputs.returned",),
        {"delivered": "500.5"},
    ),
    (
        "replacement",
        {"replaced": "1.5", "grade-a-price": "1"},
        PIECES,
        "not-whole",
        ("inputs.replaced",),
        {"unit": "piece"},
    ),
    (
        "compensation",
        {"paid": "100.005"},
        None,
        "too-many-decimals",
        ("inputs.paid",),
        {"currency": "CNY", "places": 2},
    ),
    (
        "rework",
        {"processing": "1.001", "freight": "0.001"},
        PIECES,
        "too-many-decimals",
        ("inputs.processing", "inputs.freight"),
        {"currency": "CNY", "places": 2},
    ),
]


@pytest.mark.parametrize(("disposition", "inputs", "goods"), REAL)
def test_P1_30_what_can_be_paid_and_counted_is_real(
    disposition: str, inputs: dict[str, str], goods: Goods | None
) -> None:
    RULES.require_real(disposition, {name: Decimal(told) for name, told in inputs.items()}, goods)


@pytest.mark.parametrize(("disposition", "inputs", "goods", "code", "fields", "details"), UNREAL)
def test_P1_30_what_cannot_be_paid_or_counted_is_refused_by_name(
    disposition: str,
    inputs: dict[str, str],
    goods: Goods | None,
    code: str,
    fields: tuple[str, ...],
    details: dict[str, object],
) -> None:
    with pytest.raises(Refused) as refused:
        RULES.require_real(disposition, {name: Decimal(told) for name, told in inputs.items()}, goods)
    assert refused.value == Refused(code, "P1.30", fields=fields, **details)


def test_P1_30_where_there_are_no_cents_none_are_paid() -> None:
    yen = rules_at("Asia/Tokyo", "JPY")
    yen.require_real("compensation", {"paid": Decimal(100)}, None)
    with pytest.raises(Refused, match="too-many-decimals"):
        yen.require_real("compensation", {"paid": Decimal("100.5")}, None)


@pytest.mark.parametrize(
    ("currency", "least", "payable", "not_payable"),
    [
        ("TWD", "0.01", "100.00", "100.005"),
        ("CNY", "0.01", "999999999999.99", "0.001"),
        ("JPY", "1", "100.0", "100.5"),
        ("KWD", "0.001", "1.005", "1.0005"),
    ],
)
def test_each_currency_has_its_decimals(currency: str, least: str, payable: str, not_payable: str) -> None:
    assert minor_unit(currency) == Decimal(least)
    assert (is_payable(Decimal(payable), currency), is_payable(Decimal(not_payable), currency)) == (True, False)
