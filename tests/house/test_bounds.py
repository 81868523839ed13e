"""Whatever comes from outside has a greatest length: every text, number and list of every command, in each part."""

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from annotated_types import Ge, Gt, Le, MaxLen

from shared.contracts.event import SERVICES
from shared.contracts.values import Line, Share
from shared.http.body import FILLED_IN

BOUNDLESS = (bool, int, date, UUID)
"""What cannot grow: the reader of a whole number bounds its digits."""


def doors() -> Iterator[type]:
    """Every command that may come from outside."""
    for service in SERVICES:
        for door in getattr(import_module(f"services.{service}.api"), "COMMANDS", ()):
            yield door.command


def unbounded(path: str, hint: Any, marks: tuple[Any, ...] = ()) -> Iterator[str]:
    """The parts of a type that may grow without end."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from unbounded(path, parts[0], (*marks, *parts[1:]))
    elif origin in (Union, types.UnionType):
        for part in parts:
            yield from unbounded(path, part, marks)
    elif origin in (tuple, dict):
        if not any(isinstance(mark, MaxLen) for mark in marks):
            yield path
        for part in parts:
            if part is not Ellipsis:
                yield from unbounded(f"{path}[]", part)
    elif hint is str:
        if not any(isinstance(mark, MaxLen) for mark in marks):
            yield path
    elif hint is Decimal:
        if not (any(isinstance(mark, Ge | Gt) for mark in marks) and any(isinstance(mark, Le) for mark in marks)):
            yield path
    elif is_dataclass(hint):
        for name, part in get_type_hints(hint, include_extras=True).items():
            yield from unbounded(f"{path}.{name}", part)
    elif hint not in (*BOUNDLESS, type(None)):
        yield f"{path}: {hint}"


def test_there_are_commands_to_look_at() -> None:
    assert len(list(doors())) > 20


@pytest.mark.parametrize("command", list(doors()), ids=lambda command: command.__name__)
def test_everything_in_a_command_has_a_bound(command: Any) -> None:
    hints = get_type_hints(command, include_extras=True)
    asked = [each.name for each in fields(command) if each.name not in FILLED_IN]
    assert [path for name in asked for path in unbounded(name, hints[name])] == []


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        (tuple[Line, ...], ["x"]),
        (Annotated[tuple[str, ...], MaxLen(3)], ["x[]"]),
        (dict[str, Decimal], ["x", "x[]", "x[]"]),
        (Annotated[tuple[Share, ...], MaxLen(3)], []),
        (list[int], ["x: list[int]"]),
        (str | None, ["x"]),
    ],
)
def test_what_has_no_bound_is_found(hint: Any, found: list[str]) -> None:
    assert list(unbounded("x", hint)) == found
