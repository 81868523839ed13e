"""Which level signs for an amount (P1.24)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.contracts import Refused
from shared.contracts.values import Money
from shared.procedures.language.lines import Unreadable, parse_document
from shared.procedures.language.pack import Pack
from shared.procedures.lint.linter import lint
from tests.procedures.case import PACK, RULES, rules_at, yuan
from tests.procedures.planting import SOUND

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


ROWS = SOUND[SOUND.index("    - {level: sales-manager, upto: 10000}") : SOUND.index("\ninputs:")]
"""The rows of the authority table, as they stand in the pack."""


def written(*bounds: str) -> Pack:
    """The pack with these bounds for the three levels of the regulation."""
    levels = ("sales-manager", "vice-general-manager", "general-manager")
    rows = "".join(f"    - {{level: {level}, {bound}}}\n" for level, bound in zip(levels, bounds, strict=True))
    return parse_document(SOUND.replace(ROWS, rows), "variant.yaml").into(Pack)


def found(pack: Pack) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in lint(pack) if not each.reading]


AS_READ = written("upto: 10000", "over: 10000, upto: 15000", "over: 15000")
OTHERWISE_READ = written("upto: 10000", "over: 10000, below: 15000", "from: 15000")
BELOW_ONLY = written("below: 10000", "from: 10000, below: 15000", "from: 15000")


@pytest.mark.parametrize(
    ("pack", "levels"),
    [
        (AS_READ, ("sales-manager", "vice-general-manager", "vice-general-manager", "general-manager")),
        (OTHERWISE_READ, ("sales-manager", "vice-general-manager", "general-manager", "general-manager")),
        (BELOW_ONLY, ("vice-general-manager", "vice-general-manager", "general-manager", "general-manager")),
    ],
    ids=["the upper bound is the lower row's", "15,000 is the general manager's", "no upper bound is a row's own"],
)
def test_P1_24_a_pack_says_which_row_a_bound_belongs_to(pack: Pack, levels: tuple[str, ...]) -> None:
    amounts = ("10000.00", "10000.01", "15000.00", "15000.01")
    assert tuple(pack.level_for(Decimal(amount)) for amount in amounts) == levels
    assert (pack.level_for(Decimal("9999.99")), pack.level_for(Decimal("14999.99"))) == (
        "sales-manager",
        "vice-general-manager",
    )
    assert found(pack) == []


def test_P1_24_the_reading_of_the_bounds_is_the_first_one() -> None:
    assert PACK.authority == AS_READ.authority


def test_P1_24_as_it_is_printed_the_table_has_a_gap_and_an_amount_with_two_levels() -> None:
    printed = written("upto: 10000", "from: 10001, upto: 15000", "from: 15000")
    assert found(printed) == [
        ("authority-gap", "nobody signs above 10000 up to 10001"),
        ("authority-overlap", "vice-general-manager and general-manager are both named for 15000"),
    ]


@pytest.mark.parametrize(
    ("bounds", "finding"),
    [
        (
            ("below: 10000", "over: 10000, upto: 15000", "over: 15000"),
            ("authority-gap", "nobody signs for 10000"),
        ),
        (
            ("upto: 10000", "over: 10000, below: 15000", "over: 15000"),
            ("authority-gap", "nobody signs for 15000"),
        ),
        (
            ("upto: 10000", "from: 10000, upto: 15000", "over: 15000"),
            ("authority-overlap", "sales-manager and vice-general-manager are both named for 10000"),
        ),
        (
            ("from: 1, upto: 10000", "over: 10000, upto: 15000", "over: 15000"),
            ("authority-gap", "nobody signs up to 1"),
        ),
        (
            ("upto: 10000", "over: 10000, upto: 15000", "over: 15000, below: 99000"),
            ("authority-gap", "nobody signs above 99000"),
        ),
    ],
)
def test_P1_24_each_amount_is_one_rows_to_the_last_cent(bounds: tuple[str, ...], finding: tuple[str, str]) -> None:
    assert found(written(*bounds)) == [finding]


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        ("over: 1, from: 1", "one of over and from"),
        ("upto: 1, below: 1", "one of upto and below"),
        ("over: 5, upto: 5", "ends after it begins"),
        ("from: 6, below: 5", "ends after it begins"),
    ],
)
def test_P1_24_a_row_begins_and_ends_in_one_way(bound: str, told: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        written("upto: 10000", bound, "over: 15000")
    assert any(told in message for _, message in unreadable.value.faults)


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
