"""Who has a stage, in a pack's words, and who that is in a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANYBODY = "anybody"
HEAD = "head of "


@dataclass(frozen=True, slots=True)
class Named:
    """A unit of the pack, a field that holds one (or a person), or a party outside."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a unit, which may be named by a field."""

    unit: str

    def __str__(self) -> str:
        return f"{HEAD}{self.unit}"


@dataclass(frozen=True, slots=True)
class Doer:
    """The person who did another stage."""

    stage: str

    def __str__(self) -> str:
        return f"whoever did {self.stage}"


@dataclass(frozen=True, slots=True)
class Each:
    """Several units at once, each with a task of its own, all awaited: named one by one, or by a field."""

    units: tuple[str, ...]

    def __str__(self) -> str:
        return f"each of {', '.join(self.units)}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Whoever of several units comes first; without units, anybody."""

    units: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " or ".join(self.units) or ANYBODY


@dataclass(frozen=True, slots=True)
class AtLevel:
    """Whoever has a level of authority, or a higher one: a level of the pack, or what a table gives."""

    level: str = ""
    table: str = ""

    def __str__(self) -> str:
        return self.level or f"the level of table {self.table}"


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A unit by the value of a field (``{of: plant, huangwu: first, laishan: second}``) or by a table."""

    field: str = ""
    units: tuple[tuple[str, str], ...] = ()
    table: str = ""

    def __str__(self) -> str:
        return f"by table {self.table}" if self.table else f"by {self.field}: {', '.join(u for _, u in self.units)}"


Who = Named | Head | Doer | Each | AnyOf | AtLevel | LookedUp


def read_who(written: Any) -> Who:
    """Read what stands after ``by``. Raises ValueError in words."""
    if isinstance(written, Named | Head | Doer | Each | AnyOf | AtLevel | LookedUp):
        return written
    if isinstance(written, str):
        return _one(written)
    if isinstance(written, Mapping) and len(written) == 1:
        ((word, value),) = written.items()
        match word:
            case "each":
                return Each(_several(value))
            case "any":
                return AnyOf(_several(value))
            case "level":
                return _level(value)
            case "table" if isinstance(value, str):
                return LookedUp(table=value)
            case "head" if isinstance(value, str):
                return Head(value)
    if isinstance(written, Mapping) and "of" in written:
        units = tuple((str(value), str(unit)) for value, unit in written.items() if value != "of")
        return LookedUp(str(written["of"]), units)
    raise ValueError(
        "says who as: a unit or a field; {each: field or [units]}; {any: [units]}; {level: level}; "
        "{level: {table: name}}; {of: field, value: unit, …}; {table: name}; head of unit; stage.person"
    )


def _one(written: str) -> Who:
    text = written.strip()
    if text == ANYBODY:
        return AnyOf()
    if text.startswith(HEAD):
        return Head(text.removeprefix(HEAD).strip())
    if text.endswith(".person"):
        return Doer(text.removesuffix(".person"))
    return Named(text)


def _several(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise ValueError("names a field, or a list of units")


def _level(value: Any) -> AtLevel:
    if isinstance(value, str):
        return AtLevel(level=value)
    if isinstance(value, Mapping) and list(value) == ["table"]:
        return AtLevel(table=str(value["table"]))
    raise ValueError("names a level, or {table: name}")
