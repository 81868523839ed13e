"""Writes a batch of events into the tables, in one transaction of the caller's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.analytics.readmodel.rows import KEYS, LASTING, Patch, merged
from services.analytics.readmodel.tables import TYPES
from shared.contracts.event import Event
from shared.eventstore.codec import EventSummary, UnreadableEvent, skim
from shared.postgres.pool import Connection

Key = tuple[UUID, str, int]


class LoggedEvent(NamedTuple):
    """An event with what is around it, its position in its service's log, and its bytes as they were sent."""

    event: Event
    around: EventSummary
    position: int
    body: bytes

    @property
    def key(self) -> Key:
        """Which event it is: case, service, version in the service's stream of the case."""
        return self.around.subject, self.around.source, self.around.version


def hear(body: bytes, position: int) -> LoggedEvent:
    """The event in these bytes, which stands at this position of its service's log. Raises UnreadableEvent."""
    event, around = skim(body)
    if position < 1:
        raise UnreadableEvent("it tells no position in its service's log")
    return LoggedEvent(event, around, position, body)


HISTORY = ("case_id", "service", "version", "position", "hlc", "site", "at", "type", "actor", "body")
INSERT_HISTORY = f"""
    INSERT INTO history ({", ".join(HISTORY)})
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[], $5::text[], $6::text[],
        $7::timestamptz[], $8::text[], $9::text[], $10::bytea[])
    ON CONFLICT DO NOTHING
    RETURNING case_id, service, version
"""
MANY = 100
"""From so many events on they are copied, which is faster and does not get over a single duplicate."""
UNCOPIED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, ValueError, OverflowError, TypeError)
"""What COPY raises when it does not take an event."""


async def write(connection: Connection, batch: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    """Keep events in the history and write what they say into the other tables; the events that were new.

    An event that the history has is a duplicate and changes nothing, so the same event may come any number of
    times and by any way. The caller holds the transaction.
    """
    distinct = {heard.key: heard for heard in batch}
    new = await add(connection, distinct)
    await write_patches(connection, merged((heard.event, heard.around) for heard in new))
    return new


async def add(connection: Connection, batch: Mapping[Key, LoggedEvent]) -> list[LoggedEvent]:
    """Put those events into the history that it does not have; which these are."""
    rows = [row_of(key, heard) for key, heard in batch.items()]
    if len(rows) >= MANY:
        with suppress(*UNCOPIED):
            async with connection.transaction():
                await connection.copy_records_to_table("history", columns=HISTORY, records=rows)
            return list(batch.values())
    added = {tuple(key) for key in await connection.fetch(INSERT_HISTORY, *map(list, zip(*rows, strict=True)))}
    return [heard for key, heard in batch.items() if key in added]


def row_of(key: Key, heard: LoggedEvent) -> tuple[Any, ...]:
    """An event as the history has it."""
    around = heard.around
    return (
        *key, heard.position, around.hlc, around.site, around.time, around.type, around.actor, heard.body,
    )  # fmt: skip


async def write_patches(connection: Connection, patches: Iterable[Patch]) -> None:
    """Write rows that set the same columns together in one statement, in the order of their keys."""
    alike: dict[tuple[str, tuple[str, ...]], list[Patch]] = defaultdict(list)
    for patch in patches:
        alike[patch.table, tuple(patch.values)].append(patch)
    for (table, names), rows in alike.items():
        ordered = sorted(rows, key=lambda patch: patch.key)
        values = zip(*((*patch.key, *map(flat, patch.values.values())) for patch in ordered), strict=True)
        await connection.execute(upsert(table, names), *map(list, values))


def flat(value: Any) -> Any:
    """A value of a column as one of an array: PostgreSQL would take arrays in it apart, but for their texts."""
    return f"{{{','.join(map(str, value))}}}" if isinstance(value, list) else value


@cache
def upsert(table: str, names: tuple[str, ...]) -> str:
    """The statement that makes rows, or sets these columns of those that are there; each column is one array."""
    keys, types = KEYS[table], TYPES[table]
    listed = ", ".join((*keys, *names))
    given = [(name, "text" if types[name].endswith("[]") else types[name]) for name in (*keys, *names)]
    arrays = ", ".join(f"${place}::{one}[]" for place, (_, one) in enumerate(given, start=1))
    values = ", ".join(f"{name}::{types[name]}" for name, _ in given)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    known = "NOTHING" if table in LASTING else f"UPDATE SET {changes}"
    return f"""
        INSERT INTO {table} ({listed}) SELECT {values} FROM unnest({arrays}) AS given ({listed})
        ON CONFLICT ({", ".join(keys)}) DO {known}
    """
