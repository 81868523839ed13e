"""What the linter has to say: a finding with its line, and how findings are gathered."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.procedures.language.lines import Place

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "unknown": "something is named that the pack or the contracts do not have",
        "unused": "something is declared that nothing asks for",
        "twice": "two entries have the same name",
        "fact-never-said": "a declared fact that no event bears",
        "fact-off-list": "an owner is named by a fact that may hold something else than a department",
        "no-such-value": "a condition or a table asks for a value that the fact never has",
        "no-such-field": "an event lacks the field that should name the owner",
        "owner-not-named": "several departments have a stage, and the event that ends it does not say whose",
        "authority-gap": "amounts for which nobody may sign",
        "authority-overlap": "amounts for which two levels are named",
        "authority-descends": "a higher amount needs a lower level",
        "no-disposition": "whether a complaint is established was decided, and there is no disposition for it",
        "no-money": "a formula has a part that is no sum of money and no price of a quantity",
        "no-owner": "a stage begins and the facts give nobody who has it",
        "no-level": "a stage begins and the facts give no level that must act",
        "no-limit": "a stage begins and the facts give no limit although it has one",
        "no-part": "a stage begins and the facts give it no part of the limit that it shares",
        "part-for-nobody": "a part of a shared limit for a stage that does not share it, or that no case comes to",
        "parts-out-of-order": "a stage follows one whose part of the limit is written after its own",
        "begins-twice": "two beginnings of one stage hold at once",
        "unreachable-stage": "a stage that no case comes to",
        "too-many-courses": "stages run side by side without waiting for each other, in more ways than can be proved",
        "dead-end": "a case that is not closed and that nobody has",
        "never-closed": "a case that goes round and never closes",
        "open-at-closing": "a case closes while something that must be done is open",
        "too-early": "a stage after closing begins before the case is closed",
        "limits-exceed-overall": "the steps may take longer than the whole case",
        "known-but-gone": "the pack knows of a finding that is not found",
    }
)
"""Every kind of finding, in words."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding before its line is looked up: its kind, where it stands in the pack, and what is wrong."""

    code: str
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a pack, and its line. ``reading`` is set where the pack knows of it and says what holds."""

    line: int
    code: str
    message: str
    reading: str = ""
