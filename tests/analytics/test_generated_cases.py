"""The cases that the benches generate are what the product would have written, byte for byte."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from services.analytics.deadlines.timers import DEADLINES
from services.analytics.readmodel.tables import NAMES
from services.analytics.readmodel.writer import hear, write
from shared.eventstore.chain import first_break
from tests.bench.filling import add_read_models
from tests.bench.generating import CASE, COMMANDS, cases, rows

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
FILLED = list(cases(0, 60, NOW, of=60))
MADE = rows(FILLED, 0)


async def dumped(pool: asyncpg.Pool) -> dict[str, list[Any]]:
    return {name: [row[0] for row in await pool.fetch(f"SELECT t::text FROM {name} AS t ORDER BY 1")] for name in NAMES}


async def test_the_read_models_are_those_that_the_events_make(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await DEADLINES.migrate(connection)
    await add_read_models(pool, MADE)
    generated = await dumped(pool)
    await pool.execute(f"TRUNCATE {', '.join(NAMES)}")

    async with pool.acquire() as connection, connection.transaction():
        await write(connection, [hear(row[-1], row[3]) for row in MADE.history])

    assert await dumped(pool) == generated


def test_each_stream_is_chained_and_its_last_command_ends_it() -> None:
    streams = {blanks[CASE]: [row for row in MADE.events if row[0] == blanks[CASE]] for blanks in FILLED}

    assert [first_break(row[3] for row in stream) for stream in streams.values()] == [None] * len(FILLED)
    assert {case: len(stream) for case, stream in streams.items()} == {
        case: max(row[4] for row in MADE.commands if row[2] == case) for case in streams
    }
    assert {len(stream) for stream in streams.values()} == {COMMANDS[2][1], COMMANDS[-1][1]}
