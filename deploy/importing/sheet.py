"""Reads a sheet (CSV, TSV, XLSX) row by row, as it is: what a row means is the mapping's matter."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Literal

from openpyxl import load_workbook

Cell = str | date
"""What stands in a cell; only a spreadsheet knows dates."""

LONGEST_FIELD = 1 << 20
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20


class UnreadableSheet(Exception):
    """The file cannot be read as the sheet it is said to be; the message says why and where."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is written: what its extension and its bytes do not tell."""

    headings: bool = True
    delimiter: Literal["comma", "tab", "semicolon", "pipe"] | None = None
    quotes: bool = True
    encoding: str | None = None
    tab: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: the line it begins on (from 1; in a spreadsheet the row's number) and its cells."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """A sheet on disk. ``headings`` is empty where the layout has none."""

    path: Path
    layout: Layout
    headings: tuple[str, ...]

    def rows(self) -> Iterator[SheetRow]:
        """Every row that is not blank, without the headings; raises UnreadableSheet."""
        rows = read(self.path, self.layout)
        if self.layout.headings:
            next(rows, None)
        return rows


def open_sheet(path: Path, layout: Layout) -> SourceSheet:
    """Open a sheet and read its headings; raises UnreadableSheet."""
    if not path.is_file():
        raise UnreadableSheet(f"{path}: there is no such file")
    if not layout.headings:
        return SourceSheet(path, layout, ())
    first = next(read(path, layout), None)
    if first is None:
        raise UnreadableSheet(f"{path}: the sheet is empty, its headings are missing")
    return SourceSheet(path, layout, tuple(str(cell).strip() for cell in first.cells))


def read(path: Path, layout: Layout) -> Iterator[SheetRow]:
    """The rows of a sheet that are not blank."""
    rows = read_workbook(path, layout) if path.suffix.lower() in (".xlsx", ".xlsm") else read_text(path, layout)
    return (row for row in rows if any(cell != "" for cell in row.cells))


def read_text(path: Path, layout: Layout) -> Iterator[SheetRow]:
    """The rows of delimited text."""
    tabbed = path.suffix.lower() in (".tsv", ".tab")
    delimiter = DELIMITERS[layout.delimiter or ("tab" if tabbed else "comma")]
    csv.field_size_limit(LONGEST_FIELD)
    with open(path, encoding=layout.encoding or encoding_of(path), newline="") as text:
        reader = csv.reader(
            text,
            delimiter=delimiter,
            quoting=csv.QUOTE_MINIMAL if layout.quotes else csv.QUOTE_NONE,
            strict=layout.quotes,
        )
        yield from numbered(path, text, reader)


def numbered(path: Path, text: TextIOWrapper, reader: Any) -> Iterator[SheetRow]:
    """The rows of a csv reader with the line that each begins on."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as fault:
            raise UnreadableSheet(f"{path}:{line}: {fault}") from fault
        yield SheetRow(line, tuple(cell.strip() for cell in cells))


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without its mark), UTF-16 with its mark, or GBK; raises UnreadableSheet for anything else."""
    with open(path, "rb") as raw:
        start = raw.read(4)
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        if is_written_in(path, encoding):
            return encoding
    raise UnreadableSheet(f"{path}: neither UTF-8 nor GBK; name the encoding in the mapping")


def is_written_in(path: Path, encoding: str) -> bool:
    """Whether every byte of a file is valid in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with open(path, "rb") as raw:
            while chunk := raw.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read_workbook(path: Path, layout: Layout) -> Iterator[SheetRow]:
    """The rows of one worksheet: the named one, else the first."""
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except Exception as fault:
        raise UnreadableSheet(f"{path}: not a workbook: {fault}") from fault
    with closing(workbook):
        if layout.tab is not None and layout.tab not in workbook.sheetnames:
            raise UnreadableSheet(f"{path}: no worksheet {layout.tab!r}, only {', '.join(workbook.sheetnames)}")
        worksheet = workbook[layout.tab or workbook.sheetnames[0]]
        for line, values in enumerate(worksheet.iter_rows(values_only=True), start=1):
            yield SheetRow(line, tuple(cell_of(value) for value in values))


def cell_of(value: Any) -> Cell:
    """A spreadsheet's value as a cell: numbers without a spurious ``.0``, a moment as its day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value).strip()
