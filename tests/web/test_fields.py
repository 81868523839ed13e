"""How a form asks for each field, found out from the command class alone."""

from decimal import Decimal
from typing import Annotated, Any

import pytest

from shared.contracts.commands import Command, command
from shared.contracts.values import Choice, Code, Money
from shared.web.fields import Asked, asked
from shared.web.filled import as_filled, given, nested, recalled, rows
from tests.http.office import FileComplaint
from tests.web.test_translations import commands

MOST = Decimal("999999999.999")


def test_every_kind_of_field() -> None:
    assert asked(FileComplaint) == (
        Asked("customer", "line", True, longest=200),
        Asked("order", "line", True, longest=60),
        Asked("value", "money", True),
        Asked("delivered", "number", True, least=Decimal(0), most=MOST),
        Asked("defective", "number", False, least=Decimal(0), most=MOST),
        Asked("delivered_on", "date", True),
        Asked("demand", "choice", True, choices="demands", longest=60),
        Asked("loss", "yesno", False, usual=True),
        Asked("reason", "text", False, longest=8000, usual=""),
        Asked("samples", "lines", False, usual=()),
        Asked("attachments", "files", False, usual=()),
        Asked("shares", "shares", False, usual=()),
        Asked("inputs", "inputs", False),
        Asked("supersedes", "hidden", False),
    )


def test_every_command_that_people_may_give_has_a_form() -> None:
    assert all(asked(each) is not None for each in commands())


def test_a_type_that_no_form_can_ask_for_is_noticed() -> None:
    @command
    class Strange(Command):
        """Asks for too much."""

        what: frozenset[str]

    with pytest.raises(TypeError, match="frozenset"):
        asked(Strange)


def test_several_choices_are_boxes_to_tick() -> None:
    @command
    class Tick(Command):
        """Several."""

        units: tuple[Annotated[Code, Choice("units")], ...]

    assert [each.kind for each in asked(Tick)] == ["several"]


def test_names_with_dots_are_nested_and_clashes_are_left_out() -> None:
    assert nested(
        [
            ("customer", "a"),
            ("customer", "b"),
            ("value.amount", "5"),
            ("shares.1.weight", "40"),
            ("shares.0.weight", "60"),
            ("customer.name", "c"),
            ("value", "7"),
        ]
    ) == {
        "customer": "b",
        "value": {"amount": "5"},
        "shares": {"1": {"weight": "40"}, "0": {"weight": "60"}},
    }


def test_rows_come_in_the_order_of_their_numbers() -> None:
    assert rows({"10": "k", "2": "c", "0": "a", "x": "-", "99999": "-"}) == ["a", "c", "k"]
    assert rows({str(place): "" for place in range(200)}) == [""] * 200
    assert rows("text") == []


KINDS: dict[str, tuple[Any, Any]] = {
    "line": ("  a ", "a"),
    "text": ("   ", None),
    "lines": (" a \n\n b", ["a", "b"]),
    "several": (["a"], ["a"]),
    "files": ({}, None),
    "shares": ({"0": {"department": "", "weight": ""}, "1": {"department": "rd", "weight": "5"}}, [
        {"department": "rd", "weight": "5"}
    ]),
    "inputs": ({"paid": "5", "freight": ""}, {"paid": "5"}),
    "money": ({"amount": "", "currency": "TWD"}, None),
    "number": ({"forged": "x"}, {"forged": "x"}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "given_"), [(kind, *pair) for kind, pair in KINDS.items()], ids=KINDS)
def test_what_is_left_empty_is_not_given(kind: Any, typed: Any, given_: Any) -> None:
    assert given(Asked("x", kind, True), typed) == given_


@pytest.mark.parametrize("kind", ["lines", "several", "files", "shares", "inputs", "money", "line"])
@pytest.mark.parametrize("forged", ["x", {"a": {"b": {"c": "d"}}}, {"amount": {"x": "y"}}, {"0": "x"}, {}])
def test_a_forged_form_never_breaks(kind: Any, forged: Any) -> None:
    given(Asked("x", kind, True), forged)


def test_values_stand_in_a_form_as_the_pages_print_them() -> None:
    assert as_filled(Decimal("1E+3")) == "1,000"
    assert as_filled(Money(Decimal("250010"), "TWD")) == {"amount": "250,010.00", "currency": "TWD"}
    assert as_filled(Decimal("0.50")) == "0.5"
    assert as_filled(None) == ""
    assert as_filled(True) == "true"
    with pytest.raises(TypeError):
        as_filled(object())


def test_nothing_is_recalled_from_an_empty_folder() -> None:
    assert recalled(("customer",), ()) == {}
