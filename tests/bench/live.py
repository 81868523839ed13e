"""The live read models, from the topics into the rows, beside COPY of the same rows."""

import asyncio
import gc
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from services.analytics.worker.process import Worker
from shared.contracts.event import SERVICES
from shared.messaging.topics import Topics, ensure_topics
from shared.postgres.databases import Database
from shared.postgres.pool import open_pool
from tests.bench.filling import add_read_models, batched, prepare
from tests.bench.generating import Rows, cases, rows
from tests.bench.ground import Servers
from tests.bench.inbox import by_service, send
from tests.bench.office import bench_database
from tests.bench.pace import asking, pace
from tests.bench.rows import Row

CASES = 4_000
TOGETHER = 40
"""Cases whose rows are copied in one transaction."""
KEPT = "SELECT coalesce(sum(next_offset), 0)::bigint FROM positions"


def measure(servers: Servers) -> Sequence[Row]:
    """The row of the live read models."""
    filled = list(cases(0, CASES, datetime.now(UTC), of=CASES))
    made = rows(filled, 0)
    gc.collect()
    gc.freeze()
    live = asyncio.run(worker_rate(bench_database(servers.url, "live"), servers.bootstrap, made))
    chunks = [rows(some, 0) for some in batched(filled, TOGETHER)]
    copied = asyncio.run(copy_rate(bench_database(servers.url, "live_copy"), chunks))
    note = "register, stages, history, counts; the worker hears five topics, decodes, drops what it had, and commits"
    return [Row("live read models", live, "events/s", "COPY of the same rows", copied, at_least=0.5, note=note)]


async def worker_rate(database: Database, bootstrap: str, made: Rows) -> float:
    """Events a second that the worker keeps, from the first to the last."""
    topics = Topics(prefix="bench-live")
    await ensure_topics(bootstrap, topics, [topics.of(service) for service in SERVICES])
    told = [(row[0], row[2], row[7], row[9]) for row in made.history]
    for service, events in by_service(told).items():
        await send(bootstrap, topics.of(service), events)
    stop = asyncio.Event()
    await prepare(None, database)
    running = asyncio.create_task(Worker(database, bootstrap, topics).run(stop))
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
        try:
            return await pace(asking(connection, KEPT), len(told), "kept events")
        finally:
            stop.set()
            await running


async def copy_rate(database: Database, chunks: Sequence[Rows]) -> float:
    """Events a second when their rows are copied into the same tables."""
    await prepare(None, database)
    async with await open_pool(database) as pool:
        began = time.perf_counter()
        for chunk in chunks:
            await add_read_models(pool, chunk)
        return sum(len(chunk.history) for chunk in chunks) / (time.perf_counter() - began)
