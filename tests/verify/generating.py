"""Fills stores in bulk: chains that are right, written with COPY instead of through the gate."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from uuid import UUID, uuid5

import psycopg

from shared.audit.evidence import LogEntry
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode
from shared.eventstore.store import Store
from shared.postgres.databases import Database
from tests.support.building import envelope_of
from tests.support.office import Noted

CASES = UUID("6f9b2c1e-8d0a-5c39-9d51-0b8e7d6f2a99")
NARRATIVE = "The coating comes off at the edges of some pieces; the customer sorted them and asks for others. " * 3


def case_of(number: int) -> UUID:
    """The case of a number."""
    return uuid5(CASES, str(number))


def chain(
    stream: UUID, length: int, service: str = "testing", positions: Iterable[int] | None = None
) -> list[LogEntry]:
    """The events of one stream, each naming the one before it; the same whenever they are asked for."""
    entries: list[LogEntry] = []
    envelope = replace(envelope_of(Noted(""), stream), source=service, correlation=stream)
    for version, position in zip(range(1, length + 1), positions or count(1), strict=False):
        previous = digest(entries[-1].state) if entries else ""
        state = encode(
            Noted(f"{version} {NARRATIVE}"),
            replace(envelope, id=uuid5(stream, str(version)), version=version, previous=previous),
        )
        entries.append(LogEntry(position, str(stream), version, "testing.noted", state))
    return entries


def store_of(cases: int, length: int, service: str = "testing") -> Iterator[LogEntry]:
    """A log in which ten cases at a time go on by turns."""
    position = count(1)
    for first in range(0, cases, 10):
        chains = [chain(case_of(number), length, service) for number in range(first, min(first + 10, cases))]
        for turn in zip(*chains, strict=True):
            for entry in turn:
                yield entry._replace(position=next(position))


def fill(database: Database, entries: Iterable[LogEntry]) -> None:
    """Make the store, and copy events and the commands that led to them."""
    store = Store(database)
    store.prepare()
    store.close()
    with psycopg.connect(database.url) as connection, connection.cursor() as cursor:
        reached: dict[str, int] = {}
        with cursor.copy(
            "COPY stored_events (notification_id, originator_id, originator_version, topic, state) FROM STDIN"
        ) as copy:
            for entry in entries:
                copy.write_row(entry)
                reached[entry.stream] = entry.version
        with cursor.copy("COPY commands (id, digest, subject, version_before, version_after) FROM STDIN") as copy:
            for stream, version in reached.items():
                copy.write_row((uuid5(UUID(stream), "command"), b"", stream, 0, version))
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'), "
            "(SELECT coalesce(max(notification_id), 1) FROM stored_events))"
        )
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE stored_events, commands")
