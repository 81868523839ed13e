"""The marks of a worksheet in .xlsx and .xlsm (ECMA-376): XML parts in an archive."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZipFile

from deploy.importing.sentences import Saying
from deploy.importing.workbooks.formats import GENERAL, built_in
from deploy.importing.workbooks.marks import CellMark, CellPlace, SheetMarks, place_of, range_of
from deploy.importing.workbooks.package import Package

STYLES = "styles.xml"
UNCOMPUTED = "0"
"""What libraries store for a formula that they cannot compute, in a workbook that asks to be computed when opened."""


def read_marks(path: Path, tab: str) -> SheetMarks:
    """The marks of a worksheet. Raises Saying."""
    marks = SheetMarks()
    try:
        with ZipFile(path) as archive:
            package = Package(archive)
            part, computed_later = worksheet(package, tab)
            codes = formats(package)
            row = -1
            for element in elements(package, part, "row", "mergeCell"):
                if local(element) == "mergeCell":
                    marks.merged.append(range_of(element.get("ref", "")))
                else:
                    row = int(element.get("r", row + 2)) - 1
                    for place, cell in placed(row, element):
                        marks.reach(place)
                        if (mark := mark_of(cell, codes, computed_later)) != CellMark():
                            marks.cells[place] = mark
    except (ParseError, KeyError, ValueError, StopIteration) as fault:
        raise Saying("import.damaged") from fault
    return marks


def placed(row: int, element: Element) -> Iterator[tuple[CellPlace, Element]]:
    """The cells of a row that hold anything, with their places; one that names none stands beside the one before."""
    column = -1
    for cell in element:
        reference = cell.get("r")
        column = place_of(reference)[1] if reference else column + 1
        if len(cell):
            yield (row, column), cell


def mark_of(cell: Element, codes: Mapping[str, str], computed_later: bool) -> CellMark:
    """What a cell element says of its cell."""
    parts = {local(part): part for part in cell}
    kind, value = cell.get("t", "n"), parts["v"].text if "v" in parts else None
    code = codes.get(cell.get("s", "0"), GENERAL)
    return CellMark(
        code="" if code == GENERAL else code,
        error=(value or "#N/A") if kind == "e" else "",
        unresolved="f" in parts and is_unresolved(kind, value, "v" in parts, computed_later),
    )


def is_unresolved(kind: str, value: str | None, has_value: bool, computed_later: bool) -> bool:
    """Whether a formula's result is not in the file; an empty text is one."""
    if kind == "str":
        return not has_value
    return not value or (computed_later and kind == "n" and value == UNCOMPUTED)


def worksheet(package: Package, tab: str) -> tuple[str, bool]:
    """The part that holds a worksheet, and whether the workbook asks to be computed when it is opened."""
    book = package.workbook()
    targets = package.targets(book)
    found, computed_later = "", False
    for element in elements(package, book, "sheet", "calcPr"):
        if local(element) == "calcPr":
            computed_later = element.get("fullCalcOnLoad") in ("1", "true")
        elif element.get("name") == tab:
            found = targets[next(value for name, value in element.attrib.items() if name.endswith("}id"))]
    return found, computed_later


def formats(package: Package) -> dict[str, str]:
    """The number format of each cell style, by its number as cells name it."""
    part = package.beside(package.workbook(), STYLES)
    if not package.has(part):
        return {}
    own: dict[str, str] = {}
    styles: dict[str, str] = {}
    for element in elements(package, part, "numFmt", "cellXfs"):
        if local(element) == "numFmt":
            own[element.get("numFmtId", "")] = element.get("formatCode", GENERAL)
        else:
            for number, style in enumerate(element):
                wanted = style.get("numFmtId", "0")
                styles[str(number)] = own.get(wanted) or built_in(int(wanted))
    return styles


def elements(package: Package, part: str, *names: str) -> Iterator[Element]:
    """The elements of these names in a part, each with what is in it, forgotten when the next is asked for."""
    with package.open(part) as stream:
        for _, element in iterparse(stream):
            if local(element) in names:
                yield element
                element.clear()


def local(element: Element) -> str:
    """An element's name without its namespace, of which there are two: transitional and strict."""
    return element.tag.rpartition("}")[2]
