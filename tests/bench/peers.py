"""The event-sourcing library as it ships: one event a transaction, each of several threads on aggregates of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class Complaint(Aggregate):
    """A case with the fields that a registration carries."""

    @event("Filed")
    def __init__(self, customer: str, order: str, part: str, reason: str) -> None:
        self.customer = customer
        self.order = order
        self.part = part
        self.reason = reason


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server with a database for the peer."""

    url: str
    database: str = "redress_bench_peer"

    def environment(self) -> dict[str, str]:
        """The library's own settings."""
        parts = urlsplit(self.url)
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": self.database,
            "POSTGRES_HOST": parts.hostname or "",
            "POSTGRES_PORT": str(parts.port or 5432),
            "POSTGRES_USER": parts.username or "",
            "POSTGRES_PASSWORD": parts.password or "",
            "POSTGRES_POOL_SIZE": "16",
        }

    def make(self) -> None:
        """An empty database."""
        with psycopg.connect(f"{self.url.rstrip('/')}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')  # type: ignore[call-overload]
            connection.execute(f'CREATE DATABASE "{self.database}"')  # type: ignore[call-overload]


def library_rate(url: str, threads: int, seconds: float) -> float:
    """Commands a second that the library records with so many threads."""
    server = Server(url)
    server.make()
    application: Application[UUID] = Application(env=server.environment())
    try:
        end = time.perf_counter() + seconds

        def work(_: int) -> int:
            done = 0
            while time.perf_counter() < end:
                application.save(Complaint("Northwind", "SO-1", "P-1", "The edge is cracked on delivery."))
                done += 1
            return done

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(work, range(threads))) / seconds
    finally:
        application.close()
