"""What a sheet's columns mean: a small YAML file, read into a typed model, so that another sheet needs no code."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from deploy.importing.sheet import Layout
from shared.procedures.language.lines import read_document

Column = Annotated[int, Field(ge=1)] | Annotated[str, StringConstraints(min_length=1)]
"""A column by its number, from 1, or by its heading."""


def as_written(value: object) -> object:
    """What YAML took for a number with a point or a date, as it was written."""
    return str(value) if isinstance(value, Decimal | date) else value


def several(value: object) -> object:
    """One text as a list of one."""
    return (value,) if isinstance(value, str) else value


Scalar = Annotated[str | int | bool, BeforeValidator(as_written)]
"""A value that the mapping itself gives."""


def as_word(value: object) -> object:
    """What YAML took for a whole number too, as a text; not what it took for yes or no."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_written(value)


Word = Annotated[str, BeforeValidator(as_word)]
"""A word of the sheet or of the form."""


class Strict(BaseModel):
    """A part of a mapping: unknown words are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where the value of one field comes from, and how it is read.

    Exactly one of ``column``, ``columns`` and ``constant``. Of several columns the first that is not empty
    counts, unless ``join`` says how to put them together. ``date`` lists ``strptime`` formats; ``number`` reads
    a decimal, without the ``thousands`` mark; ``split`` makes a list. ``values`` translates the sheet's words;
    a word it lacks is a fault unless ``otherwise`` is given. ``default`` stands in for an empty value.
    """

    column: Column | None = None
    columns: tuple[Column, ...] = ()
    constant: Scalar | None = None
    join: str | None = None
    values: dict[Word, Word] = {}
    otherwise: Word | None = None
    dates: Annotated[tuple[str, ...], BeforeValidator(several)] = Field(default=(), alias="date")
    number: bool = False
    thousands: str = ","
    split: str | None = None
    default: Scalar | None = None
    required: bool = False

    @model_validator(mode="after")
    def has_one_origin(self) -> "Source":
        """A value comes from one place."""
        if sum((self.column is not None, bool(self.columns), self.constant is not None)) != 1:
            raise ValueError("exactly one of column, columns and constant is needed")
        return self

    @property
    def reads(self) -> tuple[Column, ...]:
        """The columns it reads, in order."""
        return self.columns if self.column is None else (self.column,)


class Format(Strict):
    """How the sheet is written; ``width`` is the number of columns where it has no headings to count."""

    headings: bool = True
    delimiter: Literal["comma", "tab", "semicolon", "pipe"] | None = None
    quotes: bool = True
    encoding: str | None = None
    tab: str | None = None
    width: int | None = None

    def layout(self) -> Layout:
        """What the sheet's reader must know."""
        return Layout(self.headings, self.delimiter, self.quotes, self.encoding, self.tab)


class SheetMapping(Strict):
    """A sheet's meaning: ``key`` names the column that tells rows apart, ``fields`` the form's fields.

    A field's name may be a path: ``value.amount`` is the ``amount`` inside ``value``.
    ``name`` is part of every row's identity: a mapping renamed makes its rows new ones.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    about: str = ""
    format: Format = Format()
    key: Column
    fields: dict[str, Source]


def load_mapping(path: Path) -> SheetMapping:
    """Read a mapping file. Raises Unreadable with every fault and its line."""
    return read_document(path).into(SheetMapping)
