"""Which kinds of files a house accepts, and why one is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from shared.files.content import contents_of
from shared.files.kinds import BY_ENDING, KINDS, UNKNOWN, USUAL, FileKind, Group

DEFAULT = "default"
RUNS = ("program", "page")


class FileRefused(Exception):
    """A file that is not taken in. ``reason`` is a word for why, ``values`` what its words are filled with."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason, values)
        self.reason = reason
        self.values: Mapping[str, Any] = values


class UnknownKind(Exception):
    """A word of the setting that is neither a group of files nor an ending."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The kinds of files that are accepted."""

    kinds: tuple[FileKind, ...] = field(default_factory=lambda: tuple(each for each in KINDS if each.group in USUAL))

    @classmethod
    def of(cls, words: Iterable[str]) -> "Acceptance":
        """From groups (``picture``), endings (``.dwg``) and ``default``. Raises UnknownKind.

        An ending that the table does not know is accepted with any content but programs and pages.
        """
        found: dict[FileKind, None] = {}
        for word in words:
            found |= dict.fromkeys(kinds_of(word.lower().removeprefix(".")))
        return cls(tuple(found))

    @property
    def endings(self) -> tuple[str, ...]:
        """Every accepted ending."""
        return tuple(ending for each in self.kinds for ending in each.endings)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of which something is accepted."""
        return tuple(dict.fromkeys(each.group for each in self.kinds))

    def kind(self, name: str, file: BinaryIO) -> FileKind:
        """The kind of a file by its content and the ending of its name.

        Raises FileRefused: ``file-type`` for what is not accepted, ``file-ending`` where the name has another ending
        than the content, ``file-content`` where the content is nothing that has this ending.
        """
        ending, contents = ending_of(name), contents_of(file)
        found = first(contents)
        if found is not None and found.group in RUNS and not self.accepts(found, ending):
            raise self.refused("file-type", name, found.ending)
        named = next((each for each in self.kinds if ending in each.endings), None)
        if named is None:
            raise self.unnamed(name, ending, found)
        if not named.content or named.content in contents:
            return named
        if found is None:
            raise self.refused("file-content", name, ending)
        raise self.refused("file-ending", name, found.ending)

    def accepts(self, kind: FileKind, ending: str) -> bool:
        """Whether a program or a page is accepted, under this ending."""
        return any(each.content == kind.content and ending in each.endings for each in self.kinds)

    def unnamed(self, name: str, ending: str, found: FileKind | None) -> FileRefused:
        """Why a file without an accepted ending is refused: for that alone, where its content is accepted."""
        plain = found is None or found.content == "text"
        if found in self.kinds and ending not in BY_ENDING and not (plain and ending):
            assert found is not None
            return self.refused("file-ending" if ending else "file-nameless", name, found.ending)
        return self.refused("file-type" if ending else "file-unknown", name, ending)

    def refused(self, reason: str, name: str, kind: str) -> FileRefused:
        """The refusal of a file: ``kind`` is the ending that its words name."""
        return FileRefused(reason, name=name, kind=f".{kind}", accepted=" ".join(self.endings))


def kinds_of(word: str) -> tuple[FileKind, ...]:
    """The kinds that a word of the setting names. Raises UnknownKind."""
    if word == DEFAULT:
        return Acceptance().kinds
    if found := tuple(each for each in KINDS if each.group == word):
        return found
    if word in BY_ENDING:
        return (BY_ENDING[word],)
    if not word.isascii() or not word.isalnum():
        raise UnknownKind(word)
    return (FileKind((word,), "other", UNKNOWN, ""),)


def first(contents: tuple[str, ...]) -> FileKind | None:
    """The kind that a content is of, by the narrowest thing it shows."""
    return next((each for content in contents for each in KINDS if each.content == content), None)


def ending_of(name: str) -> str:
    """What stands behind the last dot of a name, in small letters."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""
