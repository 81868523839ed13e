"""A number is read as people write it, one way only: what could mean another number is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.values import Money
from shared.http.numerals import Notation, UnreadableNumber, read_number, read_plain
from shared.web import formats

COMMA = Notation(decimal=",", thousands=".")
BLANK = Notation(decimal=",", thousands=" ")
SWISS = Notation(thousands="'")
BARE = Notation(thousands="")
UNNAMED = Notation(named=False)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("007", "7"),
        ("12.50", "12.50"),
        (".5", "0.5"),
        ("-3", "-3"),
        ("−3", "-3"),
        (" 1200 ", "1200"),
        ("1,000", "1000"),
        ("250,010.00", "250010.00"),
        ("1,234,567.891", "1234567.891"),
        ("1,00,000.00", "100000.00"),
        ("12,34,56,789", "123456789"),
        ("１，０００．５", "1000.5"),
    ],
)
def test_a_number_on_a_form(text: str, number: str) -> None:
    assert str(read_number(text)) == number


@pytest.mark.parametrize("text", [
    "1,00", "1,0000", "13,75", "1.234,56", "1,234,56", "12,345,6789", "1234,567", "0,123", "000,123", ",500", "1,,000",
    "1,000,", "1.000.000", "1.", ".", ",", "1 000", "1'000", "1,000.5.5", "1,00,00", "1,000,00,000", "123,45,678",
])  # fmt: skip
def test_marks_that_do_not_divide_whole_groups(text: str) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        read_number(text)
    assert refused.value.code in ("grouping", "not-a-number")
    assert (refused.value.code == "grouping") == any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "1_0", "٣", "१२", "1e3", "1E+05", "+5", "5-", "(5)", "NaN", "Infinity", "0x1F", "½", "一百",
             "1万", "NT$5", "5%", "1²", "--5", "9" * 61],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        read_number(text)
    assert refused.value.code == "not-a-number"


@pytest.mark.parametrize(
    ("text", "notation", "number"),
    [
        ("1.234,56", COMMA, "1234.56"),
        ("9,00", COMMA, "9.00"),
        ("1.000", COMMA, "1000"),
        ("1 234,5", BLANK, "1234.5"),
        ("1\u202f234,5", BLANK, "1234.5"),
        ("1\u00a0234\u00a0567", BLANK, "1234567"),
        ("1'234.5", SWISS, "1234.5"),
        ("1’234.5", SWISS, "1234.5"),
        ("1.234", BARE, "1.234"),
        ("0.125", UNNAMED, "0.125"),
        ("1234.567", UNNAMED, "1234.567"),
        ("1,234.567", UNNAMED, "1234.567"),
        ("1.25", UNNAMED, "1.25"),
    ],
)
def test_a_number_in_the_notation_of_its_column(text: str, notation: Notation, number: str) -> None:
    assert str(read_number(text, notation)) == number


@pytest.mark.parametrize(
    ("text", "notation", "code"),
    [
        ("9.00", COMMA, "grouping"),
        ("1,234.56", COMMA, "grouping"),
        ("1.234,56", BLANK, "grouping"),
        ("1,000", BARE, "grouping"),
        ("1.000", UNNAMED, "ambiguous"),
        ("12.345", UNNAMED, "ambiguous"),
        ("-999.999", UNNAMED, "ambiguous"),
    ],
)
def test_a_number_in_another_notation_than_its_column_s(text: str, notation: Notation, code: str) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        read_number(text, notation)
    assert refused.value.code == code


numbers = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2) | st.decimals(
    min_value=-999_999, max_value=999_999_999, places=6
)


@pytest.mark.parametrize("language", formats.LOCALES)
@given(number=numbers)
def test_what_a_page_prints_is_read_back(language: str, number: Decimal) -> None:
    assert read_number(formats.number(number, language)) == number
    assert read_number(formats.amount(Money(number, "TWD"), language)) == number


@given(numbers)
def test_every_language_writes_numbers_alike(number: Decimal) -> None:
    assert len({formats.number(number, language) for language in formats.LOCALES}) == 1


@given(st.integers(0, 10**15), st.text("0123456789", max_size=4), st.sampled_from([(",", "."), (".", ","), (" ", ",")]))
def test_a_mark_between_groups_changes_no_number(whole: int, fraction: str, marks: tuple[str, str]) -> None:
    thousands, decimal = marks
    western = f"{whole:,}".replace(",", thousands) + (decimal + fraction if fraction else "")
    assert read_number(western, Notation(decimal, thousands)) == Decimal(f"{whole}.{fraction}")


@given(st.text("0123456789,.", min_size=1, max_size=12))
def test_a_text_of_digits_and_marks_is_read_as_its_digits_or_not_at_all(text: str) -> None:
    try:
        number = read_number(text)
    except UnreadableNumber:
        return
    whole, point, fraction = text.partition(".")
    assert number == Decimal(whole.replace(",", "") + point + fraction)
    assert "," not in fraction
    assert all(len(group) in (2, 3) for group in whole.split(",")[1:])
    assert "," not in whole or len(whole.split(",")[-1]) == 3


@pytest.mark.parametrize("text", ["1", "-1.50", "0.000001"])
def test_a_number_that_a_program_wrote(text: str) -> None:
    assert read_plain(text) == Decimal(text)


@pytest.mark.parametrize("text", ["1,000", "1_0", "1e3", " 1", "+1", "1.", ".5", "١", "NaN", ""])
def test_a_program_has_no_need_of_anything_else(text: str) -> None:
    with pytest.raises(UnreadableNumber):
        read_plain(text)
