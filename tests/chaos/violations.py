"""What a check finds wrong, and the checks' common shape."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.chaos.ledger import Ledger
from tests.chaos.stores import Stores
from tests.chaos.topics import Sent

MOST_TOLD = 20


@dataclass(frozen=True)
class Violation:
    """A promise that does not hold: which one, and where it is seen."""

    promise: str
    seen: str


@dataclass(frozen=True)
class Evidence:
    """Everything that was read of a house at rest.

    ``topics`` are the messages by service; ``history`` analytics' bodies by (case, service, version); ``listed`` the
    cases in intake's list and in the register, by the path they are read at. ``now`` is the time that the house had
    before it came to rest. ``alone`` says that nobody but the harness worked with it, ``wiped`` that Kafka lost it all.
    """

    ledger: Ledger
    stores: Stores
    topics: dict[str, list[Sent]]
    history: dict[tuple[str, str, int], bytes]
    now: datetime
    listed: dict[str, list[str]] = field(default_factory=dict)
    alone: bool = True
    wiped: bool = False


def found(promise: str, seen: Iterable[Any]) -> list[Violation]:
    """Each thing that was seen as a violation of one promise."""
    return [Violation(promise, str(one)) for one in seen]


def told(violations: Iterable[Violation]) -> str:
    """The violations as text, not too many."""
    lines = [f"{one.promise}: {one.seen}" for one in violations]
    more = [f"… and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
    return "\n".join([*lines[:MOST_TOLD], *more])
