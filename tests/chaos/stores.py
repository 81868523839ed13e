"""What lies in the five stores, read with SQL and without the product's own reader."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from shared.contracts.event import SERVICES


class Label(msgspec.Struct, frozen=True):
    """The attributes of a CloudEvents object that the checks look at; ``data`` as it is written."""

    id: UUID
    source: str
    type: str
    subject: UUID
    time: str
    site: str
    streamversion: int
    hlc: str
    data: msgspec.Raw
    causationid: UUID | None = None


_labels = msgspec.json.Decoder(Label)


@dataclass(frozen=True)
class Stored:
    """A row of ``stored_events``."""

    position: int
    stream: UUID
    version: int
    topic: str
    state: bytes

    @cached_property
    def label(self) -> Label:
        """The event's attributes."""
        return _labels.decode(self.state)

    @property
    def data(self) -> dict[str, Any]:
        """The event's own fields."""
        fields: dict[str, Any] = msgspec.json.decode(self.label.data)
        return fields


@dataclass(frozen=True)
class Remembered:
    """A row of ``commands``: the events that a command made stand after version ``before``, up to ``after``."""

    id: UUID
    subject: UUID
    before: int
    after: int


@dataclass(frozen=True)
class Aside:
    """A row of ``dead_letters``: what was heard of ``subject`` and could not be taken, and what became of it."""

    subject: UUID
    value: bytes
    state: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Store:
    """Everything in the store of one service. ``trackings`` are positions by name, ``letters`` dead letters."""

    service: str
    events: list[Stored]
    commands: dict[UUID, Remembered]
    trackings: dict[str, int]
    letters: list[Aside]
    projections: dict[str, int]
    streams: dict[UUID, list[Stored]] = field(init=False)

    def __post_init__(self) -> None:
        streams: dict[UUID, list[Stored]] = defaultdict(list)
        for event in self.events:
            streams[event.stream].append(event)
        object.__setattr__(self, "streams", dict(streams))

    @property
    def head(self) -> int:
        """The last position of the log."""
        return self.events[-1].position if self.events else 0

    @property
    def said(self) -> list[Stored]:
        """What the service itself said, without copies of what it heard and without drawn numbers."""
        return [event for event in self.events if event.topic.startswith(f"{self.service}.")]

    def of(self, topic: str) -> list[Stored]:
        """The events of one type."""
        return [event for event in self.events if event.topic == topic]


Stores = dict[str, Store]

EVENTS = "SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events ORDER BY 1"
COMMANDS = "SELECT id, subject, version_before, version_after FROM commands"
TRACKINGS = "SELECT application_name, notification_id FROM notification_tracking"
LETTERS = "SELECT subject, value, state, reason, detail FROM dead_letters"
PROJECTIONS = "SELECT name, position FROM projections"


def connect(database_url: str, service: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection to the database of a service."""
    return psycopg.connect(f"{database_url}/redress_{service}", autocommit=True, connect_timeout=5)


def read_store(database_url: str, service: str) -> Store:
    """The whole store of a service at one moment."""
    with connect(database_url, service) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        events = [Stored(*row) for row in connection.cursor(binary=True).execute(EVENTS)]
        commands = {row[0]: Remembered(*row) for row in connection.execute(COMMANDS)}
        trackings = dict(connection.execute(TRACKINGS).fetchall())
        letters = connection.execute(LETTERS).fetchall()
        has_projections = connection.execute("SELECT to_regclass('projections')").fetchone() != (None,)
        projections = dict(connection.execute(PROJECTIONS).fetchall()) if has_projections else {}
    return Store(service, events, commands, trackings, [Aside(*row) for row in letters], projections)


def read_stores(database_url: str) -> Stores:
    """All five stores, one after another: the house should be at rest."""
    return {service: read_store(database_url, service) for service in SERVICES}
