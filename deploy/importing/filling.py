"""Fills in the complaint form from a row, by the mapping: the body of one command, or the faults of the row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.importing.cells import Cell, Figure, Misread, is_empty, shown, text_of
from deploy.importing.dates import Days
from deploy.importing.layout import SheetRow, SourceSheet, UnreadableSheet
from deploy.importing.mapping import Column, Source
from deploy.importing.mapping import SheetMapping as FormMapping
from deploy.importing.sentences import Sentence
from services.intake.domain import FileComplaint
from shared.http.numerals import COMMA, PAGE, UnreadableNumber, number_or_none, read_number
from shared.web.fields import asked

YES_OR_NO = frozenset(each.name for each in asked(FileComplaint) if each.kind == "yesno")
"""The fields of the form that are answered by yes or no."""
TRUTH = {"true": True, "false": False}
"""How a mapping writes yes and no, and a sheet may."""
NOTHING = ("-", "–")
"""How formats of accounts show zero."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of a row, or with the row."""

    field: str
    sentence: Sentence

    @classmethod
    def saying(cls, field: str, key: str, /, **values: Any) -> "FieldFault":
        """One that says these words."""
        return cls(field, Sentence(key, values))


@dataclass(frozen=True, slots=True)
class CellOrigin:
    """Where a field comes from: its columns as the sheet heads them, and what stands there."""

    columns: str
    shown: str


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row as a form: the line it came from, its own key, and the command's body, or why there is none."""

    line: int
    key: str
    body: dict[str, Any] = field(default_factory=dict)
    faults: tuple[FieldFault, ...] = ()
    origins: Mapping[str, CellOrigin] = field(default_factory=dict)

    def origin(self, name: str) -> CellOrigin | None:
        """Where a field comes from; one with parts, where its first part does."""
        return self.origins.get(name) or next(
            (origin for path, origin in self.origins.items() if path.startswith(f"{name}.")), None
        )


class Filler:
    """Turns the rows of one sheet into forms; it has looked at every row before it fills in the first.

    Raises UnreadableSheet where the sheet lacks a mapped column.
    """

    def __init__(self, mapping: FormMapping, sheet: SourceSheet, today: date) -> None:
        self.mapping = mapping
        self.headings = sheet.headings
        self.width = len(sheet.headings) or mapping.format.width
        places = {column: place_of(column, sheet) for column in columns_of(mapping)}
        self.key = places[mapping.key]
        self.fields = {
            name: (source, tuple(places[column] for column in source.reads)) for name, source in mapping.fields.items()
        }
        self.days = {name: Days(source.dates, today) for name, source in mapping.fields.items() if source.dates}
        for row in sheet.rows() if self.days else ():
            self.learn(row)

    def learn(self, row: SheetRow) -> None:
        """See a row: the days of a column are read by what the whole column shows."""
        for name, days in self.days.items():
            source, places = self.fields[name]
            if source.constant is None:
                days.learn(row.line, first(cells_of(source, row, places)))

    def fill(self, row: SheetRow) -> FilledRow:
        """The form of a row, with every fault that the mapping can see."""
        body: dict[str, Any] = {}
        faults: list[FieldFault] = []
        origins: dict[str, CellOrigin] = {}
        if self.width is not None and len(row.cells) > self.width:
            faults.append(FieldFault.saying("", "import.too-wide", cells=len(row.cells), columns=self.width))
        key = self.key_of(row, faults)
        for name, (source, places) in self.fields.items():
            cells = cells_of(source, row, places)
            if places:
                origins[name] = self.origin(cells, places)
            try:
                value = self.value_of(name, source, cells)
            except Misread as misread:
                faults.append(FieldFault(name, misread.sentence))
                continue
            if value is not None:
                put(body, name, value)
            elif source.required:
                faults.append(FieldFault.saying(name, "import.is-empty"))
        return FilledRow(row.line, key, body, tuple(faults), origins)

    def key_of(self, row: SheetRow, faults: list[FieldFault]) -> str:
        """A row's own key; empty, and a fault, where it has none."""
        cell = cell_at(row, self.key)
        try:
            if key := text_of(cell):
                return key
            faults.append(FieldFault.saying("", "import.no-key"))
        except Misread as misread:
            faults.append(FieldFault.saying("", "import.bad-key", shown=shown(cell), reason=misread.sentence))
        return ""

    def origin(self, cells: Sequence[Cell], places: Sequence[int]) -> CellOrigin:
        """Where a field comes from."""
        heads = [self.headings[place] if place < len(self.headings) else str(place + 1) for place in places]
        return CellOrigin(", ".join(heads), ", ".join(filter(None, map(shown, cells))))

    def value_of(self, name: str, source: Source, cells: Sequence[Cell]) -> Any:
        """The value of a field, None where it is empty. Raises Misread."""
        if source.constant is not None:
            return as_asked(name, source.constant)
        if source.join is not None:
            return source.join.join(text for cell in cells if (text := text_of(cell))) or source.default
        if is_empty(cell := first(cells)):
            if name in YES_OR_NO and source.default is None:
                raise Misread("import.neither-yes-nor-no", words=[*source.yes, *source.no])
            return as_asked(name, source.default)
        if isinstance(cell, bool) and name in YES_OR_NO and not source.values:
            return cell
        if source.dates:
            return self.days[name].read(cell).isoformat()
        read = next((read for applies, read in READERS if applies(source)), read_text)
        return as_asked(name, read(source, cell))


def columns_of(mapping: FormMapping) -> set[Column]:
    """Every column that a mapping reads."""
    return {mapping.key, *(column for source in mapping.fields.values() for column in source.reads)}


def place_of(column: Column, sheet: SourceSheet) -> int:
    """The index of a column in a row, from 0."""
    if isinstance(column, int):
        return column - 1
    if sheet.headings.count(column) != 1:
        key = "import.same-headings" if column in sheet.headings else "import.no-heading"
        raise UnreadableSheet.saying(sheet.path, key, column=column, there=list(sheet.headings))
    return sheet.headings.index(column)


def cells_of(source: Source, row: SheetRow, places: Sequence[int]) -> list[Cell]:
    """The cells that a field is read from; a word for nothing is nothing."""
    cells = (cell_at(row, place) for place in places)
    return ["" if shown(cell) in source.empty else cell for cell in cells]


def cell_at(row: SheetRow, place: int) -> Cell:
    """A row's cell; a row that ends early has nothing there."""
    return row.cells[place] if place < len(row.cells) else ""


def first(cells: Sequence[Cell]) -> Cell:
    """The first cell that is not empty."""
    return next((cell for cell in cells if not is_empty(cell)), "")


def as_asked(name: str, value: Any) -> Any:
    """A value as the form asks for it: true and false are no texts where it asks for yes or no. Raises Misread."""
    if name not in YES_OR_NO or value is None or isinstance(value, bool):
        return value
    if value not in TRUTH:
        raise Misread("import.neither-yes-nor-no", words=list(TRUTH))
    return TRUTH[value]


def read_number_cell(source: Source, cell: Cell) -> str:
    """A decimal number as plain text. Raises Misread."""
    if isinstance(cell, Figure) and not cell.lost and cell.value == 0 and cell.shown in NOTHING:
        return "0"
    try:
        number = number_in(bare(text_of(cell), source.beside), source, cell)
    except UnreadableNumber as unreadable:
        raise Misread(f"import.number-{unreadable.code}", **notation_told(source)) from None
    return format(number, "f")


def number_in(text: str, source: Source, cell: Cell) -> Decimal:
    """The number of a text; what a workbook shows must be what it holds. Raises UnreadableNumber, Misread."""
    if not isinstance(cell, Figure):
        return read_number(text, source.notation)
    if number_or_none(text, PAGE) != cell.value != number_or_none(text, COMMA):
        raise Misread("import.shown-differs", held=str(cell.value))
    return cell.value


def notation_told(source: Source) -> dict[str, str]:
    """How a column writes numbers, for a message."""
    return {"decimal": source.notation.decimal, "thousands": source.notation.thousands}


def bare(text: str, beside: Sequence[str]) -> str:
    """A text without one of the words that may stand beside the number."""
    for word in beside:
        if text.startswith(word) or text.endswith(word):
            return text.removeprefix(word).removesuffix(word).strip()
    return text


def read_word(source: Source, cell: Cell) -> str:
    """The form's word for the sheet's. Raises Misread."""
    text = shown(cell) if isinstance(cell, bool) else text_of(cell)
    word = source.values.get(text, source.otherwise)
    if word is None:
        raise Misread("import.unknown-word", words=list(source.values))
    return word


def read_yes_or_no(source: Source, cell: Cell) -> bool:
    """Yes or no. Raises Misread."""
    if isinstance(cell, bool):
        return cell
    text = text_of(cell)
    if text not in (*source.yes, *source.no):
        raise Misread("import.neither-yes-nor-no", words=[*source.yes, *source.no])
    return text in source.yes


def read_list(source: Source, cell: Cell) -> list[str]:
    """The parts of a cell that are not empty. Raises Misread."""
    return [part.strip() for part in text_of(cell).split(source.split) if part.strip()]


def read_text(source: Source, cell: Cell) -> Any:
    """A text, or what a workbook itself says of yes and no where the form asks for that. Raises Misread."""
    return text_of(cell)


READERS: tuple[tuple[Callable[[Source], object], Callable[[Source, Cell], Any]], ...] = (
    (lambda source: source.number, read_number_cell),
    (lambda source: source.values, read_word),
    (lambda source: source.yes, read_yes_or_no),
    (lambda source: source.split, read_list),
)
"""How a cell is read, by what its source says of it; else it is text."""


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set a field of a body by its path."""
    *groups, name = path.split(".")
    for group in groups:
        body = body.setdefault(group, {})
    body[name] = value
