"""What benches stand on, started when the first one asks: durable servers alone, or a whole stack."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import psycopg

from deploy.dev import jars, kafka, postgres
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.settings import StackSettings
from deploy.dev.supervisor import Supervisor
from tests.support.started import Started, start

SECRET = "bench"
SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""The settings without which a commit is a promise only."""


class Unsafe(Exception):
    """The server does not wait for the disk: its figures would mean nothing."""


@dataclass(frozen=True)
class Servers:
    """PostgreSQL (``url`` without a database) and Kafka, with nothing else running beside them."""

    url: str
    bootstrap: str


@dataclass(frozen=True)
class House:
    """A whole stack, and its servers."""

    stack: Started
    servers: Servers

    @property
    def address(self) -> str:
        """The front door."""
        return self.stack.address

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Those of the supervisor's table by name, each with those that it started; the supervisor too."""
        rows = json.loads((self.stack.data / "run" / "state.json").read_text("utf-8"))
        heads = {each["name"]: psutil.Process(each["pid"]) for each in rows if each["pid"]}
        families = {name: [head, *head.children(recursive=True)] for name, head in heads.items()}
        return families | {"supervisor": [psutil.Process(self.stack.process.pid)]}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that others may walk through (PostgreSQL, started by root, runs as another user)."""
    with tempfile.TemporaryDirectory(prefix="redress-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def servers(extra: Mapping[str, str] | None = None, *, with_kafka: bool = True) -> Iterator[Servers]:
    """The servers as ``redress up`` starts them, PostgreSQL with further settings where given. Raises Unsafe."""
    settings = StackSettings.from_environment()
    with folder() as own:
        supervisor = Supervisor(own / "run", own / "logs", lambda _: None)
        port, broker, controller = free_port(), free_port(), free_port()
        postgres.prepare(own / "postgres", SECRET)
        row = postgres.process(own / "postgres", port)
        options = [part for name, value in (extra or {}).items() for part in ("-c", f"{name}={value}")]
        wave = [replace(row, argv=(*row.argv, *options))]
        if with_kafka:
            fetched = jars.fetch_all(settings.jars, lambda _: None)
            kafka.prepare(own / "kafka", broker, controller, fetched)
            wave.append(kafka.process(own / "kafka", broker, fetched))
        try:
            supervisor.start(wave)
            url = postgres.url(port, SECRET)
            require_safe(url)
            yield Servers(url, f"{LOOPBACK}:{broker}")
        finally:
            supervisor.stop()


@contextmanager
def house() -> Iterator[House]:
    """A stack with no case in it, as ``redress up`` starts it. Raises Unsafe."""
    with folder() as own:
        stack = start(own / "stack")
        try:
            told = json.loads((stack.data / "run" / "environment.json").read_text("utf-8"))
            require_safe(told["DATABASE_URL"])
            yield House(stack, Servers(told["DATABASE_URL"], told["KAFKA_BOOTSTRAP_SERVERS"]))
        finally:
            stack.stop()


def require_safe(url: str) -> None:
    """Raises Unsafe."""
    with psycopg.connect(f"{url}/postgres") as connection:
        for name, wanted in SAFE.items():
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            if row is None or row[0] != wanted:
                raise Unsafe(f"{name} is {row and row[0]}, not {wanted}")


def make_database(url: str, name: str) -> str:
    """An empty database; its address."""
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{url}/{name}"
