"""Guards and formulas: read by precedence, total over whatever is known."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.regulation.language.expressions import evaluate, holds, thresholds
from shared.regulation.language.parser import NoExpression, parse

FIELDS = dict.fromkeys(("amount", "grade", "concerns", "answer", "late", "in_process"))


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("grade = major", {"grade": "major"}, True),
        ("grade = major", {}, False),
        ("not grade = major", {}, True),
        ("grade in [minor, major]", {"grade": "minor"}, True),
        ("grade in (minor, major)", {"grade": "none"}, False),
        ("amount > 100 and amount <= 200", {"amount": Decimal(200)}, True),
        ("amount > 100 and amount <= 200", {"amount": Decimal(100)}, False),
        ("grade = minor or grade = major and amount > 1", {"grade": "minor"}, True),
        ("(grade = minor or grade = major) and amount > 1", {"grade": "minor"}, False),
        ("count(concerns) > 1", {"concerns": ("a", "b")}, True),
        ("count(concerns) > 1", {"concerns": ("a",)}, False),
        ("count(concerns) = 0", {}, True),
        ("given concerns", {"concerns": ()}, False),
        ("any(answer = objects)", {"answer": ("accepts", "objects")}, True),
        ("all(answer = objects)", {"answer": ("accepts", "objects")}, False),
        ("all(answer = objects)", {}, False),
        ("in_process = yes", {"in_process": True}, True),
        ("in_process", {"in_process": False}, False),
        ("amount - 1 = 2", {"amount": Decimal(3)}, True),
        ("-amount < 0", {"amount": Decimal(3)}, True),
    ],
)
def test_a_guard_is_true_or_false_of_what_is_known(text: str, values: dict[str, Any], told: bool) -> None:
    assert holds(parse(text), values, FIELDS) is told


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("amount * 3 + 1", {"amount": Decimal(2)}, Decimal(7)),
        ("amount * (3 + 1)", {"amount": Decimal(2)}, Decimal(8)),
        ("amount * 3", {}, None),
        ("amount / 0", {"amount": Decimal(2)}, None),
    ],
)
def test_a_formula_is_known_when_all_in_it_is(text: str, values: dict[str, Any], result: Decimal | None) -> None:
    assert evaluate(parse(text), values, FIELDS) == result


@pytest.mark.parametrize(
    ("text", "at"),
    [("grade =", 7), ("grade = = major", 8), ("(grade = major", 14), ("grade & major", 6), ("count grade", 6), ("", 0)],
)
def test_what_is_no_expression_is_told_with_its_place(text: str, at: int) -> None:
    with pytest.raises(NoExpression) as fault:
        parse(text)
    assert fault.value.at == at


@given(st.text(alphabet="abz19 ()[]<>=!,.+-*/", max_size=40))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with suppress(NoExpression):
        evaluate(parse(text), {}, FIELDS)


def test_thresholds_are_what_a_field_is_compared_with() -> None:
    assert thresholds(parse("amount > 100 or 20 >= amount and count(concerns) > 1"), "amount") == {
        Decimal(100),
        Decimal(20),
    }
