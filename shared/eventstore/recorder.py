"""The eventsourcing library's process recorder, with what must stand in the same transaction as the events."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg import Connection
from psycopg.errors import ObjectNotInPrerequisiteState
from psycopg.rows import DictRow, tuple_row

from shared.eventstore import tables
from shared.eventstore.dead_letters import RejectedMessage, RetryOutcome, printable
from shared.postgres.databases import PATIENCE, Database

DATABASE_FUNCTIONS = "POSTGRES_ENABLE_DB_FUNCTIONS"


class PredecessorChanged(OperationalError):
    """Events that new ones stand on are gone or other ones: an older copy took over, or somebody altered them."""


class DatabaseFunctionsRefused(Exception):
    """The library was asked to insert through functions in the database.

    That way takes no table lock, so that a reader of the log can pass over events, and it drops the tracking.
    """


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A command id, the digest of its body, and the versions of the folder between which its events stand."""

    id: UUID
    digest: bytes
    subject: UUID
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The event of a stream that new ones stand on: its version (0: none) and the digest of its bytes, in hex."""

    stream: UUID
    version: int
    digest: str


@dataclass(slots=True)
class AppendBatch:
    """What one transaction writes; ``below``, by stream, must be there."""

    events: list[StoredEvent] = field(default_factory=list)
    below: dict[UUID, Predecessor] = field(default_factory=dict)
    commands: list[CommandRecord] = field(default_factory=list)
    trackings: dict[str, int] = field(default_factory=dict)
    letters: list[tuple[datetime, RejectedMessage]] = field(default_factory=list)
    settled: list[RetryOutcome] = field(default_factory=list)

    def extend(self, place: Predecessor, events: Sequence[StoredEvent]) -> None:
        """Add events of one stream, the first of which stands on ``place``."""
        if events:
            self.below.setdefault(place.stream, place)
            self.events += events

    @property
    def has_heard(self) -> bool:
        """Whether it says something of what was heard: how far, or what was put aside."""
        return bool(self.trackings or self.letters or self.settled)

    def __bool__(self) -> bool:
        return bool(self.events or self.commands or self.has_heard)


class Recorder(PostgresProcessRecorder):
    """Records an :class:`AppendBatch` in one transaction under the library's table lock.

    Unlike the library's, it does not insert again after a lost connection, since the first try may have been
    recorded: the caller has to look his command ids up first. It notifies nobody: a NOTIFY holds a lock of the
    whole server during the commit, and the relay is woken by the gate.
    """

    def __init__(self, datastore: PostgresDatastore) -> None:
        if datastore.enable_db_functions:
            raise DatabaseFunctionsRefused(DATABASE_FUNCTIONS)
        super().__init__(datastore)
        del self.sql_create_statements[self.create_insert_function_statement_index]

    def append(self, append: AppendBatch) -> Sequence[int]:
        """Write it all or nothing; the positions of the events.

        Raises IntegrityError when a stream, a tracking or a command id was written meanwhile, PredecessorChanged when
        what it stands on is not there, OperationalError or InterfaceError when it is not known whether it was written.
        """
        with self.datastore.get_connection() as connection:
            if not append.has_heard:
                return self._insert(connection, append)
            with connection.transaction():
                self._insert_heard(connection, append)
                return self._insert(connection, append)

    def _insert(self, connection: Connection[DictRow], append: AppendBatch) -> Sequence[int]:
        taken = sorted((c.id, c.digest, c.subject, c.before, c.after) for c in append.commands)
        below = [(b.stream, b.version, b.digest) for b in append.below.values() if b.version]
        rows = [(e.originator_id, e.originator_version, e.topic, e.state) for e in append.events]
        cursor = connection.cursor(row_factory=tuple_row, binary=True)
        try:
            cursor.execute(tables.APPEND, _columns(5, taken) + _columns(3, below) + _columns(4, rows), prepare=True)
        except ObjectNotInPrerequisiteState as error:
            raise PredecessorChanged(error.diag.message_primary) from error
        return [position for (position,) in cursor]

    def _insert_heard(self, connection: Connection[DictRow], append: AppendBatch) -> None:
        if append.letters:
            connection.execute(tables.INSERT_LETTERS, _columns(11, [_letter_row(*letter) for letter in append.letters]))
        if append.settled:
            settled = [(s.number, s.state.value, s.reason, printable(s.detail)) for s in append.settled]
            connection.execute(tables.SETTLE_LETTERS, _columns(4, settled))
        if append.trackings:
            names = sorted(append.trackings)
            values = (names, [append.trackings[name] for name in names])
            if connection.execute(tables.RAISE_TRACKINGS, values, prepare=True).rowcount != len(names):
                raise IntegrityError(f"handled by another meanwhile: {append.trackings}")


def open_datastore(database: Database, size: int) -> PostgresDatastore:
    """A pool of at most ``size`` connections, every wait of which is bounded.

    Raises DatabaseFunctionsRefused when the environment asks for database functions.
    """
    if os.environ.get(DATABASE_FUNCTIONS, "").strip().lower() not in ("", "0", "n", "no", "f", "false", "off"):
        raise DatabaseFunctionsRefused(f"{DATABASE_FUNCTIONS} is set in the environment")
    datastore = PostgresDatastore(
        dbname=database.name,
        host=database.host,
        port=database.port,
        user=database.user,
        password=database.password,
        pool_size=1,
        max_overflow=size - 1,
        connect_timeout=2,
        idle_in_transaction_session_timeout=PATIENCE,
    )
    assert isinstance(datastore.pool.kwargs, dict)
    datastore.pool.kwargs.update(database.parameters("store"))
    datastore.pool.reconnect_timeout = 5
    return datastore


def _columns(width: int, rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple([row[place] for row in rows] for place in range(width))


def _letter_row(at: datetime, letter: RejectedMessage) -> tuple[Any, ...]:
    o = letter.origin
    where = (o.topic, o.partition, o.offset, o.position, o.subject, o.event, o.value)
    return (at, *where, letter.state.value, letter.reason, printable(letter.detail))
