"""Commands into the store through the gate, plain ones and intake's own, beside the library as it ships and pgbench."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID, uuid4

import psycopg

from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts.commands import Command
from shared.postgres.databases import Database
from tests.bench import pgbench
from tests.bench.ground import Servers
from tests.bench.office import EVENTS, SITE, bench_database, commands, gate_of
from tests.bench.peers import library_rate
from tests.bench.plain import GROUP, PLAIN, store_rate
from tests.bench.plain import commands as plain_commands
from tests.bench.rows import Row

SECONDS, WARM_UP = 4.0, 1.0
ROUNDS = 3
"""So often everything is measured in turn: what the disk does to one, it does to the others."""
CALLERS = 32
CLIENTS = 16


def measure(servers: Servers) -> Sequence[Row]:
    """The rows of the gate."""
    own, plain, bare = (bench_database(servers.url, name) for name in ("gate", "gate_plain", "gate_store"))
    asyncio.run(intake_rate(own, CALLERS))
    size = bytes_of(own)
    asyncio.run(plain_rate(plain, CALLERS, ""))
    text = "x" * (size - bytes_of(plain))
    ways: dict[str, Callable[[], float]] = {
        "many": lambda: asyncio.run(plain_rate(plain, CALLERS, text)),
        "library": lambda: library_rate(servers.url, CLIENTS, SECONDS, size),
        "intake": lambda: asyncio.run(intake_rate(own, CALLERS)),
        "pgbench": lambda: pgbench.rate(servers.url, CLIENTS, SECONDS, size),
        "store": lambda: store_rate(bare, SECONDS, size),
        "one": lambda: asyncio.run(plain_rate(plain, 1, text)),
        "library alone": lambda: library_rate(servers.url, 1, SECONDS, size),
        "intake alone": lambda: asyncio.run(intake_rate(own, 1)),
    }
    turns = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
    found = {name: statistics.median(turn[name] for turn in turns) for name in ways}
    return rows(found, size)


def rows(found: dict[str, float], size: int) -> Sequence[Row]:
    """What was found, beside what it must reach."""
    what, one = f"commands into the store, {CALLERS} callers", "the same, 1 caller"
    library, alone = f"library, {CLIENTS} threads", "library, 1 thread"
    told = (
        f"a department that says what it is told, as the library's; commands of {', '.join(map(str, EVENTS))} events "
        f"in turn, {size} bytes each, fsync on; the median of {ROUNDS} turns"
    )
    pg = f"pgbench, {CLIENTS} clients"
    deep = "intake's own domain, deciding by the pack, with stages, deadlines and numbers"
    limit = "decided and encoded beforehand, without a caller: what stops the rows above, were deciding free"
    return [
        Row(what, found["many"], "/s", library, found["library"], at_least=15, note=told),
        Row(what, found["many"], "/s", pg, found["pgbench"], at_least=1.2, note=pgbench.HOW),
        Row(one, found["one"], "/s", alone, found["library alone"], at_least=1.5, note=told),
        Row(f"intake's {what}", found["intake"], "/s", library, found["library"], note=deep),
        Row(f"intake's {one}", found["intake alone"], "/s", alone, found["library alone"], note=deep),
        Row(f"the store alone, {GROUP} commands at once", found["store"], "/s", pg, found["pgbench"], note=limit),
    ]


async def intake_rate(database: Database, callers: int) -> float:
    """Commands a second that intake's gate answers."""
    async with gate_of(database) as gate:
        return await rate(gate, callers, commands)


async def plain_rate(database: Database, callers: int, text: str) -> float:
    """Commands a second that the gate of a department answers that says what it is told."""
    async with gate_of(database, PLAIN) as gate:
        return await rate(gate, callers, lambda: plain_commands(text))


async def rate(gate: Gate, callers: int, commands: Callable[[], Iterator[tuple[UUID, Command]]]) -> float:
    """Commands a second that so many callers get answered, each his next after the answer."""
    begin = time.perf_counter() + WARM_UP
    end = begin + SECONDS
    done = 0

    async def call() -> None:
        nonlocal done
        for case, command in commands():
            await gate.submit(CommandRequest.of(case, command, command_id=uuid4(), site=SITE))
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
