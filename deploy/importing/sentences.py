"""What an import says to whoever runs it: a key and its values, put into the words of a language when it is printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.http.language import DEFAULT, known
from shared.web.translations import say


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in no language yet; a sentence may be part of another."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def within(self, language: str) -> str:
        """The sentence in a language."""
        said = {
            name: each.within(language) if isinstance(each, Sentence) else each for name, each in self.values.items()
        }
        return say(language, self.key, **said)


class Saying(Exception):
    """Something that cannot be done; ``sentence`` says why."""

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key, values)
        self.sentence = Sentence(key, values)

    def __str__(self) -> str:
        return self.sentence.within(DEFAULT)


def language_of(locale: str) -> str:
    """The language for a locale as a terminal names it, ``zh_TW.UTF-8``."""
    return known(locale.partition(".")[0].replace("_", "-").lower()) or DEFAULT
