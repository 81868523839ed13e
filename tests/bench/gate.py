"""Commands into the store: intake's own, through the gate, beside the library as it ships and beside pgbench."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

import psycopg

from shared.eventing.databases import Database
from tests.bench import pgbench
from tests.bench.ground import Servers
from tests.bench.office import EVENTS, SITE, bench_database, commands, gate_of
from tests.bench.peers import library_rate
from tests.bench.rows import Row

SECONDS, WARM_UP = 4.0, 1.0
ROUNDS = 3
"""So often everything is measured in turn: what the disk does to one, it does to the others."""
CALLERS = 32
CLIENTS = 16


def measure(servers: Servers) -> Sequence[Row]:
    """The rows of the gate."""
    database = bench_database(servers.url, "gate")
    asyncio.run(rate(database, CALLERS))
    size = bytes_of(database)
    ways: dict[str, Callable[[], float]] = {
        "many": lambda: asyncio.run(rate(database, CALLERS)),
        "library": lambda: library_rate(servers.url, CLIENTS, SECONDS, size),
        "plain": lambda: pgbench.rate(servers.url, CLIENTS, SECONDS, size),
        "one": lambda: asyncio.run(rate(database, 1)),
        "library alone": lambda: library_rate(servers.url, 1, SECONDS, size),
    }
    turns = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
    found = {name: statistics.median(turn[name] for turn in turns) for name in ways}
    what = f"commands into the store, {CALLERS} callers"
    told = (
        f"intake's own domain and rules, commands of {', '.join(map(str, EVENTS))} events in turn, {size} bytes each, "
        f"fsync on; the median of {ROUNDS} turns"
    )
    return [
        Row(what, found["many"], "/s", f"library, {CLIENTS} threads", found["library"], at_least=15, note=told),
        Row(what, found["many"], "/s", f"pgbench, {CLIENTS} clients", found["plain"], at_least=1.2, note=pgbench.HOW),
        Row("the same, 1 caller", found["one"], "/s", "library, 1 thread", found["library alone"], at_least=1.5),
    ]


async def rate(database: Database, callers: int) -> float:
    """Commands a second that so many callers get answered, each his next after the answer."""
    async with gate_of(database) as gate:
        begin = time.perf_counter() + WARM_UP
        end = begin + SECONDS
        done = 0

        async def call() -> None:
            nonlocal done
            for case, command in commands():
                await gate.submit(case, command, command_id=uuid4(), site=SITE)
                if begin <= (now := time.perf_counter()) < end:
                    done += 1
                elif now >= end:
                    return

        await asyncio.gather(*(call() for _ in range(callers)))
    return done / SECONDS


def bytes_of(database: Database) -> int:
    """The bytes of an event in a store, on average."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute("SELECT avg(length(state))::integer FROM stored_events").fetchone()
    assert row is not None
    return int(row[0])
