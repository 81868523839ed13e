"""What a fault is: something that breaks one thing in a running house and leaves it so that it can heal by itself."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos.house import House
from tests.chaos.people import People


@dataclass(frozen=True)
class Scene:
    """Where a fault strikes: the house, the people in it, and a ``name`` that no other strike has."""

    house: House
    people: People
    chance: Random
    name: str


Break = Callable[[Scene], Awaitable[bool]]
"""Breaks something; whether it could."""


@dataclass(frozen=True)
class Fault:
    """``kind`` is what it is counted as, ``mortal`` names who dies of it, ``lasting`` says that others may join in."""

    kind: str
    name: str
    strike: Break
    mortal: str = ""
    lasting: bool = False


def drawn(faults: Sequence[Fault], weights: dict[str, float], house: House, chance: Random) -> Fault | None:
    """One of the faults that the house would survive now, its kind first; None when there is none."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        if not fault.mortal or house.may_die(fault.mortal):
            kinds.setdefault(fault.kind, []).append(fault)
    if not kinds:
        return None
    (kind,) = chance.choices(list(kinds), [weights.get(kind, 1.0) for kind in kinds])
    return chance.choice(kinds[kind])
