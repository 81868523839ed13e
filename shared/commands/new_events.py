"""New events as they are recorded: with what stands around them, as bytes, each on the one before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from shared.commands.department import Rules
from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode, schema_of
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.recorder import Predecessor


@dataclass(frozen=True, slots=True)
class EventFactory:
    """Makes the events that follow from one command: what stands around them is the same but for their place."""

    service: str
    stamps: HybridClock
    now: datetime
    request: CommandRequest
    rules: Rules

    def make(self, events: Iterable[Event], place: Predecessor) -> Iterator[tuple[Envelope, StoredEvent]]:
        """Events one after another in a stream, the first of them after ``place``. Raises TooLarge."""
        version, previous = place.version, place.digest
        for event in events:
            version += 1
            envelope = self.envelope(event, place.stream, version, previous)
            state = encode(event, envelope)
            previous = digest(state)
            yield envelope, StoredEvent(place.stream, version, envelope.type, state)

    def envelope(self, event: Event, stream: UUID, version: int, previous: str) -> Envelope:
        """What stands around an event."""
        name, schema = schema_of(event)
        return Envelope(
            id=uuid4(),
            source=self.service,
            type=name,
            subject=stream,
            time=self.now,
            version=version,
            schema=schema,
            site=self.rules.site,
            actor=self.request.actor,
            correlation=self.request.correlation or self.request.id,
            causation=self.request.causation,
            pack=self.rules.pack.id,
            pack_version=self.rules.pack.version,
            hlc=self.stamps.tick(),
            previous=previous,
        )
