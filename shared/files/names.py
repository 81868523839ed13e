"""Names of files: as shown to people, and as a header of HTTP bears them."""

import re
import unicodedata
from urllib.parse import quote

from shared.text.characters import without_misplaced

LONGEST = 200
LONGEST_ENDING = 20
NAMELESS = "file"


def clean_name(name: str) -> str:
    """A file's name as shown to people: without folders, not too long, never empty, and nothing in it unseen.

    What has no shape of its own is left out: control characters, zero-width ones, and those that turn the direction
    of writing, by which a name can look as if it had another ending.
    """
    last = re.split(r"[/\\]", name)[-1]
    spaced = "".join(map(blank_for_space, unicodedata.normalize("NFC", last)))
    seen = without_misplaced(spaced).strip().rstrip(". ")
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > LONGEST:
        seen = (stem or ending)[: LONGEST - len(ending[:LONGEST_ENDING]) - 1] + dot + ending[:LONGEST_ENDING]
    return seen[:LONGEST] or NAMELESS


def blank_for_space(char: str) -> str:
    """A blank in place of the wide, narrow and unbreakable ones."""
    return " " if unicodedata.category(char) == "Zs" else char


def disposition(how: str, name: str) -> str:
    """``Content-Disposition`` with the name in full (RFC 5987) and in ASCII for old programs (RFC 6266)."""
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name)
    return f"{how}; filename*=utf-8''{quote(name, safe='')}; filename=\"{plain}\""
