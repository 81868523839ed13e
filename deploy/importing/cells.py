"""What may stand in a cell, and what of it may be filed: the cell as it is shown, or the reason why not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.importing.sentences import Saying


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a workbook: its value and what its format shows. ``lost`` says why that is not all of it."""

    value: Decimal
    shown: str
    lost: str = ""


@dataclass(frozen=True, slots=True)
class DateCell:
    """A date or a time of a workbook. ``day`` is None for a time of day or a duration."""

    shown: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A cell that holds nothing to file; ``key`` says why, in words."""

    shown: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


Cell = str | bool | Figure | DateCell | Spoilt
"""Text, a workbook's TRUE or FALSE, or one of the above."""

MERGED = "import.merged"
"""Why a cell is spoilt that a merged one covers."""
ERROR = re.compile(r"#N/A|#NV|#[A-ZÄÖÜÉÍÓÚ¡/0-9_]+[!?]|Err:\d{3}|#{3,}")
"""How spreadsheets show an error, or a column that is too narrow, in several languages."""
SCIENTIFIC = re.compile(r"-?\d(\.\d+)?E[+-]\d{2,}")
"""How they show a number that has no room."""
AS_TEXT = re.compile(r'="([^"]*)"')
"""How they are made to keep a text in CSV."""
LOST = "\ufffd"


class Misread(Saying):
    """A cell that cannot be read as its field's kind."""


def plain(text: str) -> Cell:
    """What stands in a cell of text: without blanks around it, and without the marks by which CSV keeps a text."""
    text = text.strip()
    if kept := AS_TEXT.fullmatch(text):
        text = kept[1].strip()
    if ERROR.fullmatch(text):
        return Spoilt(text, "import.error")
    if LOST in text:
        return Spoilt(text, "import.lost-letters")
    return text


def is_empty(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell == ""


def is_blank(cell: Cell) -> bool:
    """Whether a person sees nothing in a cell: it is empty, or covered by a merged one."""
    return cell == "" or (isinstance(cell, Spoilt) and cell.key == MERGED)


def shown(cell: Cell) -> str:
    """What a person sees in a cell."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell if isinstance(cell, str) else cell.shown


def text_of(cell: Cell) -> str:
    """A cell as the text of a field. Raises Misread for what a text does not show faithfully."""
    match cell:
        case bool():
            raise Misread("import.truth-in-text")
        case Spoilt():
            raise Misread(cell.key, **cell.values)
        case DateCell():
            raise Misread("import.moment-in-text")
        case Figure(lost=lost) if lost:
            raise Misread(lost)
        case Figure():
            return cell.shown
    if SCIENTIFIC.fullmatch(cell):
        raise Misread("import.scientific")
    return cell
