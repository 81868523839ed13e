"""A case as its regulation sees it: rounds of stages in the hands of holders, and what was filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from shared.regulation.language.expressions import Values
from shared.regulation.language.fields import LATE

Filled = Mapping[str, Any]
Status = Literal["open", "awaiting", "done", "skipped"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a round of a stage: a unit, somebody of a level or more in it, or one person."""

    unit: str = ""
    level: str = ""
    person: str = ""

    def __str__(self) -> str:
        return self.person or " ".join(filter(None, [self.level, self.unit])) or "anybody"


NOBODY = Holder()
DUE = "due"
"""The rung at which a limit is used up."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when, of which of the stage's clocks, since when, by how much (in the pack's words)."""

    clock: int
    began: datetime
    at: datetime
    limit: str
    window: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a stage in somebody's hands. ``dues`` hold no clock that stands still.

    ``number`` counts the holder's rounds, ``lap`` how often the stage was begun. One that ``keeps`` goes on
    with the clocks of the holder's round before; the time between does not count.
    """

    stage: str
    holder: Holder
    number: int
    opened: datetime
    dues: tuple[Due, ...] = ()
    closed: datetime | None = None
    outcome: str = ""
    by: str = ""
    filled: Filled = field(default_factory=dict)
    keeps: bool = False
    lap: int = 1

    @property
    def key(self) -> tuple[str, Holder, int]:
        """Which round of which holder."""
        return self.stage, self.holder, self.number


@dataclass(frozen=True, slots=True)
class Extended:
    """A clock that was put off: by which span, or to which moment."""

    round: tuple[str, Holder, int]
    clock: int
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class CaseRecord:
    """A case. ``settled`` says of each stage that was come to how it is; one that it lacks is still to come.

    ``awaiting``: done, but for a related case. ``each`` names the stages that each of several units does.
    """

    kind: str
    opened: datetime
    rounds: tuple[Round, ...] = ()
    settled: Mapping[str, Status] = field(default_factory=dict)
    each: frozenset[str] = frozenset()
    extensions: tuple[Extended, ...] = ()
    told: frozenset[tuple[tuple[str, Holder, int], int, str]] = frozenset()
    ended: datetime | None = None

    @cached_property
    def open(self) -> tuple[Round, ...]:
        """The rounds that somebody has."""
        return tuple(each for each in self.rounds if each.closed is None)

    @cached_property
    def values(self) -> Values:
        """What is known: the last value of each field; where each of several units gives one, all of theirs."""
        known: dict[str, Any] = {}
        shared: dict[str, dict[Holder, Any]] = {}
        for each in sorted((one for one in self.rounds if one.closed), key=lambda one: one.closed or one.opened):
            if each.stage in self.each:
                for name, value in each.filled.items():
                    shared.setdefault(name, {})[each.holder] = value
            else:
                known.update(each.filled)
        late = dict.fromkeys(holder.unit for (_, holder, _), _, at in sorted(self.told, key=str) if at == DUE)
        return {LATE: tuple(late), **known, **{name: tuple(values.values()) for name, values in shared.items()}}

    def of(self, stage: str) -> Iterator[Round]:
        """All rounds of a stage, in their order."""
        return (each for each in self.rounds if each.stage == stage)

    def is_open(self, stage: str) -> bool:
        """Whether somebody has it."""
        return any(each.stage == stage for each in self.open)

    def latest(self, stage: str) -> tuple[Round, ...]:
        """The rounds of whoever had it last: one for each, where several did it together."""
        lap = max((each.lap for each in self.of(stage)), default=0)
        return tuple(each for each in self.of(stage) if each.lap == lap)

    def done_at(self, stage: str) -> datetime | None:
        """When a stage was last done; None while it is not."""
        moments = [each.closed for each in self.latest(stage) if each.closed]
        return max(moments) if moments and self.settled.get(stage) == "done" else None

    def outcome(self, stage: str) -> str:
        """What was chosen at its end: by all of them, or nothing."""
        told = {each.outcome for each in self.latest(stage)} if self.settled.get(stage) == "done" else set()
        return told.pop() if len(told) == 1 else ""

    def changed(self, new: Round) -> "CaseRecord":
        """The case with a round as it is now, or with a new one."""
        if any(each.key == new.key for each in self.rounds):
            return replace(self, rounds=tuple(new if each.key == new.key else each for each in self.rounds))
        return replace(self, rounds=(*self.rounds, new))
