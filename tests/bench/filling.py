"""Fills a store and the read models with generated cases, by COPY."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

import asyncpg

from services.analytics.deadlines.timers import DEADLINES
from services.analytics.readmodel.connection import make_tables
from services.analytics.readmodel.rows import KEYS
from shared.eventstore.store import Store
from shared.postgres.databases import Database, ensure_database
from shared.postgres.pool import Pool, open_pool
from tests.bench.generating import COMMAND_COLUMNS, EVENT_COLUMNS, HISTORY_COLUMNS, Rows, cases, rows

CHUNK = 5_000
PATIENT = 600.0
"""Seconds that a COPY may take."""
LAST = "SELECT coalesce(max(notification_id), 0) FROM stored_events"

T = TypeVar("T")


async def prepare(store: Database | None, readmodel: Database) -> None:
    """Make the tables of a store, where one is wanted, and those of the read models."""
    if store is not None:
        made = Store(store)
        await asyncio.to_thread(made.prepare)
        await asyncio.to_thread(made.close)
    await asyncio.to_thread(ensure_database, readmodel)
    async with await open_pool(readmodel) as pool:
        await make_tables(pool)
        async with pool.acquire() as connection:
            await DEADLINES.migrate(connection)


async def load(store: Database | None, readmodel: Database, first: int, count: int) -> None:
    """Add cases, the first of this number, to the read models and to a store where one is wanted."""
    async with await open_pool(readmodel) as pool:
        events = None if store is None else await open_pool(store)
        position = 0 if events is None else await events.fetchval(LAST)
        for some in batched(cases(first, count, datetime.now(UTC), of=count), CHUNK):
            made = rows(some, position)
            position += len(made.events)
            await asyncio.gather(add_read_models(pool, made), *([] if events is None else [add_events(events, made)]))
        for each in (pool, events):
            if each is not None:
                await each.execute("VACUUM ANALYZE", timeout=PATIENT)
                await each.execute("CHECKPOINT", timeout=PATIENT)
        if events is not None:
            await events.close()


async def add_events(pool: Pool, made: Rows) -> None:
    """The store's part."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        await copy(connection, "stored_events", EVENT_COLUMNS, made.events)
        await copy(connection, "commands", COMMAND_COLUMNS, made.commands)


async def add_read_models(pool: Pool, made: Rows) -> None:
    """The read models' part."""
    async with pool.acquire() as connection, connection.transaction():
        await copy(connection, "history", HISTORY_COLUMNS, made.history)
        for (table, names), of_table in made.patches.items():
            await copy(connection, table, (*KEYS[table], *names), of_table)
        await copy(connection, "deadline_moments", ("at", "case_id", "name", "owner", "round", "percent"), made.moments)


async def copy(connection: asyncpg.Connection, table: str, columns: Sequence[str], records: Sequence[Any]) -> None:
    """COPY rows into a table."""
    await connection.copy_records_to_table(table, columns=list(columns), records=records, timeout=PATIENT)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of this size."""
    them = iter(items)
    while some := list(islice(them, size)):
        yield some
