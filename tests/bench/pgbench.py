"""pgbench on the store's own table: the same rows, those of one command in a transaction, and nothing decided."""

import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from deploy.dev.postgres import programs
from shared.eventstore.store import Store
from tests.bench.ground import make_database
from tests.bench.office import bench_database

HOW = (
    "pgbench inserts 1, 2 or 3 rows of the same size into the same table with the same indexes, one such transaction "
    "after another on each of its connections, prepared; the bytes are made by the server, not sent; it looks up, "
    "decides, chains and answers nothing"
)
INSERT = """
\\set count random(1, 3)
INSERT INTO stored_events (originator_id, originator_version, topic, state)
SELECT gen_random_uuid(), number, 'intake.complaint-filed', convert_to(repeat('x', {size}), 'UTF8')
FROM generate_series(1, :count) AS number;
"""


def rate(url: str, clients: int, seconds: float, size: int) -> float:
    """Transactions a second."""
    database = bench_database(url, "pgbench")
    make_database(url, database.name)
    store = Store(database)
    store.prepare()
    store.close()
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(INSERT.format(size=size))
        script.flush()
        return run(url, database.name, script.name, clients, seconds)


def run(url: str, database: str, script: str, clients: int, seconds: float) -> float:
    """What pgbench says."""
    parts = urlsplit(url)
    where = ("-h", str(parts.hostname), "-p", str(parts.port), "-U", str(parts.username))
    how = ("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", f"{seconds:.0f}", "-f", script)
    done = subprocess.run(
        [str(Path(programs()) / "pgbench"), *where, *how, database],
        env={"PGPASSWORD": parts.password or ""},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])
