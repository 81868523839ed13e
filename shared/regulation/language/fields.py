"""Units, levels, fields and tables: what a pack says of the things that its stages are made of."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    field_validator,
)

from shared.regulation.language.basics import (
    Cite,
    Condition,
    Formula,
    Name,
    Names,
    Part,
    Text,
    several,
)

FieldType = Literal[
    "line", "text", "code", "choice", "yesno", "number", "quantity", "money", "date", "moment",
    "person", "unit", "units", "customer", "part", "order", "files", "list",
]  # fmt: skip
LATE, TODAY = "late", "today"
"""What every case knows beside its fields."""
NUMBERS: frozenset[str] = frozenset({"number", "quantity", "money"})
Service = Literal["intake", "investigation", "approval", "finance"]


class Said(Part):
    """What any statement of a regulation may bear: its name, its number, the reading of a silent or garbled text."""

    name: Text | None = None
    cite: Cite = ""
    reading: str = ""


class Unit(Said):
    """A department, at home in one of the services. ``members`` are the units it stands for together.

    ``of: parent site`` is the same unit of the site above.
    """

    at: Service = "intake"
    members: Names = ()
    of: Literal["", "parent site"] = ""


class Level(Said):
    """A level of authority; the pack lists them lowest first. ``unit`` is where whoever has it belongs."""

    unit: Name | None = None


class Party(Said):
    """Somebody outside: a customer, a supplier, an ombudsman. What comes from them is recorded by a unit."""


def _choices(written: Any) -> Any:
    return {each: {} for each in written} if isinstance(written, list) else written


class PackField(Said):
    """Something that is filled in. Any field is a fact.

    ``of`` lists the values of a choice (or names the group of units). ``required`` is yes, no or a guard. ``check``
    must hold when the field is given; ``says`` tells in words why not. ``is`` computes it from other fields.
    """

    type: FieldType
    of: Annotated[dict[Name, Text | None] | Name | None, BeforeValidator(_choices)] = None
    required: Condition | None = None
    personal: bool = False
    default: Any = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    check: Condition | None = None
    says: Text | None = None
    computed: Formula | None = Field(default=None, alias="is")
    unit: Text | None = None

    @field_validator("of", mode="before")
    @classmethod
    def _plain(cls, written: Any) -> Any:
        if isinstance(written, list):
            return {str(each).lower() if isinstance(each, bool) else str(each): None for each in written}
        return written

    @property
    def codes(self) -> tuple[str, ...]:
        """The values of a choice, in the pack's order."""
        return tuple(self.of) if isinstance(self.of, dict) else ()


class Row(Part):
    """A row of a table: for which values, between which bounds, and what it gives.

    ``over`` and ``below`` are outside, ``upto`` and ``from`` inside.
    """

    values: dict[Name, Names] | Names = Field(default=(), alias="for")
    over: Decimal | None = None
    start: Decimal | None = Field(default=None, alias="from")
    upto: Decimal | None = None
    below: Decimal | None = None
    gives: Any = Field(alias="is")
    cite: Cite = ""
    reading: str = ""

    @field_validator("values", mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        return written if isinstance(written, Mapping) else several(written)


class Table(Said):
    """Rows over fields, of which exactly one must hit.

    A row that names no lower bound begins where the one before ends.
    """

    of: Names
    gives: Name = "value"
    rows: tuple[Row, ...] = Field(min_length=1)
