"""``python -m tests.analytics.measure [EVENTS]``: how fast read models are rebuilt and compared, beside plain COPY.

On a PostgreSQL of its own, with fsync on. Beside the time it says what processor time an event takes in this process
and in PostgreSQL's: on two processors their sum, divided by two, is the limit.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import psutil

from deploy.dev import postgres
from deploy.dev.ports import free_port
from deploy.dev.supervisor import Supervisor
from services.analytics.readmodel.bulk import COPIED, columns_of
from services.analytics.readmodel.connection import make_tables
from services.analytics.readmodel.tables import CASES, CREATE, HISTORY, STAGES
from services.analytics.upkeep.rebuilding import KEYS, rebuild
from services.analytics.upkeep.reconciliation import RepairAction, reconcile
from shared.contracts.event import SERVICES
from shared.postgres.databases import database_of, ensure_database
from shared.postgres.pool import Pool, borrowed, open_pool
from shared.readmodels.beside import LONG
from tests.analytics.course import COURSE
from tests.analytics.generating import fill, lives

T = TypeVar("T")


def main(events: int) -> None:
    """Generate about that many events, and measure."""
    with tempfile.TemporaryDirectory(prefix="redress-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        supervisor = Supervisor(folder / "run", folder / "logs", lambda _: None)
        port = free_port()
        postgres.prepare(folder / "postgres", "secret")
        supervisor.start([postgres.process(folder / "postgres", port)])
        try:
            asyncio.run(measure(postgres.url(port, "secret"), events // len(COURSE)))
        finally:
            supervisor.stop()


async def measure(url: str, cases: int) -> None:
    """Rebuild twice, reconcile once, and copy the same rows."""
    databases = {service: database_of(service, url) for service in SERVICES}
    for database in databases.values():
        ensure_database(database)
    fill(databases, lives(range(cases)))
    stores = {service: await open_pool(database) for service, database in databases.items()}
    events = cases * len(COURSE)
    await make_tables(stores["analytics"])
    for _ in range(2):
        await timed("rebuild", events, lambda: rebuild(stores["analytics"], stores))
    await timed(
        "reconcile", events,
        lambda: reconcile(
            stores["analytics"], stores, RepairAction.NOTHING, report=print, tell=lambda share, events: None
        ),
    )  # fmt: skip
    rows = await copied(stores["analytics"])
    await timed("COPY of the same rows, indexes after", events, lambda: copy(stores["analytics"], rows))
    for store in stores.values():
        store.terminate()


async def copied(pool: Pool) -> dict[str, tuple[list[str], list[tuple[object, ...]]]]:
    """The columns and rows of the tables."""
    async with pool.acquire() as connection:
        columns = await columns_of(connection, "public")
    return {
        table: (
            list(columns[table]),
            [tuple(row) for row in await pool.fetch(f"SELECT {', '.join(columns[table])} FROM {table}", timeout=LONG)],
        )
        for table in COPIED
    }


async def copy(pool: Pool, rows: dict[str, tuple[list[str], list[tuple[object, ...]]]]) -> None:
    """Write rows into tables of the same form, then make keys and indexes."""
    async with borrowed(pool) as connection:
        await connection.execute("CREATE SCHEMA beside; SET search_path = beside; SET maintenance_work_mem = '256MB'")
        for statement in (HISTORY, CASES, STAGES):
            await connection.execute(statement)
        for table, keys in KEYS.items():
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey")
            await connection.copy_records_to_table(
                table, schema_name="beside", columns=rows[table][0], records=rows[table][1], timeout=LONG
            )
            await connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({keys})", timeout=LONG)
        for statement in CREATE:
            await connection.execute(statement, timeout=LONG)


async def timed(what: str, events: int, do: Callable[[], Awaitable[T]]) -> T:
    """Do it and say how long it took, and on whose account."""
    began, own, servers = time.perf_counter(), time.process_time(), server_time()
    done = await do()
    seconds, own = time.perf_counter() - began, time.process_time() - own
    servers = server_time() - servers
    print(
        f"{what:<40}{seconds:8.2f} s{events / seconds:10,.0f} events/s; "
        f"{own / events * 1e6:5.1f} µs of own work and {servers / events * 1e6:5.1f} µs of PostgreSQL's an event",
        flush=True,
    )
    return done


def server_time() -> float:
    """The processor time of this server's processes that live, in seconds."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            total += sum(process.cpu_times()[:2]) if process.name() == "postgres" else 0.0
        except psutil.Error:
            continue
    return total


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 310_000)
