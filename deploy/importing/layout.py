"""What a sheet is: how it is written, its headings and its rows, wherever they come from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from deploy.importing.cells import Cell
from deploy.importing.sentences import Sentence

DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}


class UnreadableSheet(Exception):
    """The file cannot be read as the sheet it is said to be; ``sentence`` says why, ``line`` where, if at one place."""

    def __init__(self, path: Path, sentence: Sentence, line: int = 0) -> None:
        super().__init__(path, sentence, line)
        self.path, self.sentence, self.line = path, sentence, line

    @classmethod
    def saying(cls, path: Path, key: str, line: int = 0, /, **values: Any) -> Self:
        """One that says these words."""
        return cls(path, Sentence(key, values), line)

    def within(self, language: str) -> str:
        """The file, the line and the words in a language."""
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.sentence.within(language)}"

    def __str__(self) -> str:
        return self.within("en")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is written: what its extension and its bytes do not tell."""

    headings: bool = True
    delimiter: Literal["comma", "tab", "semicolon", "pipe"] | None = None
    quotes: bool = True
    encoding: str | None = None
    tab: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: the line it begins on (from 1; in a workbook the row's number) and its cells."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """A sheet on disk. ``headings`` is empty where the layout has none; ``tab`` is the worksheet of a workbook.

    ``begins`` is the line below the headings; ``title`` what stands above them. ``read`` reads the rows anew.
    """

    path: Path
    headings: tuple[str, ...]
    read: Callable[[], Iterator[SheetRow]]
    tab: str = ""
    begins: int = 1
    title: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The file, and the worksheet where it has several."""
        return f"{self.path} [{self.tab}]" if self.tab else str(self.path)

    def rows(self) -> Iterator[SheetRow]:
        """Every row below the headings that is not blank. Raises UnreadableSheet."""
        return (row for row in self.read() if row.line >= self.begins)
