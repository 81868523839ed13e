"""What a number format makes of a number (ECMA-376, 18.8.30): the cell as it is shown, or why it is not faithful."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from deploy.importing.cells import Figure

GENERAL = "General"
KEPT_DIGITS = 15
"""What a spreadsheet keeps of a number; further digits are lost before anybody reads the file."""
MOST_PLACES = 9
"""The places after the point for which General has room."""
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: "#,##0;-#,##0;-", 43: "#,##0.00;-#,##0.00;-", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""The formats that a workbook names by number only."""
LOCAL = "[local]"
"""The others: of currencies and days, shown as the reader's country has them."""
COMPARED = {
    "<": Decimal.__lt__, "<=": Decimal.__le__, ">": Decimal.__gt__, ">=": Decimal.__ge__, "=": Decimal.__eq__,
    "<>": Decimal.__ne__,
}  # fmt: skip
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9.]+)\]")
COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+", re.IGNORECASE)
PIECES = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<blank>[_*].)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|@)|(?P<exponent>E[+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)"
    r"|(?P<code>[A-Za-z/])|(?P<plain>.)",
    re.DOTALL | re.IGNORECASE,
)
WORDS = {"quoted": "words", "escaped": "words", "currency": "words", "plain": "words"}
UNSHOWN = {"percent": "import.percent", "exponent": "import.scientific", "code": "import.unshowable"}
"""What makes a number something else than its digits, and the key of the reason."""
FILLING = {"0": "0", "?": " ", "#": ""}
"""What stands in a place for which the number has no digit."""


class Unshowable(Exception):
    """A format that does not show the number's own digits; the text is the key of the reason."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a format: ``words`` as they stand, a place for a ``digit``, or a mark that governs those."""

    kind: str
    text: str


def built_in(number: int) -> str:
    """The format that a workbook names by number only."""
    return BUILT_IN.get(number, LOCAL)


def figure(value: float, code: str = GENERAL) -> Figure:
    """A number as its format shows it."""
    exact = Decimal(f"{value:.{KEPT_DIGITS}g}")
    try:
        shown = shown_by(code, exact).strip()
    except Unshowable as unshowable:
        return Figure(exact, f"{value:.{KEPT_DIGITS}g}", str(unshowable))
    return Figure(exact, shown, "import.too-many-digits" if exact.adjusted() >= KEPT_DIGITS - 1 else "")


def text(value: str, code: str) -> str:
    """A text as the section of its format for texts shows it."""
    sections = sections_of(code)
    found = list(pieces(sections[-1]))
    if "@" not in sections[-1] or len(sections) not in (1, 4):
        return value
    told = (piece for piece in found if piece.kind in ("words", "general"))
    return "".join(value if piece.kind == "general" else piece.text for piece in told)


def shown_by(code: str, value: Decimal) -> str:
    """The text of a number in a format. Raises Unshowable."""
    section, signed = section_for(code, value)
    found = list(pieces(section))
    for piece in found:
        if piece.kind in UNSHOWN:
            raise Unshowable(UNSHOWN[piece.kind])
    sign, kinds = "-" if signed and value < 0 else "", {piece.kind for piece in found}
    if "general" in kinds:
        return sign + "".join(general(abs(value)) if piece.kind == "general" else piece.text for piece in found)
    if "digit" in kinds:
        return sign + laid_out(found, abs(value))
    if words := "".join(piece.text for piece in found).strip():
        return words
    raise Unshowable("import.unshowable")


def section_for(code: str, value: Decimal) -> tuple[str, bool]:
    """The section of a format that shows a number, and whether a minus sign is put before it."""
    sections = sections_of(code)[:3]
    conditions = [CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or COMPARED[condition[1]](value, Decimal(condition[2])):
                return CONDITION.sub("", section), True
        raise Unshowable("import.unshowable")
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def sections_of(code: str) -> list[str]:
    """The parts of a format between the semicolons that are not part of a text."""
    sections = [""]
    for found in PIECES.finditer(code):
        if found.group() == ";":
            sections.append("")
        else:
            sections[-1] += found.group()
    return sections


def pieces(section: str) -> Iterator[Piece]:
    """The pieces of a section; colours and what only fills a column are none. Raises Unshowable."""
    for found in PIECES.finditer(section):
        kind = str(found.lastgroup)
        if kind == "bracket" and not COLOUR.fullmatch(found["bracket"]):
            raise Unshowable("import.unshowable")
        if kind not in ("bracket", "blank"):
            yield Piece(WORDS.get(kind, kind), found[kind])


def general(value: Decimal) -> str:
    """A number as it is shown without a format. Raises Unshowable."""
    plain = value.normalize() if value else value
    if plain.adjusted() >= KEPT_DIGITS - 1 or -int(plain.as_tuple().exponent) > MOST_PLACES:
        raise Unshowable("import.too-many-digits")
    return format(plain, "f")


def laid_out(found: Sequence[Piece], value: Decimal) -> str:
    """The digits of a number in the places that its format has for them. Raises Unshowable."""
    point = next((index for index, piece in enumerate(found) if piece.kind == "point"), len(found))
    before, after = found[:point], found[point + 1 :]
    places = sum(piece.kind == "digit" for piece in after)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded != value:
        raise Unshowable("import.rounded")
    whole, _, fraction = format(rounded, "f").partition(".")
    return wholes(before, whole.lstrip("0")) + ("." if point < len(found) else "") + fractions(after, fraction)


def wholes(found: Sequence[Piece], digits: str) -> str:
    """The digits before the point, from the right; the first place takes all that are left. Raises Unshowable."""
    at = [index for index, piece in enumerate(found) if piece.kind == "digit"]
    commas = [index for index, piece in enumerate(found) if piece.kind == "comma"]
    if not at:
        return "".join(piece.text for piece in found) + digits
    if any(comma > at[-1] for comma in commas):
        raise Unshowable("import.unshowable")
    grouped, left, count, told = any(at[0] < comma for comma in commas), list(digits), 0, []
    for index in reversed(range(len(found))):
        piece = found[index]
        if piece.kind == "words":
            told.append(piece.text)
        while piece.kind == "digit":
            digit = left.pop() if left else FILLING[piece.text]
            told.append(f"{digit}," if grouped and digit and count and count % 3 == 0 else digit)
            count += 1
            if index != at[0] or not left:
                break
    return "".join(reversed(told))


def fractions(found: Sequence[Piece], digits: str) -> str:
    """The digits after the point, from the right: a zero at the end needs a place that asks for it."""
    left, told = list(digits), list[str]()
    begun = False
    for piece in reversed(found):
        if piece.kind == "digit":
            digit = left.pop()
            begun = begun or digit != "0" or piece.text == "0"
            told.append(digit if begun else FILLING[piece.text])
        elif piece.kind == "words":
            told.append(piece.text)
    return "".join(reversed(told))
