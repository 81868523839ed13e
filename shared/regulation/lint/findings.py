"""What the linter has to say: a finding with its place in the file, in words that a quality manager understands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from shared.regulation.language.document import Path

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "unknown": "something is named that the pack does not have",
        "unused": "something is declared that nothing asks for",
        "no-such-value": "a guard or a table asks for a value that the field never has",
        "no-guard": "a guard that is never true or false, or compares what cannot be compared",
        "one-of-several": "several units fill a field in, and a guard does not say whether any or all of them is meant",
        "text-missing": "a text lacks one of the pack's languages",
        "no-rung": "a rung of a ladder stands at no time",
        "table-gap": "values for which a table gives nothing",
        "table-overlap": "values for which a table gives two answers",
        "nobody": "a stage begins and nobody has it",
        "no-limit": "a stage begins and its clock has no limit",
        "no-beginning": "a clock counts from a moment that has not come when its stage begins",
        "unreachable": "a stage that no case comes to",
        "dead-end": "a case that is not ended and that nobody has",
        "never-ends": "a case that goes round and never ends",
        "open-at-the-end": "a case ends while somebody still has work in it",
        "too-many-courses": "more courses than can be proved",
        "no-entry": "a kind of case with which nothing begins",
        "known-but-gone": "the pack knows of a finding that is not found",
        "waits": "the regulation asks it, and it is not carried out yet",
    }
)
"""Every kind of finding, in words."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A finding before its place is looked up."""

    code: str
    path: Path
    message: str


@dataclass(frozen=True, slots=True, order=True)
class PackFinding:
    """Something wrong with a pack, or, with a ``reading``, something that its regulation is the cause of."""

    line: int
    column: int
    code: str
    message: str
    reading: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether it must be mended."""
        return not self.reading and self.code != "waits"

    def __str__(self) -> str:
        known = f" [reading: {self.reading}]" if self.reading else ""
        return f"{self.line}:{self.column}: {self.code}: {self.message}{known}"


def unknown(kind: str, name: str, known: Iterable[str], path: Path) -> Observation:
    """A name that is not there, with the nearest one that is."""
    near = get_close_matches(name, list(known), 1, 0.6)
    return Observation(
        "unknown", path, f"there is no {kind} {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    )
