"""The form in which two texts are compared and one is sought in another: what people write differently is the same.

Case, width, accents, blanks and punctuation of every kind, digits of another script, traditional and simplified
characters make no difference. The form of a whole holds the form of each of its parts, so that a part of a word is
found: characters are therefore converted one by one, where OpenCC would look at the words around them.
"""

import re
from functools import cache
from unicodedata import category, decimal, normalize

from opencc import OpenCC

IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))
"""First and end of the blocks of Chinese characters that OpenCC knows; the compatibility block decomposes into them."""
WAYS = ("s2t", "hk2t", "tw2t", "t2s")
"""OpenCC's ways to go, one after the other, so that the variants of Hong Kong and Taiwan come to the same too."""
DRAWN = frozenset((*range(0x300, 0x370), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""Accents, and what chooses how a character is drawn."""
DASHES = re.compile(r"(?<![\u3041-\u3096\u3099\u309a\u30a1-\u30fa\u30fc-\u30ff])\u30fc+")
"""The long vowel of Japanese where it follows no kana: there it was typed for a dash."""


class Signs(dict[int, str]):
    """What each character counts as, found out when it is first met; nothing for blanks, punctuation and symbols."""

    def __missing__(self, code: int) -> str:
        kind = category(chr(code))
        if kind == "Nd":
            counts = str(decimal(chr(code)))
        elif kind[0] in "LNM" and code not in DRAWN:
            counts = simplified().get(code, chr(code))
        else:
            counts = ""
        self[code] = counts
        return counts


SIGNS = Signs()


def normal(text: str) -> str:
    """The form of a text for comparing; empty only for a text of blanks. Of punctuation alone, that without blanks."""
    plain = normalize("NFKD", normalize("NFKD", text).casefold())
    return normalize("NFC", DASHES.sub("", plain.translate(SIGNS)) or "".join(plain.split()))


def words(text: str) -> tuple[str, ...]:
    """The words of a text, each in its form and once: what is sought, in whichever order.

    What is punctuation only counts where there is nothing else.
    """
    forms = dict.fromkeys(map(normal, text.split()))
    return tuple(form for form in forms if any(map(str.isalnum, form))) or tuple(forms)


@cache
def simplified() -> dict[int, str]:
    """Chinese character -> the simplified one that stands for it and for whatever else is written so."""
    signs = [chr(code) for first, end in IDEOGRAPHS for code in range(first, end)]
    converted = "\n".join(signs)
    for way in WAYS:
        converted = OpenCC(way).convert(converted)
    found = {sign: last for sign, last in zip(signs, converted.split("\n"), strict=True) if sign != last}
    return {ord(sign): found.get(last, last) for sign, last in found.items()}
