"""The marks of a worksheet in .ods (OpenDocument 1.3): the file holds each cell's text as it is shown."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZipFile

from deploy.importing.sentences import Saying
from deploy.importing.workbooks.marks import CellMark, SheetMarks

CONTENT = "content.xml"
CELLS = ("table-cell", "covered-table-cell")
NUMBERS = ("float", "percentage", "currency")


def read_marks(path: Path, tab: str) -> SheetMarks:
    """The marks of a worksheet. Raises Saying."""
    marks, row = SheetMarks(), 0
    try:
        with ZipFile(path) as archive:
            for element in rows(archive, tab):
                repeated = times(element, "number-rows-repeated")
                if any(holds_anything(cell) for cell in element):
                    for _ in range(repeated):
                        marks.reach((row, 0))
                        add_row(marks, row, element)
                        row += 1
                else:
                    row += repeated
    except (ParseError, KeyError, ValueError) as fault:
        raise Saying("import.damaged") from fault
    return marks


def rows(archive: ZipFile, tab: str) -> Iterator[Element]:
    """The rows of a worksheet, each forgotten when the next is asked for."""
    inside = False
    with archive.open(CONTENT) as stream:
        for event, element in iterparse(stream, ("start", "end")):
            if local(element.tag) == "table":
                inside = event == "start" and attribute(element, "name") == tab
            elif event == "end" and local(element.tag) == "table-row":
                if inside:
                    yield element
                element.clear()


def add_row(marks: SheetMarks, row: int, element: Element) -> None:
    """Keep what the cells of a row say."""
    column = 0
    for cell in element:
        if local(cell.tag) not in CELLS:
            continue
        repeated = times(cell, "number-columns-repeated")
        if holds_anything(cell):
            mark = mark_of(cell)
            for each in range(column, column + repeated):
                marks.reach((row, each))
                if mark != CellMark():
                    marks.cells[row, each] = mark
            height, width = times(cell, "number-rows-spanned"), times(cell, "number-columns-spanned")
            if height > 1 or width > 1:
                marks.merged.append(((row, column), (row + height - 1, column + width - 1)))
        column += repeated


def mark_of(cell: Element) -> CellMark:
    """What a cell says of itself."""
    shown = "\n".join("".join(part.itertext()) for part in cell if local(part.tag) == "p").strip()
    kind = attribute(cell, "value-type")
    if "error" in (attribute(cell, "value-type", "calcext"), kind):
        return CellMark(error=shown or "#N/A")
    if attribute(cell, "formula") and not kind and not shown:
        return CellMark(unresolved=True)
    return CellMark(shown=shown) if kind in NUMBERS else CellMark()


def holds_anything(cell: Element) -> bool:
    """Whether there is a value or a formula in a cell."""
    return bool(attribute(cell, "value-type") or attribute(cell, "formula") or len(cell))


def times(element: Element, name: str) -> int:
    """How often something is repeated, or over how many rows or columns it goes."""
    return int(attribute(element, name) or 1)


def attribute(element: Element, name: str, namespace: str = "") -> str:
    """An attribute by its name without its namespace; of an extension, by a part of that too."""
    for full, value in element.attrib.items():
        if local(full) == name and ("calcext" in full) == bool(namespace):
            return value
    return ""


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
