"""In which encoding a text file is written: what was named, or what its own bytes prove; nothing is guessed."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.importing.sentences import Saying

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("cp950", "gb18030", "cp932", "cp949", "cp1252")
"""What spreadsheets in Taiwan, China, Japan, Korea and the West write where they do not write UTF-8."""
WITH_BLANKS = ("utf-16-le", "utf-16-be")
"""What has a zero in nearly every character of a Western text."""
NO_TEXT_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"})
"""Encodings that Python knows and no spreadsheet writes."""
SHORT_RUN = 4
SAMPLES = 3
LONGEST_SAMPLE = 40


class UnknownEncoding(Saying):
    """The encoding is not known; the words say what it might be, with cells as they would read."""


def encoding_of(path: Path, named: str | None) -> str:
    """The encoding in which to read a file, every byte of it. Raises UnknownEncoding."""
    raw = path.read_bytes()
    encoding = marked_or_named(raw, named)
    if encoding is None:
        if is_written_in(raw, "utf-8") and b"\0" not in raw and proves_itself(raw):
            return "utf-8"
        raise UnknownEncoding("import.encoding-unknown", readings="".join(readings(raw)))
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise UnknownEncoding("import.not-in-encoding", encoding=encoding, line=str(line)) from None
    return encoding


def marked_or_named(raw: bytes, named: str | None) -> str | None:
    """The encoding that the first bytes or somebody said. Raises UnknownEncoding where they differ."""
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if raw.startswith(mark)), None)
    if named is None:
        return marked
    known = known_encoding(named)
    if marked is None:
        return known
    if not marked.startswith(known.removesuffix("-le").removesuffix("-be").removesuffix("-sig")):
        raise UnknownEncoding("import.encoding-marked", marked=marked.removesuffix("-sig"), named=named)
    return marked


def known_encoding(name: str) -> str:
    """An encoding by Python's name for it. Raises UnknownEncoding for what is none of text files."""
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except (LookupError, ValueError):
        raise UnknownEncoding("import.encoding-unheard", named=name) from None
    if found.name in NO_TEXT_FILES:
        raise UnknownEncoding("import.encoding-unheard", named=name)
    return found.name


def is_written_in(raw: bytes, encoding: str) -> bool:
    """Whether every byte is valid in an encoding."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def proves_itself(raw: bytes) -> bool:
    """Whether valid UTF-8 can hardly be anything else.

    A few characters of two bytes can: those of 台 in GBK are valid UTF-8 too. Three bytes prove it, and so do letters
    that stand within Latin words, or several in a row.
    """
    text = raw.decode("utf-8")
    if any(character > "\u07ff" for character in text):
        return True
    alone = (run for run in re.finditer(r"(?<![A-Za-z])[\x80-\u07ff]+(?![A-Za-z])", text) if len(run[0]) < SHORT_RUN)
    return next(alone, None) is None or not any(is_written_in(raw, other) for other in ("gb18030", "cp950", "cp949"))


def readings(raw: bytes) -> Iterator[str]:
    """Each encoding that the file could be in, with a few of its cells, a line each."""
    for encoding in WITH_BLANKS if b"\0" in raw else (*CANDIDATES, "utf-8"):
        if is_written_in(raw, encoding):
            yield f"\n  {encoding}: {' | '.join(samples(raw.decode(encoding)))}"


def samples(text: str) -> list[str]:
    """The first few cells with other letters than English ones; the first cells where there are none."""
    cells = list(dict.fromkeys(cell for found in re.split(r'[,;\t|"\r\n]+', text) if (cell := found.strip())))
    foreign = [cell for cell in cells if not cell.isascii()]
    return [cell[:LONGEST_SAMPLE] for cell in (foreign or cells)[:SAMPLES]]
