"""The marks of a worksheet in .xlsb ([MS-XLSB]): records of a number, a length and so many bytes, in an archive."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from struct import error as StructError
from struct import unpack_from
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from deploy.importing.sentences import Saying
from deploy.importing.workbooks.formats import GENERAL, built_in
from deploy.importing.workbooks.marks import CellMark, SheetMarks
from deploy.importing.workbooks.package import Package

STYLES = "styles.bin"
ROW, BLANK, ERROR, LAST_CELL, FORMULA_ERROR, MERGED = 0, 1, 3, 11, 11, 176
SHEET, FORMAT, STYLE, STYLES_BEGIN, STYLES_END = 156, 44, 47, 617, 618
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA!",
}  # fmt: skip
"""Errors by their number, here and in .xls."""


def read_marks(path: Path, tab: str) -> SheetMarks:
    """The marks of a worksheet. Raises Saying."""
    marks, row = SheetMarks(), 0
    try:
        with ZipFile(path) as archive:
            package = Package(archive)
            codes = formats(package)
            for number, content in records(package.read(worksheet(package, tab))):
                if number == ROW:
                    (row,) = unpack_from("<I", content)
                elif number == MERGED:
                    first, last, left, right = unpack_from("<4I", content)
                    marks.merged.append(((first, left), (last, right)))
                elif BLANK < number <= LAST_CELL:
                    column, style = unpack_from("<II", content)
                    marks.reach((row, column))
                    code = codes.get(style & 0xFFFFFF, GENERAL)
                    error = ERRORS.get(content[8], "#N/A") if number in (ERROR, FORMULA_ERROR) else ""
                    if code != GENERAL or error:
                        marks.cells[row, column] = CellMark("" if code == GENERAL else code, error)
    except (ParseError, KeyError, ValueError, IndexError, StopIteration, StructError) as fault:
        raise Saying("import.damaged") from fault
    return marks


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: number and content."""
    stream = BytesIO(content)
    while (number := variable(stream, 2)) is not None:
        yield number, stream.read(variable(stream, 4) or 0)


def variable(stream: BytesIO, longest: int) -> int | None:
    """A whole number of up to so many bytes, seven bits of it in each; None at the end."""
    value = 0
    for place in range(longest):
        if not (byte := stream.read(1)):
            return None
        value |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            break
    return value


def worksheet(package: Package, tab: str) -> str:
    """The part that holds a worksheet. Raises KeyError."""
    book = package.workbook()
    for number, content in records(package.read(book)):
        if number == SHEET:
            identity, end = wide_text(content, 8)
            if wide_text(content, end)[0] == tab:
                return package.targets(book)[identity]
    raise KeyError(tab)


def formats(package: Package) -> Mapping[int, str]:
    """The number format of each cell style, by its number."""
    own: dict[int, str] = {}
    styles: dict[int, str] = {}
    in_cells = False
    part = package.beside(package.workbook(), STYLES)
    for number, content in records(package.read(part)) if package.has(part) else ():
        if number == FORMAT:
            (identity,) = unpack_from("<H", content)
            own[identity] = wide_text(content, 2)[0]
        elif number in (STYLES_BEGIN, STYLES_END):
            in_cells = number == STYLES_BEGIN
        elif number == STYLE and in_cells:
            (wanted,) = unpack_from("<H", content, 2)
            styles[len(styles)] = own.get(wanted) or built_in(wanted)
    return styles


def wide_text(content: bytes, start: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = unpack_from("<I", content, start)
    end = start + 4 + 2 * length
    return content[start + 4 : end].decode("utf-16-le"), end
