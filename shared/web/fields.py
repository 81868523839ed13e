"""The fields of a command as a form asks for them: found out once from the class and its annotations."""

import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from shared.contracts.values import LONGEST_LINE, Attachment, Choice, Money, OutsideShare, Share
from shared.http.body import FILLED_IN

Kind = Literal[
    "choice",
    "date",
    "files",
    "hidden",
    "inputs",
    "line",
    "lines",
    "money",
    "number",
    "parties",
    "shares",
    "several",
    "text",
    "yesno",
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: how it is asked for, whether it must be filled, the list its values come from, its bounds."""

    name: str
    kind: Kind
    required: bool
    choices: str = ""
    longest: int | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    usual: Any = None


ASKED: dict[type, tuple[Asked, ...]] = {}


def asked(command: type) -> tuple[Asked, ...]:
    """The fields of a command class in their order, found out once.

    Raises TypeError for a type that no form can ask for.
    """
    if command not in ASKED:
        ASKED[command] = tuple(found(command))
    return ASKED[command]


def found(command: Any) -> Iterator[Asked]:
    """The fields of a command class in their order."""
    hints = get_type_hints(command, include_extras=True)
    for each in fields(command):
        if each.name not in FILLED_IN:
            required = each.default is MISSING and each.default_factory is MISSING
            usual = None if each.default is MISSING else each.default
            yield ask(each.name, hints[each.name], required=required, usual=usual)


def ask(name: str, hint: Any, *, required: bool, usual: Any = None) -> Asked:
    """How a field of this type is asked for."""
    base, marks = unwrapped(hint)
    choice = next((mark.name for mark in marks if isinstance(mark, Choice)), "")
    longest = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    shortest = next((mark.min_length for mark in marks if isinstance(mark, MinLen)), 0)
    return Asked(
        name=name,
        kind="choice" if choice and base is str else kind(base, longest, bool(choice)),
        required=required and (base is not str or shortest > 0),
        choices=choice,
        longest=longest if base is str else None,
        least=next((Decimal(mark.ge) for mark in marks if isinstance(mark, Ge)), None),  # type: ignore[arg-type]
        most=next((Decimal(mark.le) for mark in marks if isinstance(mark, Le)), None),  # type: ignore[arg-type]
        usual=usual,
    )


def unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    """The type inside ``Annotated`` and ``| None``, and every mark on the way."""
    marks: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *found = get_args(hint)
            marks += found
        elif get_origin(hint) in (Union, types.UnionType):
            (hint,) = (part for part in get_args(hint) if part is not type(None))
        else:
            return hint, marks


def kind(base: Any, longest: int | None, chosen: bool) -> Kind:
    """The kind of field for a type. Raises TypeError."""
    plain: dict[Any, Kind] = {
        bool: "yesno",
        date: "date",
        Decimal: "number",
        int: "number",
        Money: "money",
        UUID: "hidden",
    }
    if base in plain:
        return plain[base]
    if base is str:
        return "line" if longest and longest <= LONGEST_LINE else "text"
    if get_origin(base) is tuple:
        return row_kind(base, chosen)
    if get_origin(base) is dict:
        return "inputs"
    raise TypeError(f"no form can ask for {base}")


def row_kind(base: Any, chosen: bool) -> Kind:
    """The kind of field for a tuple, by what is in it. Raises TypeError."""
    part, marks = unwrapped(get_args(base)[0])
    rows: dict[Any, Kind] = {Attachment: "files", Share: "shares", OutsideShare: "parties", str: "lines"}
    if part is str and (chosen or any(isinstance(mark, Choice) for mark in marks)):
        return "several"
    if part in rows:
        return rows[part]
    raise TypeError(f"no form can ask for rows of {part}")
