"""What becomes slower as cases accumulate: each operation with ten thousand, a hundred thousand, a million cases."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import psycopg

from services.analytics.dashboard.figures import figures
from services.analytics.deadlines.timers import past
from services.analytics.history.case_file import said_of
from services.analytics.history.entries import entries
from services.analytics.readmodel.tables import NAMES
from services.analytics.register.search import Filters, register
from services.analytics.register.worklists import scope_of, worklist
from shared.audit.evidence import CheckpointEvidence
from shared.audit.log_reader import reading
from shared.audit.verification import verify
from shared.http.paging import Page
from shared.postgres.databases import Database
from shared.postgres.pool import Pool, open_pool
from shared.procedures.language.loader import load_pack
from tests.bench import gate
from tests.bench.filling import load, prepare
from tests.bench.generating import SITES
from tests.bench.ground import Servers, servers
from tests.bench.office import ACTORS, INTAKE, bench_database
from tests.bench.rows import Row
from tests.journeys.people import QUALITY

SIZES = (10_000, 100_000, 1_000_000)
SECONDS = 3.0
"""For how long an operation is repeated."""
SAMPLED = 500
"""Of so many cases the history is read in turn."""
SOME_CASES = "SELECT case_id FROM cases WHERE case_id > $1 ORDER BY case_id LIMIT $2"
ROOM_TAKEN = """
    SELECT sum(pg_total_relation_size(name::regclass)) / (SELECT count(*) FROM {of}) FROM unnest(%s::text[]) AS name
"""
LIKE_NEW = 1.3
VERIFY = "verify, 1,000 events"
IN_SECONDS = 5.0
"""The most that a hundred thousand events may take to be verified."""
MORE_WAL = {"max_wal_size": "8GB", "checkpoint_timeout": "30min", "maintenance_work_mem": "512MB"}
"""A million cases are written in minutes: no checkpoint in between."""


def measure() -> Sequence[Row]:
    """The rows of growth: each operation beside itself with the fewest cases."""
    with servers(MORE_WAL, with_kafka=False) as ground:
        found = asyncio.run(grow(ground, SIZES))
        return [*rows_of(found), verified_in_seconds(found), *rooms(ground.url)]


def rows_of(found: dict[int, dict[str, float]]) -> Sequence[Row]:
    """The table."""
    fewest, *more = found
    return [
        Row(f"{name}, {size:,} cases", took, "ms", f"{fewest:,} cases", found[fewest][name], at_most=LIKE_NEW)
        for name in found[fewest]
        for size, took in ((size, found[size][name]) for size in more)
    ]


def verified_in_seconds(found: dict[int, dict[str, float]]) -> Row:
    """How long a hundred thousand events take, at the pace with most cases."""
    most = max(found)
    return Row(
        "verify, 100,000 events", found[most][VERIFY] / 10, "s", at_most=IN_SECONDS, note=f"among {most:,} cases"
    )


def rooms(url: str) -> Sequence[Row]:
    """What an event takes on disk, with most cases."""
    store, readmodel = bench_database(url, "growth"), bench_database(url, "growth_analytics")
    kept = room(store, ("stored_events", "commands"), "stored_events")
    shown = room(readmodel, NAMES, "history")
    return [
        Row("an event in a store, with command ids and indexes", kept, "bytes"),
        Row("an event in the read models, with indexes", shown, "bytes"),
    ]


def room(database: Database, tables: Sequence[str], of: str) -> float:
    """Bytes on disk, indexes included, that some tables take for each row of one of them."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute(ROOM_TAKEN.format(of=of), (list(tables),)).fetchone()
    assert row is not None
    return float(row[0])


async def grow(ground: Servers, sizes: Sequence[int]) -> dict[int, dict[str, float]]:
    """Milliseconds of each operation, by the number of cases."""
    store, readmodel = bench_database(ground.url, "growth"), bench_database(ground.url, "growth_analytics")
    await prepare(store, readmodel)
    found: dict[int, dict[str, float]] = {}
    for fewer, size in zip((0, *sizes), sizes, strict=False):
        await load(store, readmodel, fewer, size - fewer)
        found[size] = await operations(store, readmodel)
    return found


async def operations(store: Database, readmodel: Database) -> dict[str, float]:
    """Milliseconds of each operation now."""
    async with await open_pool(readmodel) as pool:
        found = {name: await median(work) for name, work in (await questions(pool)).items()}
    found[VERIFY] = await asyncio.to_thread(verified, store)
    found["append, a command of 32 callers"] = 1000 / await gate.intake_rate(store, gate.CALLERS)
    return found


async def questions(pool: Pool) -> dict[str, Callable[[], Awaitable[object]]]:
    """What people and the clock ask the read models."""
    now, page, pack = datetime.now(UTC), Page(50, None), load_pack("glzd194")
    scope = scope_of(ACTORS[QUALITY], SITES, pack)
    chance = Random(1)
    after = UUID(int=chance.getrandbits(127))
    sampled: list[UUID] = [row["case_id"] for row in await pool.fetch(SOME_CASES, after, SAMPLED)]

    async def history() -> object:
        return entries((said.recorded for said in await said_of(pool, chance.choice(sampled))), pack)

    return {
        "list, newest 50 of the register": lambda: register(pool, SITES, now, Filters(), page),
        "dashboard, all figures": lambda: figures(pool, SITES, now),
        "worklist of a department": lambda: worklist(pool, [scope], page),
        "history of a case": history,
        "deadlines, what is past": lambda: past(pool, now, None, 200),
    }


async def median(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds that an operation takes, one after the other, at the median."""
    for _ in range(20):
        await work()
    took = []
    end = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < end:
        await work()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


def verified(store: Database) -> float:
    """Milliseconds that verification takes for a thousand events. Raises AssertionError where one does not fit."""
    began = time.perf_counter()
    with reading(store) as log:
        verdict = verify(INTAKE.name, log, CheckpointEvidence())
    assert verdict.sound, verdict.findings[:3]
    return 1_000_000 * (time.perf_counter() - began) / verdict.events
