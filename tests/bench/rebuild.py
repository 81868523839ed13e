"""Building the read models anew from a store, beside COPY of the same rows."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from services.analytics.upkeep.rebuilding import rebuild
from shared.postgres.databases import Database
from shared.postgres.pool import open_pool
from tests.bench.filling import batched, load, prepare
from tests.bench.generating import cases, rows
from tests.bench.ground import Servers
from tests.bench.live import copy_rate
from tests.bench.office import INTAKE, bench_database
from tests.bench.rows import Row

CASES = 8_000
TOGETHER = 2_000
ENOUGH = 50_000.0


def measure(servers: Servers) -> Sequence[Row]:
    """The row of rebuilding: fast enough by itself, or beside COPY."""
    store, readmodel = bench_database(servers.url, "rebuild"), bench_database(servers.url, "rebuild_analytics")
    built = asyncio.run(rebuild_rate(store, readmodel))
    filled = cases(0, CASES, datetime.now(UTC), of=CASES)
    chunks = [rows(some, 0) for some in batched(filled, TOGETHER)]
    copied = asyncio.run(copy_rate(bench_database(servers.url, "rebuild_copy"), chunks))
    what, note = "rebuild of the read models", "from the store to the exchanged tables, with their indexes and counts"
    if built >= ENOUGH:
        return [Row(what, built, "events/s", at_least=ENOUGH, note=note)]
    return [Row(what, built, "events/s", "COPY of the same rows", copied, at_least=0.5, note=note)]


async def rebuild_rate(store: Database, readmodel: Database) -> float:
    """Events a second."""
    await prepare(store, readmodel)
    await load(store, readmodel, 0, CASES)
    async with await open_pool(store) as events, await open_pool(readmodel) as pool:
        await pool.execute("TRUNCATE history, cases, stages, tallies")
        began = time.perf_counter()
        built = await rebuild(pool, {INTAKE.name: events})
        return built.events / (time.perf_counter() - began)
