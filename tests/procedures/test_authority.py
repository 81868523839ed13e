"""Which level signs for an amount (P1.24)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.contracts import Refused
from shared.contracts.values import Money
from tests.procedures.case import PACK, RULES, rules_at, yuan

amounts = some.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2)


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
def test_P1_24_the_amount_decides_which_level_signs(amount: str, level: str) -> None:
    assert RULES.level_for(yuan(amount)) == level


def test_P1_24_the_bounds_are_in_the_sites_currency() -> None:
    assert rules_at("Asia/Taipei", "TWD").level_for(Money(Decimal("15000.01"), "TWD")) == "general-manager"
    with pytest.raises(Refused) as refused:
        RULES.level_for(Money(Decimal("1.00"), "TWD"))
    assert refused.value == Refused("wrong-currency", "P1.24", currency="TWD", expected="CNY")


@given(amounts)
def test_P1_24_every_amount_has_exactly_one_level(amount: Decimal) -> None:
    assert len([bound for bound in PACK.authority.bounds if bound.covers(amount)]) == 1


@given(amounts, amounts)
def test_P1_24_a_higher_amount_never_needs_a_lower_level(one: Decimal, other: Decimal) -> None:
    lower, higher = (RULES.level_for(Money(amount, "CNY")) for amount in sorted((one, other)))
    assert RULES.outranks(higher, lower)


LEVELS = ("clerk", "supervisor", "sales-manager", "vice-general-manager", "general-manager")


@pytest.mark.parametrize("required", LEVELS)
@pytest.mark.parametrize("level", LEVELS)
def test_P1_24_a_higher_level_may_sign_a_lower_one_may_not(level: str, required: str) -> None:
    assert RULES.outranks(level, required) == (LEVELS.index(level) >= LEVELS.index(required))


@pytest.mark.parametrize(("level", "required"), [("system", "clerk"), ("clerk", "pope"), ("system", "system")])
def test_a_level_that_the_pack_does_not_know_outranks_nobody_and_is_outranked_by_nobody(
    level: str, required: str
) -> None:
    assert not RULES.outranks(level, required)
