"""Taking over whole cases in bulk, beside COPY of the same bytes into the same table."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from shared.clock import SystemClock
from shared.contracts.event import owner_of, wire_name
from shared.eventstore.store import Store
from shared.postgres.databases import Database
from tests.bench.filling import batched
from tests.bench.generating import COURSE, SITES
from tests.bench.ground import Servers, make_database
from tests.bench.office import CLERK, INTAKE, bench_database
from tests.bench.relay import LOG
from tests.bench.rows import Row
from tests.support.bulk import BulkAppender, CaseHistory, ImportedEvent

CASES = 10_000
TOGETHER = 1_000
"""Cases in one transaction."""
COPY = "COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
SAID = tuple(event for event in COURSE if owner_of(wire_name(type(event))) == INTAKE.name)


def measure(servers: Servers) -> Sequence[Row]:
    """The row of the bulk append."""
    database = bench_database(servers.url, "bulk")
    appended = append_rate(database, [history() for _ in range(CASES)])
    with psycopg.connect(database.url) as connection:
        log: list[tuple[UUID, int, str, bytes]] = connection.execute(LOG, binary=True).fetchall()
    copied = copy_rate(bench_database(servers.url, "bulk_copy"), servers.url, log)
    note = f"whole cases of {len(SAID)} events: encoded, chained, with the command's id; {TOGETHER:,} in a transaction"
    return [Row("bulk append", appended, "events/s", "COPY of the same bytes", copied, at_least=0.3, note=note)]


def history() -> CaseHistory:
    """A case as another system told it."""
    now = datetime.now(UTC)
    told = tuple(ImportedEvent(event, now + timedelta(hours=hour), CLERK) for hour, event in enumerate(SAID))
    return CaseHistory(uuid4(), uuid4(), SITES[0], "glzd194", 1, told)


def append_rate(database: Database, histories: Sequence[CaseHistory]) -> float:
    """Events a second."""
    store = Store(database)
    store.prepare()
    bulk = BulkAppender(INTAKE.name, store, SystemClock())
    began = time.perf_counter()
    done = sum(bulk.append(some) for some in batched(histories, TOGETHER))
    seconds = time.perf_counter() - began
    store.close()
    return done / seconds


def copy_rate(database: Database, url: str, log: Sequence[tuple[UUID, int, str, bytes]]) -> float:
    """Events a second when the ready bytes are copied, as many in a transaction."""
    make_database(url, database.name)
    store = Store(database)
    store.prepare()
    began = time.perf_counter()
    for some in batched(log, TOGETHER * len(SAID)):
        with (
            store.connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy(COPY) as copying,
        ):
            copying.set_types(("uuid", "int8", "text", "bytea"))
            for row in some:
                copying.write_row(row)
    seconds = time.perf_counter() - began
    store.close()
    return len(log) / seconds
