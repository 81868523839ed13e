"""Texts of a pack in the languages of its site, written in one line: ``投诉管理部门 | Complaint management``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

LANGUAGES = ("zh-CN", "zh-TW", "en")
"""The languages that a pack may be written in."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is written, with its parts in the order of the pack's languages."""

    written: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts, one a language."""
        return tuple(part.strip() for part in self.written.split("|"))

    def within(self, language: str, languages: Sequence[str]) -> str:
        """The text in a language; in the pack's first one where it lacks that."""
        texts: Mapping[str, str] = MappingProxyType(dict(zip(languages, self.parts, strict=False)))
        return texts.get(language) or self.parts[0]

    def lacking(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The languages in which nothing is written."""
        parts = self.parts
        return tuple(each for place, each in enumerate(languages) if place >= len(parts) or not parts[place])

    def __str__(self) -> str:
        return self.written


def spoken(code: str) -> str:
    """A code as words, for what has no text of its own: ``stopped-at`` as ``stopped at``."""
    return code.replace("-", " ").replace("_", " ")
