"""The event-sourcing library as it ships: one command a transaction, each thread on aggregates of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.bench.ground import make_database

DATABASE = "redress_bench_library"


class Complaint(Aggregate):
    """A case whose events carry a text of some length."""

    @event("Filed")
    def __init__(self, text: str) -> None:
        self.text = text

    @event("Moved")
    def move(self, text: str) -> None:
        """Something more was said."""
        self.text = text


def library_rate(url: str, threads: int, seconds: float, size: int) -> float:
    """Commands a second that the library records with so many threads, in events of so many bytes.

    The rounds are those of intake's people: one event of a new case, two of another new one, three more of that.
    """
    make_database(url, DATABASE)
    application: Application[UUID] = Application(env=environment(url))
    try:
        text = "x" * max(0, size - bare(application, url))
        end = time.perf_counter() + seconds

        def work(_: int) -> int:
            done = 0
            while time.perf_counter() < end:
                round_of(application, text)
                done += 3
            return done

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(work, range(threads))) / seconds
    finally:
        application.close()


def round_of(application: "Application[UUID]", text: str) -> None:
    """Three commands."""
    application.save(Complaint(text))
    filed = Complaint(text)
    filed.move(text)
    application.save(filed)
    found: Complaint = application.repository.get(filed.id)
    for _ in range(3):
        found.move(text)
    application.save(found)


def bare(application: "Application[UUID]", url: str) -> int:
    """The bytes of an event with an empty text."""
    round_of(application, "")
    with psycopg.connect(f"{url}/{DATABASE}") as connection:
        row = connection.execute("SELECT avg(length(state))::integer FROM application_events").fetchone()
    assert row is not None
    return int(row[0])


def environment(url: str) -> dict[str, str]:
    """The library's own settings."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": DATABASE,
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
        "POSTGRES_POOL_SIZE": "16",
    }
