"""What the reader of workbooks does not tell of a worksheet's cells, whatever the file format."""

import re
from dataclasses import dataclass, field

from deploy.importing.sentences import Saying

CellPlace = tuple[int, int]
"""A cell by its row and column, from 0."""
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 2_000, 20_000_000
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellMark:
    """What is known of one cell: its number format, the error in it, a formula without a result, its text as shown."""

    code: str = ""
    error: str = ""
    unresolved: bool = False
    shown: str = ""


@dataclass(slots=True)
class SheetMarks:
    """The marks of a worksheet, and its merged cells as (first, last) places."""

    cells: dict[CellPlace, CellMark] = field(default_factory=dict)
    merged: list[tuple[CellPlace, CellPlace]] = field(default_factory=list)
    height: int = 0
    width: int = 0

    def reach(self, place: CellPlace) -> None:
        """Something stands at a place. Raises Saying for a worksheet that goes beyond any use."""
        self.height, self.width = max(self.height, place[0] + 1), max(self.width, place[1] + 1)
        if self.height > MOST_ROWS or self.width > MOST_COLUMNS or self.height * self.width > MOST_CELLS:
            raise Saying("import.too-many-cells", rows=MOST_ROWS, columns=MOST_COLUMNS)

    def covered(self) -> dict[CellPlace, tuple[CellPlace, CellPlace]]:
        """The places within merged cells, but for the first of each, where its value stands."""
        return {
            (row, column): (first, last)
            for first, last in self.merged
            for row in range(first[0], min(last[0] + 1, self.height))
            for column in range(first[1], min(last[1] + 1, self.width))
            if (row, column) != first
        }


def place_of(reference: str) -> CellPlace:
    """The place of ``C4``. Raises Saying for what is no reference."""
    found = REFERENCE.fullmatch(reference)
    if not found:
        raise Saying("import.damaged")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def reference_of(place: CellPlace) -> str:
    """A place as ``C4``."""
    letters, column = "", place[1] + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{place[0] + 1}"


def range_of(references: str) -> tuple[CellPlace, CellPlace]:
    """The places of ``B2:C4``."""
    first, _, last = references.partition(":")
    return place_of(first), place_of(last or first)
