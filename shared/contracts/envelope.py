"""What stands around every event: CloudEvents 1.0 attributes and what an auditor asks for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.values import Actor


@dataclass(frozen=True, slots=True)
class Envelope:
    """The circumstances of one event in a department's folder of a case.

    ``id``, ``source`` (the service), ``type`` (wire name), ``subject`` (case id) and ``time`` are those of
    CloudEvents 1.0. ``version`` is the event's number in its stream, from 1. ``hlc`` is a hybrid logical
    clock as text: sorting by it gives the causal order across services. ``previous`` is the SHA-256 of the
    stream's previous event as stored, in hex, empty for the first.
    """

    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    version: int
    schema: int
    site: str
    actor: Actor
    correlation: UUID
    causation: UUID | None
    pack: str
    pack_version: int
    hlc: str
    previous: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its envelope and, where known, its position in the owner's log."""

    event: Event
    envelope: Envelope
    position: int = 0
