"""The marks of a worksheet in .xls, by xlrd; and which formulas have no result, which it does not tell."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from struct import unpack_from

import xlrd

from deploy.importing.sentences import Saying
from deploy.importing.workbooks.biff12 import ERRORS
from deploy.importing.workbooks.formats import GENERAL
from deploy.importing.workbooks.marks import CellMark, CellPlace, SheetMarks

FORMULA, END = 0x0006, 0x000A
EMPTY_TEXT = 3
"""The kind of a result that is a text without letters: also what a library stores that computes nothing."""


def read_marks(path: Path, tab: str) -> SheetMarks:
    """The marks of a worksheet. Raises Saying."""
    marks = SheetMarks()
    try:
        with xlrd.open_workbook(path, logfile=StringIO(), formatting_info=True, on_demand=True) as book:
            sheet = book.sheet_by_name(tab)
            marks.merged = [((first, left), (last - 1, right - 1)) for first, last, left, right in sheet.merged_cells]
            unresolved = set(empty_formulas(book.mem, book._sh_abs_posn[book.sheet_names().index(tab)]))
            for row in range(sheet.nrows):
                for column, cell in enumerate(sheet.row(row)):
                    if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                        marks.reach((row, column))
                        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
                        mark = CellMark(
                            code="" if code == GENERAL else code,
                            error=ERRORS.get(cell.value, "#N/A") if cell.ctype == xlrd.XL_CELL_ERROR else "",
                            unresolved=(row, column) in unresolved,
                        )
                        if mark != CellMark():
                            marks.cells[row, column] = mark
    except Saying:
        raise
    except Exception as fault:  # what the library raises over a broken file is of every kind
        raise Saying("import.encrypted" if "encrypted" in str(fault) else "import.damaged") from fault
    return marks


def empty_formulas(content: bytes, start: int) -> Iterator[CellPlace]:
    """The places of the formulas of a worksheet, which begins at ``start``, that have an empty text for a result."""
    at = start
    while at + 4 <= len(content):
        number, length = unpack_from("<2H", content, at)
        if number == END:
            return
        if number == FORMULA:
            row, column, _, kind = unpack_from("<3HB", content, at + 4)
            if kind == EMPTY_TEXT and content[at + 16 : at + 18] == b"\xff\xff":
                yield row, column
        at += 4 + length
