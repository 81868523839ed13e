"""Reads a store for those who verify it: from one moment, in bulk, changing nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import Connection, IsolationLevel, ServerCursor
from psycopg.rows import tuple_row

from shared.audit.evidence import LogEntry
from shared.eventstore.codec import NO_EVENT
from shared.postgres.databases import Database, is_made

BATCH = 1_000
"""Events fetched at once; of the largest size allowed they take 900 MB, of the usual one 1 MB."""

COLUMNS = """
    notification_id, originator_id::text, originator_version, coalesce(topic, ''), coalesce(state, '')
"""

SELECT_LOG = f"SELECT {COLUMNS} FROM stored_events WHERE notification_id > %b ORDER BY notification_id"

SELECT_STREAM = f"""
    SELECT {COLUMNS} FROM stored_events WHERE originator_id = %b::uuid ORDER BY originator_version, notification_id
"""

SELECT_LENGTH = "SELECT coalesce(max(notification_id), 0) FROM stored_events"

SELECT_RECORDED = "SELECT subject::text, max(version_after) FROM commands GROUP BY subject"

SELECT_SAYING = """
    SELECT originator_id::text, state FROM stored_events WHERE topic = %b AND position(%b::bytea IN state) > 0
"""


class _Data(msgspec.Struct):
    data: dict[str, Any]


class LogReader:
    """One transaction that only reads. Every method raises psycopg.Error when the server goes away."""

    def __init__(self, connection: Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def length(self) -> int:
        """The last position of the log; 0 when it is empty."""
        row = self._select(SELECT_LENGTH)[0]
        return int(row[0])

    def batches(self, after: int = 0) -> Iterator[list[LogEntry]]:
        """The events after a position, in the order of the log."""
        with ServerCursor(self._connection, "log", row_factory=tuple_row) as cursor:
            cursor.execute(SELECT_LOG, (after,), binary=True)
            while rows := cursor.fetchmany(BATCH):
                yield [LogEntry._make(row) for row in rows]

    def stream(self, stream: str) -> list[LogEntry]:
        """The events of one stream by version. None of them when ``stream`` is no id."""
        return [LogEntry._make(row) for row in self._select(SELECT_STREAM, stream)]

    def recorded(self) -> Mapping[str, int]:
        """The version after the last command on record, by stream."""
        return dict(self._select(SELECT_RECORDED))

    def streams_where(self, topic: str, field: str, value: str) -> list[str]:
        """The streams with an event of this name that has this text in a field of its data."""
        rows = self._select(SELECT_SAYING, topic, value.encode())
        return [stream for stream, state in rows if _data(state).get(field) == value]

    def _select(self, statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        with self._connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            return cursor.execute(statement, parameters).fetchall()


class EmptyLog(LogReader):
    """Where there is no store."""

    def __init__(self) -> None:
        """Nothing is connected."""

    def length(self) -> int:
        """No position."""
        return 0

    def batches(self, after: int = 0) -> Iterator[list[LogEntry]]:
        """No event."""
        return iter(())

    def _select(self, statement: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        return []


@contextmanager
def reading(database: Database) -> Iterator[LogReader]:
    """A store at this moment; one that was never made is empty. Raises psycopg.Error when the server is not there."""
    try:
        connection = psycopg.connect(**database.parameters("verify"), row_factory=tuple_row)
    except psycopg.OperationalError:
        if is_made(database):
            raise
        yield EmptyLog()
        return
    with connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL statement_timeout = '10min'")
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        there = connection.execute("SELECT to_regclass('stored_events'), to_regclass('commands')").fetchone()
        yield EmptyLog() if there is None or None in there else LogReader(connection)


def _data(state: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(state, type=_Data).data
    except NO_EVENT:
        return {}
