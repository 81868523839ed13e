"""The log: whoever follows it misses nothing, and nobody can turn that off."""

import random
import threading
from collections.abc import Sequence
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresDatastore

from shared.eventstore import tables
from shared.eventstore.recorder import AppendBatch, DatabaseFunctionsRefused, Recorder, open_datastore
from shared.eventstore.store import Store
from tests.support.building import Building, log_of

WRITERS = 16
EACH = 20


class Slow(Recorder):
    """Commits some time after its events got their positions."""

    def append(self, append: AppendBatch) -> Sequence[int]:
        with self.datastore.get_connection() as connection, connection.transaction():
            positions = self._insert(connection, append)
            connection.execute("SELECT pg_sleep(%s)", (random.random() * 0.01,))
            return positions


def unlocked(statement: str) -> str:
    """A statement as the library's own functions have it: without the lock."""
    return statement.replace("LOCK TABLE stored_events IN EXCLUSIVE MODE;", "")


def written_and_followed(building: Building) -> tuple[list[int], list[int]]:
    """The positions that sixteen writers were given, and those that a follower of the log saw."""
    store = building.store()
    store.prepare()
    written: list[int] = []
    followed: list[int] = []
    done = threading.Event()

    def write() -> None:
        datastore = open_datastore(building.database(), 1)
        recorder = Slow(datastore)
        for _ in range(EACH):
            written.extend(recorder.append(AppendBatch(events=[StoredEvent(uuid4(), 1, "testing.noted", b"{}")])))
        datastore.close()

    def follow() -> None:
        while True:
            last = done.is_set()
            found = log_of(store, followed[-1] if followed else 0)
            followed.extend(position for position, _ in found)
            if last and not found:
                return

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    follower = threading.Thread(target=follow)
    for thread in (*writers, follower):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    follower.join()
    store.close()
    return sorted(written), followed


def test_a_follower_misses_nothing_while_sixteen_writers_commit_with_delays(building: Building) -> None:
    written, followed = written_and_followed(building)
    assert followed == written
    assert len(followed) == WRITERS * EACH


def test_without_the_lock_it_would_miss_some(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CREATE", tuple(map(unlocked, tables.CREATE)))
    written, followed = written_and_followed(building)
    assert set(followed) < set(written)


@pytest.mark.parametrize("value", ["y", "true", "1", "ON"])
def test_database_functions_in_the_environment_are_refused(
    building: Building, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", value)
    with pytest.raises(DatabaseFunctionsRefused):
        building.store()


@pytest.mark.parametrize("value", ["", "n", "false", "0"])
def test_database_functions_turned_off_are_no_reason_to_refuse(
    building: Building, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", value)
    assert isinstance(building.store(), Store)


def test_a_datastore_with_database_functions_is_refused() -> None:
    datastore = PostgresDatastore("d", "localhost", 1, "u", "p", enable_db_functions=True)
    with pytest.raises(DatabaseFunctionsRefused):
        Recorder(datastore)


def test_the_function_is_not_even_in_the_database(building: Building) -> None:
    store = building.store()
    store.prepare()
    with store.connection() as connection:
        found = connection.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'es\\_%'").fetchall()
    store.close()
    assert found == []
