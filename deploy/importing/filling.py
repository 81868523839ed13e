"""Fills in the complaint form from a row, by the mapping: the body of one command, or the faults of the row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from deploy.importing.mapping import Column, Source
from deploy.importing.mapping import SheetMapping as FormMapping
from deploy.importing.sheet import Cell, SheetRow, SourceSheet, UnreadableSheet


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a row."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row as a form: the line it came from, its own key, and the command's body, or why there is none."""

    line: int
    key: str
    body: dict[str, Any] = field(default_factory=dict)
    faults: tuple[FieldFault, ...] = ()


class Misread(Exception):
    """A cell that cannot be read as its field's kind."""


class Filler:
    """Turns rows of one sheet into forms. Raises UnreadableSheet where it lacks a mapped column."""

    def __init__(self, mapping: FormMapping, sheet: SourceSheet) -> None:
        self.mapping = mapping
        self.width = len(sheet.headings) or mapping.format.width
        places = {column: place_of(column, sheet) for column in columns_of(mapping)}
        self.key = places[mapping.key]
        self.fields = {
            name: (source, tuple(places[column] for column in source.reads)) for name, source in mapping.fields.items()
        }

    def fill(self, row: SheetRow) -> FilledRow:
        """The form of a row, with every fault that the mapping can see."""
        body: dict[str, Any] = {}
        faults: list[FieldFault] = []
        if self.width is not None and len(row.cells) > self.width:
            faults.append(
                FieldFault("", f"{len(row.cells)} columns where {self.width} belong: a separator inside a text?")
            )
        key = str(cell_at(row, self.key))
        if not key:
            faults.append(FieldFault("", "the row has no key"))
        for name, (source, places) in self.fields.items():
            try:
                value = value_of(source, [cell_at(row, place) for place in places])
            except Misread as misread:
                faults.append(FieldFault(name, str(misread)))
                continue
            if value is not None:
                put(body, name, value)
            elif source.required:
                faults.append(FieldFault(name, "is empty"))
        return FilledRow(row.line, key, body, tuple(faults))


def columns_of(mapping: FormMapping) -> set[Column]:
    """Every column that a mapping reads."""
    return {mapping.key, *(column for source in mapping.fields.values() for column in source.reads)}


def place_of(column: Column, sheet: SourceSheet) -> int:
    """The index of a column in a row, from 0."""
    if isinstance(column, int):
        return column - 1
    if sheet.headings.count(column) != 1:
        there = ", ".join(sheet.headings) or "no headings"
        many = "several columns" if column in sheet.headings else "no column"
        raise UnreadableSheet(f"{sheet.path}: {many} named {column!r}; there are: {there}")
    return sheet.headings.index(column)


def cell_at(row: SheetRow, place: int) -> Cell:
    """A row's cell; a row that ends early has nothing there."""
    return row.cells[place] if place < len(row.cells) else ""


def value_of(source: Source, cells: Sequence[Cell]) -> Any:
    """The value of a field, None where it is empty; raises Misread."""
    if source.constant is not None:
        return source.constant
    cell = gathered(source, cells)
    if cell == "":
        return source.default
    for applies, read in READERS:
        if applies(source):
            return read(source, cell)
    return str(cell)


def gathered(source: Source, cells: Sequence[Cell]) -> Cell:
    """Several cells as one: joined, or the first that is not empty."""
    filled = [cell for cell in cells if cell != ""]
    if source.join is not None:
        return source.join.join(str(cell) for cell in filled)
    return filled[0] if filled else ""


def read_date(source: Source, cell: Cell) -> str:
    """A day as ISO text."""
    if isinstance(cell, date):
        return cell.isoformat()
    for form in source.dates:
        try:
            return datetime.strptime(cell, form).date().isoformat()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise Misread(f"{cell!r} is no date of the form {' or '.join(source.dates)}")


def read_number(source: Source, cell: Cell) -> str:
    """A decimal number as text."""
    plain = str(cell).replace(source.thousands, "") if source.thousands else str(cell)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Misread(f"{str(cell)!r} is no number")
    return format(number, "f")


def read_word(source: Source, cell: Cell) -> str:
    """The form's word for the sheet's."""
    word = source.values.get(str(cell), source.otherwise)
    if word is None:
        raise Misread(f"{str(cell)!r} is none of {', '.join(source.values)}")
    return word


def read_list(source: Source, cell: Cell) -> list[str]:
    """The parts of a cell that are not empty."""
    return [part.strip() for part in str(cell).split(source.split) if part.strip()]


READERS: tuple[tuple[Callable[[Source], object], Callable[[Source, Cell], Any]], ...] = (
    (lambda source: source.dates, read_date),
    (lambda source: source.number, read_number),
    (lambda source: source.values, read_word),
    (lambda source: source.split, read_list),
)
"""How a cell is read, by what its source says of it; else it is text."""


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set a field of a body by its path."""
    *groups, name = path.split(".")
    for group in groups:
        body = body.setdefault(group, {})
    body[name] = value
