"""Numbers as people write them: one reading for forms, for texts in JSON and for the cells of an import.

A mark divides thousands only before whole groups (of three digits, or as in India of two before the last three) and
before the decimal sign. What could mean two numbers is none.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

LONGEST = 60
"""Characters after which nobody wrote a number."""
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－−", "0123456789.,--")
"""What an input method for Chinese types in place of digits and marks, and the minus of typographers."""
BLANKS = str.maketrans("\u00a0\u2009\u202f’", "   '")
"""Blanks and apostrophes that stand between groups in print."""
PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LONGEST_PLAIN = 200
"""So many signs are read of a number in JSON: whether it is too great is told as such."""


class UnreadableNumber(ValueError):
    """A text that is no number. ``code`` says how: ``not-a-number``, ``grouping`` or ``ambiguous``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Notation:
    """How a column or a page writes numbers: its decimal sign, and the mark between groups, if it has any.

    A notation that nobody ``named`` leaves one thing open: whether 1.234 is a little more than one.
    """

    decimal: str = "."
    thousands: str = ","
    named: bool = True


PAGE = Notation()
"""How the pages write numbers, in each of their languages."""
COMMA = Notation(decimal=",", thousands=".")
"""How much of Europe writes them."""


def read_number(text: str, notation: Notation = PAGE) -> Decimal:
    """The number that a text writes. Raises UnreadableNumber."""
    written = text.translate(FULL_WIDTH).translate(BLANKS).strip()
    if len(written) > LONGEST:
        raise UnreadableNumber("not-a-number")
    if not shape(notation.decimal, notation.thousands).fullmatch(written):
        marks = "".join(map(re.escape, sorted({notation.decimal, notation.thousands, ",", ".", " ", "'"} - {""})))
        raise UnreadableNumber(
            "grouping" if re.fullmatch(rf"-?[0-9{marks}]*[0-9][0-9{marks}]*", written) else "not-a-number"
        )
    if not notation.named and re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", written):
        raise UnreadableNumber("ambiguous")
    return Decimal(written.replace(notation.thousands, "").replace(notation.decimal, "."))


def number_or_none(text: str, notation: Notation) -> Decimal | None:
    """The number that a text writes, None where it is none."""
    try:
        return read_number(text, notation)
    except UnreadableNumber:
        return None


def read_plain(text: str) -> Decimal:
    """The number of a text that a program wrote: digits and a point. Raises UnreadableNumber."""
    if len(text) > LONGEST_PLAIN or not PLAIN.fullmatch(text):
        raise UnreadableNumber("not-a-number")
    return Decimal(text)


@cache
def shape(decimal: str, thousands: str) -> re.Pattern[str]:
    """What a number looks like in a notation."""
    point, mark = re.escape(decimal), re.escape(thousands)
    whole = ["[0-9]+"]
    if thousands:
        whole += [rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+", rf"[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}"]
    return re.compile(rf"-?(?:(?:{'|'.join(whole)})(?:{point}[0-9]+)?|{point}[0-9]+)")
