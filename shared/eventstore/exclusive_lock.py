"""Adds to a store's log past the gate: one transaction during which nobody else does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from shared.eventstore.store import Store


@contextmanager
def exclusively(store: Store) -> Iterator[Connection[dict[str, Any]]]:
    """A transaction with the table lock that the gate takes too, so that a reader of the log passes nothing over."""
    with store.connection() as connection, connection.transaction():
        connection.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        yield connection
