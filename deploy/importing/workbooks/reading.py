"""Opens a workbook, chooses its worksheet, and puts together what the reader and the marks say of each cell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from deploy.importing.cells import MERGED, SCIENTIFIC, Cell, DateCell, Figure, Spoilt, plain
from deploy.importing.filekinds import SourceFormat, require_kind
from deploy.importing.layout import SheetRow, UnreadableSheet
from deploy.importing.sentences import Saying
from deploy.importing.workbooks import biff8, biff12, formats, opendocument, spreadsheetml
from deploy.importing.workbooks.marks import CellMark, CellPlace, SheetMarks, reference_of
from shared.http.numerals import COMMA, PAGE, number_or_none

READERS: Mapping[SourceFormat, Callable[[Path, str], SheetMarks]] = {
    SourceFormat.XLSX: spreadsheetml.read_marks,
    SourceFormat.XLSB: biff12.read_marks,
    SourceFormat.XLS: biff8.read_marks,
    SourceFormat.ODS: opendocument.read_marks,
}
MOST_BYTES = 1 << 30
"""What an archive may hold once it is unpacked."""
NO_MARK = CellMark()


@dataclass(frozen=True, slots=True, eq=False)
class Workbook:
    """The worksheet of a workbook that is read: its values and their marks."""

    tab: str
    values: list[list[Any]]
    marks: SheetMarks

    def rows(self) -> Iterator[SheetRow]:
        """The rows of the worksheet, by their numbers in it."""
        covered = self.marks.covered()
        for row in range(max(len(self.values), self.marks.height)):
            line = self.values[row] if row < len(self.values) else []
            values = enumerate([*line, *[""] * (self.marks.width - len(line))])
            yield SheetRow(row + 1, tuple(cell((row, column), value, self.marks, covered) for column, value in values))


def open_workbook(path: Path, tab: str | None) -> Workbook:
    """Open a workbook at a worksheet: the one that is named, else the only one that is not hidden and not empty.

    Raises UnreadableSheet.
    """
    kind = require_kind(path)
    if kind is not SourceFormat.XLS:
        require_moderate(path)
    with opened(path) as book:
        sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    names = [each.name for each in sheets]
    if tab is None:
        return only(path, kind, sheets)
    if tab not in names:
        raise UnreadableSheet.saying(path, "import.no-such-tab", tab=tab, there=names)
    return worksheet(path, kind, tab)


def only(path: Path, kind: SourceFormat, sheets: Sequence[SheetMetadata]) -> Workbook:
    """The only worksheet that is not hidden and not empty. Raises UnreadableSheet where there is none, or several."""
    seen = [worksheet(path, kind, each.name) for each in sheets if each.visible == SheetVisibleEnum.Visible]
    full = [each for each in seen if each.marks.height]
    if len(full) == 1:
        return full[0]
    if full:
        raise UnreadableSheet.saying(path, "import.several-tabs", there=[each.tab for each in full])
    if hidden := [each.name for each in sheets if each.visible != SheetVisibleEnum.Visible]:
        raise UnreadableSheet.saying(path, "import.hidden-tabs", there=hidden)
    raise UnreadableSheet.saying(path, "import.empty")


def require_moderate(path: Path) -> None:
    """Raises UnreadableSheet for an archive that is damaged, encrypted, or unpacks to far more than a sheet needs."""
    unpacked = 0
    try:
        with ZipFile(path) as archive:
            for part in archive.infolist():
                if part.flag_bits & 1:
                    raise UnreadableSheet.saying(path, "import.encrypted")
                with archive.open(part) as stream:
                    while chunk := stream.read(1 << 20):
                        unpacked += len(chunk)
                        if unpacked > MOST_BYTES:
                            raise UnreadableSheet.saying(path, "import.unpacks-too-large", megabytes=MOST_BYTES >> 20)
    except (BadZipFile, NotImplementedError, EOFError, OSError) as fault:
        raise UnreadableSheet.saying(path, "import.damaged") from fault


def opened(path: Path) -> CalamineWorkbook:
    """The workbook in its reader. Raises UnreadableSheet."""
    try:
        return load_workbook(path)
    except PasswordError:
        raise UnreadableSheet.saying(path, "import.encrypted") from None
    except (CalamineError, OSError, ValueError) as fault:
        raise UnreadableSheet.saying(path, "import.damaged") from fault


def worksheet(path: Path, kind: SourceFormat, tab: str) -> Workbook:
    """A worksheet with its values and their marks. Raises UnreadableSheet."""
    try:
        marks = READERS[kind](path, tab)
        with opened(path) as book:
            return Workbook(tab, book.get_sheet_by_name(tab).to_python(skip_empty_area=False), marks)
    except Saying as said:
        raise UnreadableSheet(path, said.sentence) from said
    except CalamineError as fault:
        raise UnreadableSheet.saying(path, "import.damaged") from fault


def cell(
    place: CellPlace, value: Any, marks: SheetMarks, covered: Mapping[CellPlace, tuple[CellPlace, CellPlace]]
) -> Cell:
    """What stands in a cell, by its value and its mark."""
    mark = marks.cells.get(place, NO_MARK)
    if mark.error:
        return Spoilt(mark.error, "import.error")
    if mark.unresolved:
        return Spoilt("", "import.unresolved")
    if place in covered and value == "":
        first, last = covered[place]
        return Spoilt("", MERGED, {"range": f"{reference_of(first)}:{reference_of(last)}"})
    match value:
        case bool():
            return value
        case str():
            return plain(formats.text(value, mark.code) if mark.code else value)
        case int() | float():
            return number(float(value), mark)
        case datetime() if value.time():
            return DateCell(value.isoformat(" ", "seconds"), value.date())
        case datetime():
            return DateCell(value.date().isoformat(), value.date())
        case date():
            return DateCell(value.isoformat(), value)
        case time():
            return DateCell(value.isoformat("seconds"))
        case timedelta():
            return DateCell(str(value))
    raise TypeError(f"no cell holds {type(value).__name__}")


def number(value: float, mark: CellMark) -> Figure:
    """A number as its format, or the file itself, shows it."""
    figure = formats.figure(value, mark.code or formats.GENERAL)
    if mark.shown in ("", repr(value)) or figure.lost:
        return figure
    return Figure(figure.value, mark.shown, lost(mark.shown, figure.value))


def lost(shown: str, value: Decimal) -> str:
    """Why a text that the file itself holds is not all of its number; empty where it is."""
    if "%" in shown:
        return "import.percent"
    if SCIENTIFIC.fullmatch(shown):
        return "import.scientific"
    said = [read for notation in (PAGE, COMMA) if (read := number_or_none(shown, notation)) is not None]
    return "import.rounded" if said and value not in said else ""
