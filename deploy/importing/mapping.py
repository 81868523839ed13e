"""What a sheet's columns mean: a small YAML file, read into a typed model, so that another sheet needs no code."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from deploy.importing.layout import Layout
from shared.http.numerals import Notation
from shared.procedures.language.lines import read_document

Column = Annotated[int, Field(ge=1)] | Annotated[str, StringConstraints(min_length=1)]
"""A column by its number, from 1, or by its heading."""
A_DAY = datetime(2026, 11, 23)  # noqa: DTZ001 (a day has no zone)
"""A day by which a form of dates is tried: its year, month and day cannot be taken for each other."""


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


def several_words(value: object) -> object:
    """One word as a list of one."""
    return value if isinstance(value, list | tuple) else (value,)


SheetWords = Annotated[tuple[Word, ...], BeforeValidator(several_words)]
"""SheetWords of the sheet that mean the same."""


def whole_date(form: str) -> str:
    """A ``strptime`` form that says year, month and day."""
    try:
        whole = datetime.strptime(A_DAY.strftime(form), form).date() == A_DAY.date()  # noqa: DTZ007
    except ValueError:
        whole = False
    if not whole or not re.search("%[Yy]", form):
        raise ValueError(f"{form!r} is no form of a date with year, month and day, as %Y-%m-%d")
    return form


DateForm = Annotated[str, AfterValidator(whole_date)]


class Strict(BaseModel):
    """A part of a mapping: unknown words are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where the value of one field comes from, and how it is read.

    Exactly one of ``column``, ``columns`` and ``constant``. Of several columns the first that is not empty
    counts, unless ``join`` says how to put them together. ``empty`` are words of the sheet for nothing.

    ``date`` lists ``strptime`` formats, in one of which the column is written. ``number`` reads a decimal, written
    with the ``decimal`` sign and perhaps a mark for ``thousands``; ``beside`` are words that may stand before or after
    it. ``yes`` and ``no`` are the sheet's words for those. ``split`` makes a list. ``values`` translates the sheet's
    words; a word it lacks is a fault unless ``otherwise`` is given. ``default`` stands in for an empty value.
    """

    column: Column | None = None
    columns: tuple[Column, ...] = ()
    constant: Scalar | None = None
    join: str | None = None
    empty: SheetWords = ()
    values: dict[Word, Word] = {}
    otherwise: Word | None = None
    yes: SheetWords = ()
    no: SheetWords = ()
    dates: Annotated[tuple[DateForm, ...], BeforeValidator(several)] = Field(default=(), alias="date")
    number: bool = False
    decimal: Literal[".", ","] | None = None
    thousands: Literal["", ".", ",", " ", "'"] | None = None
    beside: SheetWords = ()
    split: str | None = None
    default: Scalar | None = None
    required: bool = False

    @model_validator(mode="after")
    def has_one_origin(self) -> "Source":
        """A value comes from one place."""
        if sum((self.column is not None, bool(self.columns), self.constant is not None)) != 1:
            raise ValueError("exactly one of column, columns and constant is needed")
        return self

    @model_validator(mode="after")
    def is_read_one_way(self) -> "Source":
        """A cell is read as one kind of value, and its marks are told apart."""
        if sum(map(bool, (self.dates, self.number, self.values, self.yes or self.no, self.split))) > 1:
            raise ValueError("only one of date, number, values, yes with no, and split")
        if bool(self.yes) != bool(self.no) or set(self.yes) & set(self.no):
            raise ValueError("yes and no need words of their own each")
        if not self.number and (self.decimal or self.thousands is not None or self.beside):
            raise ValueError("decimal, thousands and beside belong to a number")
        if self.notation.decimal == self.notation.thousands:
            raise ValueError("decimal and thousands need marks of their own each")
        return self

    @property
    def reads(self) -> tuple[Column, ...]:
        """The columns it reads, in order."""
        return self.columns if self.column is None else (self.column,)

    @property
    def notation(self) -> Notation:
        """How its numbers are written: with a decimal point, where nothing is said."""
        decimal = self.decimal or "."
        thousands = self.thousands if self.thousands is not None else "," if decimal == "." else "."
        return Notation(decimal, thousands, named=self.decimal is not None or self.thousands is not None)


class Format(Strict):
    """How the sheet is written; ``width`` is the number of columns where it has no headings to count."""

    headings: bool = True
    delimiter: Literal["comma", "tab", "semicolon", "pipe"] | None = None
    quotes: bool = True
    encoding: str | None = None
    tab: str | None = None
    width: int | None = None

    def layout(self, encoding: str | None = None) -> Layout:
        """What the sheet's reader must know; an encoding named elsewhere counts before this one."""
        return Layout(self.headings, self.delimiter, self.quotes, encoding or self.encoding, self.tab)


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

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns that are named by their headings."""
        named = (self.key, *(column for source in self.fields.values() for column in source.reads))
        return tuple(dict.fromkeys(column for column in named if isinstance(column, str)))


def load_mapping(path: Path) -> SheetMapping:
    """Read a mapping file. Raises Unreadable with every fault and its line."""
    return read_document(path).into(SheetMapping)
