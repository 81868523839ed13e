"""Opens a sheet (delimited text or a workbook) and finds its headings: what a row means is the mapping's matter."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from deploy.importing.cells import is_blank, shown
from deploy.importing.delimited import read_text
from deploy.importing.filekinds import SourceFormat, require_kind
from deploy.importing.layout import Layout, SheetRow, SourceSheet, UnreadableSheet
from deploy.importing.workbooks import open_workbook

MOST_ABOVE = 20
"""Rows that may stand above the headings."""


def open_sheet(path: Path, layout: Layout, columns: Sequence[str] = ()) -> SourceSheet:
    """Open a sheet and find its headings, among which the ``columns`` are. Raises UnreadableSheet."""
    if not path.is_file():
        raise UnreadableSheet.saying(path, "import.no-such-file")
    if require_kind(path) is SourceFormat.TEXT:
        return headed(path, layout, columns, lambda: filled(read_text(path, layout)))
    workbook = open_workbook(path, layout.tab)
    return headed(path, layout, columns, lambda: filled(workbook.rows()), workbook.tab)


def filled(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    """The rows that are not blank."""
    return (row for row in rows if not all(map(is_blank, row.cells)))


def headed(
    path: Path, layout: Layout, columns: Sequence[str], read: Callable[[], Iterator[SheetRow]], tab: str = ""
) -> SourceSheet:
    """The sheet of these rows, under its headings."""
    if not layout.headings:
        return SourceSheet(path, (), read, tab)
    first = list(islice(read(), MOST_ABOVE))
    if not first:
        raise UnreadableSheet.saying(path, "import.empty")
    found = next((row for row in first if names_all(row, columns)), first[0])
    above = first[: first.index(found)]
    if rival := next((row for row in above if filled_cells(row) >= max(2, len(set(columns)))), None):
        raise UnreadableSheet.saying(
            path, "import.headings-below", rival.line, line=str(found.line), there=joined(names(rival))
        )
    return SourceSheet(path, names(found), read, tab, found.line + 1, tuple(joined(names(row)) for row in above))


def names_all(row: SheetRow, columns: Sequence[str]) -> bool:
    """Whether a row has every one of these headings."""
    return set(columns) <= set(names(row))


def names(row: SheetRow) -> tuple[str, ...]:
    """The cells of a row as headings."""
    return tuple(shown(cell).strip() for cell in row.cells)


def joined(texts: Sequence[str]) -> str:
    """The texts that are not empty, as people list them."""
    return ", ".join(filter(None, texts))


def filled_cells(row: SheetRow) -> int:
    """How many cells of a row are filled in."""
    return sum(not is_blank(cell) for cell in row.cells)
