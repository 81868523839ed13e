"""Which characters a text may have: none that nobody sees, that turns the line round, or that stands for nothing.

Two texts that look alike must be alike: what is signed is what was shown, and an order is found by its number. The
joiners without width stay where a script or an emoji needs them: they shape what is seen. Characters of the private
use areas look as each font likes, or not at all, so they tell the next department nothing.
"""

import re
from dataclasses import dataclass
from unicodedata import name

SHAPED = r"\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u1a20-\u1aad\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
"""Scripts in which a joiner changes how the letter before it is written: Arabic, those of India, Khmer, Burmese."""
PICTURES = r"\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
"""What emojis are joined from."""

KINDS = {
    "control_character": r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]",
    "direction_character": r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
    "invisible_character": (
        r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0]"
        r"|[\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
        rf"|(?<![{SHAPED}{PICTURES}])[\u200c\u200d]|(?<=[{PICTURES}])[\u200c\u200d](?![{PICTURES}])"
    ),
    "no_character": (
        r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
        + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 17))
        + "]"
    ),
    "damaged_character": r"\ufffd",
    "private_character": r"[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]",
}
"""What no text may have, by the key of the words that say why."""

TEXT = re.compile("|".join(f"(?P<{kind}>{signs})" for kind, signs in KINDS.items()))
LINE = re.compile(TEXT.pattern + r"|(?P<line_break>[\t\n\r\u2028\u2029])")

UNNAMED = {"\t": "TAB", "\n": "LINE FEED", "\r": "CARRIAGE RETURN"}
"""What everybody calls characters to which Unicode gives no name."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A character that a text may not have: its kind, what Unicode calls it, and its place in the text, from 1."""

    kind: str
    character: str
    place: int


def misplaced(text: str, *, line: bool) -> Misplaced | None:
    """The first character that a text may not have, if any; a ``line`` may have no line ends and tabs either."""
    found = (LINE if line else TEXT).search(text)
    if found is None:
        return None
    return Misplaced(str(found.lastgroup), called(found.group()), found.start() + 1)


def without_misplaced(text: str) -> str:
    """A line without the characters that it may not have: for names that machines gave."""
    return LINE.sub("", text)


def called(sign: str) -> str:
    """``U+200B ZERO WIDTH SPACE``; what has no name, by its number."""
    return f"U+{ord(sign):04X} {UNNAMED.get(sign) or name(sign, '')}".strip()
