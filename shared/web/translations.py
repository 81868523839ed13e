"""The words of the product in each language, from flat YAML files; no other file holds a word that people read."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.values import Money
from shared.web import formats
from shared.worktime.limit import Limit

FOLDER = Path(__file__).with_name("translations")
FALLBACKS = {"en": ("en",), "zh-CN": ("zh-CN", "en"), "zh-TW": ("zh-TW", "zh-CN", "en")}
NAMED = {
    "act": "act",
    "department": "department",
    "departments": "department",
    "dispositions": "choice.dispositions",
    "expected": "department",
    "field": "field",
    "fields": "field",
    "groups": "files",
    "level": "level",
    "owner": "department",
    "owners": "department",
    "required": "level",
    "sender": "stage",
    "stage": "stage",
    "stages": "stage",
}
"""Values that are codes, by their name, and where their own words are."""
UNFORESEEN = {"problem": "problem.wrong-value", "refused": "refused.otherwise", "status": "status.500"}
"""What is said where a key of these kinds has no words of its own."""


@cache
def translations(language: str) -> Mapping[str, str]:
    """Every key of one language's file. Raises ValueError for a key that does not hold a text."""
    words = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    if wrong := [key for key, text in words.items() if not isinstance(text, str)]:
        raise ValueError(f"{language}.yaml: no text: {wrong}")
    return dict(words)


def known(language: str, key: str) -> str | None:
    """The words for a key in a language, or in the next one that has them."""
    for candidate in FALLBACKS.get(language, ("en",)):
        if (text := translations(candidate).get(key)) is not None:
            return text
    return None


def say(language: str, key: str, /, **values: Any) -> str:
    """The words for a key with values filled in; a key without words is shown as it is, a lacking value as a dash."""
    text = known(language, key)
    if text is None:
        text = known(language, UNFORESEEN.get(key.partition(".")[0], "")) or key
    if "{" not in text:
        return text
    return text.format_map(Placeholders({name: told(language, name, value) for name, value in values.items()}))


class Placeholders(dict[str, str]):
    """Values to fill in; one that is lacking shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def told(language: str, name: str, value: Any) -> str:
    """A value inside a sentence: codes by their names, money, numbers and dates as people write them."""
    match value:
        case list() | tuple():
            comma = ", " if language == "en" else "、"
            return comma.join(told(language, name, part) for part in value)
        case Money():
            return formats.money(value, language)
        case bool():
            return say(language, "yes" if value else "no")
        case Limit():
            return say(language, f"limit.{value.unit}", time=formats.span(value, language))
        case int() | Decimal() | float():
            return formats.number(value, language)
        case datetime():
            return formats.moment(value, language)
        case date():
            return formats.day(value, language)
        case str() if name in NAMED:
            return known(language, f"{NAMED[name]}.{value}") or value
    return str(value)
