"""Takes events back from Kafka into a store restored from an older copy: the very bytes, where the chain goes on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from psycopg import Connection

from shared.audit.evidence import StreamHead
from shared.clock import Clock
from shared.contracts.envelope import Recorded
from shared.contracts.event import wire_name
from shared.contracts.values import SYSTEM
from shared.eventstore.chain import digest
from shared.eventstore.codec import decode, encode, schema_of
from shared.eventstore.exclusive_lock import exclusively
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.number_series import NumberDrawn, series_stream
from shared.eventstore.store import EventRow, Store, select
from shared.messaging.message_handler import id_of_heard
from shared.messaging.missing_events import PublishedEvent

PAGE = 1000
"""Events inserted at once."""
_TAKEN_BACK = UUID("4cbb2d06-6c0e-5e5c-9a55-0f1f6a6f4e02")

INSERT = """
    INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id)
    SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bigint[])
"""
INSERT_COMMANDS = """
    INSERT INTO commands (id, digest, subject, version_before, version_after)
    SELECT * FROM unnest(%b::uuid[], %b::bytea[], %b::uuid[], %b::bigint[], %b::bigint[])
    ON CONFLICT DO NOTHING
"""
GO_ON_AFTER = "SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'), %b)"


class SeriesNumber(NamedTuple):
    """The number that an event bears: its place in the series of this key."""

    series: str
    serial: int


NumberOf = Callable[[Recorded], SeriesNumber | None]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What came back into the store, and what did not because something before it in its stream is lost."""

    taken: tuple[PublishedEvent, ...]
    left: tuple[PublishedEvent, ...]


class _Stored(NamedTuple):
    stream: UUID
    version: int
    topic: str
    state: bytes
    position: int


def take_back(store: Store, lacking: Iterable[PublishedEvent], number_of: NumberOf, clock: Clock) -> Recovery:
    """Append what fits on, all or nothing, and draw again every number that was given out.

    Events keep their positions as long as the log has not gone on over them. A number that an event bears which is
    left behind counts as given, so nobody else gets it. To be called while no service works on the store. Raises
    psycopg.Error, Unreadable.
    """
    lacking = list(lacking)
    with exclusively(store) as connection:
        tips = store.tips({one.stream for one in lacking})
        recovery = sort_out(
            lacking, {stream: StreamHead(tip.version, digest(tip.state)) for stream, tip in tips.items()}
        )
        newest = store.last()
        stored = placed(recovery.taken, head := newest.position if newest else 0)
        stored += numbers(lacking, number_of, store, clock, stored[-1].position if stored else head)
        _insert(connection, stored)
        if recovery.taken:
            select(connection, INSERT_COMMANDS, *map(list, zip(*commands(recovery.taken), strict=True)))
    return recovery


def sort_out(lacking: Iterable[PublishedEvent], heads: Mapping[UUID, StreamHead]) -> Recovery:
    """Which events go on from where their streams stand, each naming the one before it. Both in the log's order.

    Where Kafka holds two for one place, the one sent later counts.
    """
    streams: dict[UUID, dict[tuple[int, str], PublishedEvent]] = defaultdict(dict)
    for one in lacking:
        streams[one.stream][one.version, one.previous] = one
    taken: list[PublishedEvent] = []
    left: list[PublishedEvent] = []
    for stream, events in streams.items():
        version, link = heads.get(stream, StreamHead(0, ""))
        while (following := events.pop((version + 1, link), None)) is not None:
            taken.append(following)
            version, link = following.version, following.digest
        left += events.values()
    return Recovery(tuple(sorted(taken, key=_position)), tuple(sorted(left, key=_position)))


def placed(taken: Sequence[PublishedEvent], head: int) -> list[_Stored]:
    """Events as they are stored: at the position they had, or after the log's ``head`` and those before them."""
    stored: list[_Stored] = []
    for one in taken:
        head = max(head + 1, one.position)
        stored.append(_Stored(one.stream, one.version, decode(one.state).envelope.type, one.state, head))
    return stored


def numbers(
    lacking: Iterable[PublishedEvent], number_of: NumberOf, store: Store, clock: Clock, head: int
) -> list[_Stored]:
    """The numbers that these events bear, as drawn, where their series does not know them; after ``head``."""
    given: dict[str, dict[int, Recorded]] = defaultdict(dict)
    for recorded in (decode(one.state) for one in lacking):
        number = number_of(recorded)
        if number is not None:
            given[number.series][number.serial] = recorded
    tips = store.tips(map(series_stream, given))
    drawn: list[_Stored] = []
    for series, bearers in given.items():
        tip = tips.get(series_stream(series), EventRow(0, b"", 0))
        version, previous = tip.version, digest(tip.state) if tip.version else ""
        for serial in range(version + 1, max(bearers) + 1):
            bearer = bearers.get(serial) or bearers[min(known for known in bearers if known > serial)]
            state = _drawn(NumberDrawn(series, serial, bearer.envelope.subject), bearer, previous, clock)
            previous = digest(state)
            head += 1
            drawn.append(_Stored(series_stream(series), serial, wire_name(NumberDrawn), state, head))
    return drawn


def commands(taken: Sequence[PublishedEvent]) -> list[tuple[UUID, bytes, UUID, int, int]]:
    """What led to the events, as commands on record, so that what was heard is not heard a second time.

    The id of a caller's command is not in its event: another stands in its place.
    """
    found = []
    ordered = sorted(taken, key=lambda one: (one.stream, one.version))
    circumstances = ((one, decode(one.state).envelope) for one in ordered)
    for (stream, causation, _), run in groupby(
        circumstances, key=lambda each: (each[0].stream, each[1].causation, each[1].correlation)
    ):
        envelopes = [envelope for _, envelope in run]
        identity = id_of_heard(causation) if causation else uuid5(_TAKEN_BACK, str(envelopes[0].id))
        found.append((identity, b"", stream, envelopes[0].version - 1, envelopes[-1].version))
    return found


def _drawn(event: NumberDrawn, bearer: Recorded, previous: str, clock: Clock) -> bytes:
    stamps = HybridClock(clock, bearer.envelope.source)
    stamps.observe(bearer.envelope.hlc)
    name, schema = schema_of(event)
    envelope = replace(
        bearer.envelope,
        id=uuid4(),
        type=name,
        subject=series_stream(event.series),
        version=event.serial,
        schema=schema,
        actor=SYSTEM,
        causation=bearer.envelope.id,
        hlc=stamps.tick(),
        previous=previous,
    )
    return encode(event, envelope)


def _insert(connection: Connection[Any], stored: Sequence[_Stored]) -> None:
    for first in range(0, len(stored), PAGE):
        select(connection, INSERT, *map(list, zip(*stored[first : first + PAGE], strict=True)))
    if stored:
        select(connection, GO_ON_AFTER, stored[-1].position)


def _position(one: PublishedEvent) -> int:
    return one.position
