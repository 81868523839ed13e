"""A service's event store: what it writes in one transaction, and what is read of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.persistence import InterfaceError, InternalError, OperationalError
from psycopg import Connection, Cursor
from psycopg.rows import tuple_row

from shared.eventstore import tables
from shared.eventstore.recorder import AppendBatch, CommandRecord, Recorder, open_datastore
from shared.postgres.databases import Database, ensure_database

AWAY = (OperationalError, InterfaceError, InternalError, psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised when the server cannot be reached, went away in the middle or cannot write just now."""

Slice = tuple[UUID, int, int]
"""The events of a stream after one version, up to another."""
ALL = 2**62
"""A version that no stream reaches."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of a stream as stored."""

    version: int
    state: bytes
    position: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the store knows of a group of commands.

    ``commands``: command id -> what it was; ``positions``: that of its last event. ``streams``: the events of each
    stream after the version asked for. ``trackings``: the highest position handled by name. ``aside``: events that were
    put aside as dead letters before. ``waiting``: cases whose events wait behind a dead letter.
    """

    commands: dict[UUID, CommandRecord]
    positions: dict[UUID, int]
    streams: dict[UUID, list[EventRow]]
    trackings: dict[str, int] = field(default_factory=dict)
    aside: frozenset[UUID] = frozenset()
    waiting: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class LookupQuery:
    """What to look up: command ids, streams with the versions already known, trackings, heard events, cases."""

    commands: Sequence[UUID] = ()
    streams: Mapping[UUID, int] = field(default_factory=dict)
    trackings: Sequence[str] = ()
    events: Sequence[UUID] = ()
    subjects: Sequence[UUID] = ()


class Store:
    """The store of one service. Blocking: to be used from threads.

    Nothing is connected before :meth:`prepare`. Every method raises one of :data:`AWAY` when the server is not
    there. Raises DatabaseFunctionsRefused when the environment asks for database functions.
    """

    def __init__(self, database: Database, *, connections: int = 4) -> None:
        self.database = database
        self._datastore = open_datastore(database, connections)
        self._recorder: Recorder | None = None
        self._preparing = Lock()

    def prepare(self) -> None:
        """Make the database and its tables unless they are there."""
        with self._preparing:
            if self._recorder is not None:
                return
            ensure_database(self.database)
            with psycopg.connect(**self.database.parameters("prepare"), autocommit=True) as connection:
                connection.execute("SELECT pg_advisory_lock(hashtext('redress tables'))")
                recorder = Recorder(self._datastore)
                recorder.create_table()
                for statement in tables.CREATE:
                    connection.execute(statement)
            self._recorder = recorder

    def forget(self) -> None:
        """Have tables and functions made before the next use, where they are not there."""
        self._recorder = None

    def close(self) -> None:
        """Give all connections back."""
        self._datastore.close()

    def append(self, append: AppendBatch) -> Sequence[int]:
        """See :meth:`Recorder.append`."""
        return self._ready().append(append)

    def lookup(self, query: LookupQuery) -> Lookup:
        """Everything that deciding a group of commands needs, in one round trip."""
        with self.connection() as connection, connection.pipeline():
            commands = select(connection, tables.SELECT_COMMANDS, list(query.commands))
            streams = _select_slices(connection, [(stream, after, ALL) for stream, after in query.streams.items()])
            trackings = aside = None
            if query.trackings:
                trackings = select(connection, tables.SELECT_TRACKINGS, list(query.trackings))
                aside = select(connection, tables.SELECT_ASIDE, list(query.events), list(query.subjects))
            asides = aside.fetchall() if aside else []
            known = [(CommandRecord(*row[:5]), row[5]) for row in commands]
            return Lookup(
                commands={record.id: record for record, _ in known},
                positions={record.id: position for record, position in known},
                streams=_by_stream(streams),
                trackings=dict(trackings.fetchall()) if trackings else {},
                aside=frozenset(event for event, _, _ in asides),
                waiting=frozenset(subject for _, subject, is_open in asides if is_open),
            )

    def slices(self, wanted: Collection[Slice]) -> dict[UUID, list[EventRow]]:
        """Some events of streams, in the order of their versions."""
        with self.connection() as connection:
            return _by_stream(_select_slices(connection, wanted))

    def tips(self, streams: Iterable[UUID]) -> dict[UUID, EventRow]:
        """The last event of each stream; a stream without events is left out."""
        with self.connection() as connection:
            rows = select(connection, tables.SELECT_TIPS, list(streams))
            return {stream: EventRow(version, state, position) for stream, version, state, position in rows}

    def last(self) -> EventRow | None:
        """The newest event of the log."""
        statement = """
            SELECT originator_version, state, notification_id FROM stored_events ORDER BY notification_id DESC LIMIT 1
        """
        with self.connection() as connection:
            row = select(connection, statement).fetchone()
            return None if row is None else EventRow(*row)

    def probe(self) -> None:
        """Find out whether the server answers."""
        with self.connection() as connection:
            connection.execute("SELECT 1")

    def tracking(self, name: str) -> int:
        """The highest position recorded under a name; 0 when none was."""
        return self._ready().max_tracking_id(name) or 0

    def set_tracking(self, name: str, position: int) -> None:
        """Have a reader go on after a position, be it back: the relay's is ``relay``."""
        with self.connection() as connection:
            select(connection, tables.SET_TRACKING, name, position)

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """A connection of the pool, in autocommit, for what other rooms keep beside the events."""
        self._ready()
        with self._datastore.get_connection() as connection:
            yield connection

    def _ready(self) -> Recorder:
        if self._recorder is None:
            self.prepare()
        assert self._recorder is not None
        return self._recorder


def select(connection: Connection[Any], statement: LiteralString, *parameters: Any) -> Cursor[tuple[Any, ...]]:
    """Run a query whose rows come as tuples, values in binary."""
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    return cursor.execute(statement, parameters, prepare=True)


def _select_slices(connection: Connection[Any], wanted: Collection[Slice]) -> Cursor[tuple[Any, ...]]:
    streams = [stream for stream, _, _ in wanted]
    return select(
        connection, tables.SELECT_STREAMS, streams, [after for _, after, _ in wanted], [upto for _, _, upto in wanted]
    )


def _by_stream(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, list[EventRow]]:
    found: dict[UUID, list[EventRow]] = {}
    for stream, version, state, position in rows:
        found.setdefault(stream, []).append(EventRow(version, state, position))
    return found
