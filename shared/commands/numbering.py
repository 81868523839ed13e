"""Gapless numbers (P1.8): a command that draws of a series is decided here, so that nobody else knows of series."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from shared.commands.department import Decide, Folder, Rules
from shared.commands.requests import CommandRequest
from shared.contracts.commands import draw_of
from shared.contracts.event import Event
from shared.eventstore.chain import digest
from shared.eventstore.number_series import NumberDrawn, series_stream
from shared.eventstore.recorder import Predecessor
from shared.eventstore.store import Store

ReadTip = Callable[[UUID], Predecessor]
"""Where the series of a stream stands: its version is the serial drawn last."""


class NotAtHand(Exception):
    """Where a series stands is not known without asking the store."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a department said to a command, and the ``numbers`` that it drew of a series, which stood at ``tip``."""

    events: tuple[Event, ...]
    numbers: tuple[NumberDrawn, ...] = ()
    tip: Predecessor | None = None


class Numbering:
    """Draws numbers at one moment. What is drawn later follows what was drawn before; the rest is read."""

    def __init__(self, now: datetime, read: ReadTip) -> None:
        self.now = now
        self._read = read
        self._keys: dict[tuple[str, str, int, str], tuple[str, UUID]] = {}
        self.tips: dict[UUID, Predecessor] = {}

    def decide(self, decide: Decide, folder: Folder, request: CommandRequest, rules: Rules) -> Decision:
        """Have a command decided, with the number that it draws first. Raises what ``decide`` and reading raise."""
        draw = draw_of(request.command, folder)
        if draw is None:
            return Decision(tuple(decide(folder, request.command, rules, self.now)))
        key, stream = self._series(draw.series, rules)
        tip = self.tips.get(stream) or self._read(stream)
        first = tip.version + 1
        events = tuple(decide(folder, replace(request.command, serial=first), rules, self.now))
        drawn = sum(isinstance(event, draw.event) for event in events)
        numbers = tuple(NumberDrawn(series=key, serial=first + more, case=request.case) for more in range(drawn))
        return Decision(events, numbers, tip)

    def drawn(self, stream: UUID, last: StoredEvent) -> None:
        """Take note of the last number that was gathered of a series."""
        self.tips[stream] = Predecessor(stream, last.originator_version, digest(last.state))

    def _series(self, name: str, rules: Rules) -> tuple[str, UUID]:
        asked = (rules.site, rules.pack.id, rules.pack.version, name)
        if asked not in self._keys:
            key = rules.series(name, self.now)
            self._keys[asked] = (key, series_stream(key))
        return self._keys[asked]


def at_hand(tips: Mapping[UUID, Predecessor]) -> ReadTip:
    """Where series stood when something was last drawn of them; raises NotAtHand for others."""

    def read(stream: UUID) -> Predecessor:
        if stream not in tips:
            raise NotAtHand(stream)
        return tips[stream]

    return read


def in_store(store: Store) -> ReadTip:
    """Where series stand in the store; raises one of AWAY."""

    def read(stream: UUID) -> Predecessor:
        row = store.tips([stream]).get(stream)
        return Predecessor(stream, 0, "") if row is None else Predecessor(stream, row.version, digest(row.state))

    return read
