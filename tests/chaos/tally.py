"""What is planned for a run, and what it has come to."""

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.faults.fault import Fault
from tests.chaos.violations import Violation
from tests.chaos.work import Load


@dataclass(frozen=True)
class Plan:
    """What a run does: into the ``load`` of each round it strikes ``strikes`` times with one of the ``faults``.

    With ``each`` it strikes with each of them once. ``alone`` says that nobody else works with the house. ``first`` is
    the number of the first round, where a run goes on with another house. The house has ``patience`` seconds to come to
    rest. After the rounds comes a ``surge`` of so many seconds.
    """

    seed: int
    rounds: int
    faults: tuple[Fault, ...]
    load: Load = field(default_factory=Load)
    strikes: int = 3
    each: bool = False
    alone: bool = True
    first: int = 0
    patience: float = 120.0
    surge: float = 0.0


@dataclass
class Tally:
    """What a run has come to. ``parts`` is how many seconds each part of the rounds took."""

    seed: int
    rounds: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    places: dict[str, set[str]] = field(default_factory=dict)
    accepted: int = 0
    repeated: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    events: int = 0
    violations: list[Violation] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def struck(self, fault: Fault) -> None:
        """Count a fault."""
        self.faults[fault.name] += 1
        self.kinds[fault.kind] += 1
        self.places.setdefault(fault.kind, set()).add(fault.name)

    @property
    def seconds(self) -> float:
        """How long the rounds took."""
        return sum(self.parts.values())

    def took(self, part: str, seconds: float) -> None:
        """Add to the time of a part."""
        self.parts[part] = self.parts.get(part, 0.0) + seconds

    def add(self, other: "Tally") -> None:
        """Take in what came of a run that went on with this one's work."""
        self.rounds += other.rounds
        for mine, others in ((self.faults, other.faults), (self.kinds, other.kinds), (self.troubles, other.troubles)):
            mine.update(others)
        for kind, names in other.places.items():
            self.places.setdefault(kind, set()).update(names)
        for part, seconds in other.parts.items():
            self.took(part, seconds)
        self.accepted += other.accepted
        self.repeated += other.repeated
        self.events += other.events
        self.violations += other.violations
        self.notes += other.notes
