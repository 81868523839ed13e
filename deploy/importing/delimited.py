"""Reads delimited text (CSV, TSV) row by row, each with the line on which it begins."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from deploy.importing.cells import plain
from deploy.importing.encodings import encoding_of
from deploy.importing.layout import DELIMITERS, Layout, SheetRow, UnreadableSheet
from deploy.importing.sentences import Saying

LONGEST_FIELD = 1 << 20
SEPARATOR_LINE = "sep="
"""By which a first line tells spreadsheets the delimiter."""


def read_text(path: Path, layout: Layout) -> Iterator[SheetRow]:
    """The rows of delimited text. Raises UnreadableSheet."""
    try:
        encoding = encoding_of(path, layout.encoding)
    except Saying as unknown:
        raise UnreadableSheet(path, unknown.sentence) from unknown
    csv.field_size_limit(LONGEST_FIELD)
    with open(path, encoding=encoding, newline="") as text:
        delimiter, begun = delimiter_of(path, text, layout)
        reader = csv.reader(
            text,
            delimiter=delimiter,
            quoting=csv.QUOTE_MINIMAL if layout.quotes else csv.QUOTE_NONE,
            strict=layout.quotes,
        )
        yield from numbered(path, reader, begun)


def delimiter_of(path: Path, text: TextIOWrapper, layout: Layout) -> tuple[str, int]:
    """The delimiter, and how many lines were read: one, where the first line names it."""
    tabbed = path.suffix.lower() in (".tsv", ".tab")
    named = DELIMITERS[layout.delimiter] if layout.delimiter else None
    start = text.read(len(SEPARATOR_LINE))
    if start.lower() == SEPARATOR_LINE:
        told = text.readline().rstrip("\r\n").strip('"') or "\t"
        if named not in (None, told) or len(told) != 1:
            raise UnreadableSheet.saying(path, "import.separator-differs", told=told, named=named or "")
        return told, 1
    text.seek(0)
    return named or ("\t" if tabbed else ","), 0


def numbered(path: Path, reader: Any, begun: int) -> Iterator[SheetRow]:
    """The rows of a csv reader with the line that each begins on."""
    while True:
        line = begun + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise UnreadableSheet.saying(path, "import.broken-text", line, error=str(fault)) from fault
        yield SheetRow(line, tuple(plain(cell) for cell in cells))
