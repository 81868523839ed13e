"""A read model: its tables, and what each event does to them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from shared.contracts.envelope import Recorded
from shared.contracts.event import wire_name
from shared.postgres.pool import Connection

Handler = Callable[[Connection, Recorded], Awaitable[None]]
BulkHandler = Callable[[Connection, Sequence[Recorded]], Awaitable[None]]

CREATE_POSITIONS = """
    CREATE TABLE IF NOT EXISTS projections (
        name text PRIMARY KEY, version integer NOT NULL, position bigint NOT NULL
    )
"""
_KEEP_VERSION = """
    INSERT INTO projections VALUES ($1, $2, 0)
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = 0
    WHERE projections.version <> excluded.version
    RETURNING name
"""


@dataclass(frozen=True, slots=True)
class Projection:
    """Rows that follow from events, and from nothing else: no clock, no default that the database makes up.

    ``tables`` gives for each table the statements that make it (``CREATE TABLE IF NOT EXISTS …``, indexes too).
    ``handlers`` say what one event does; or ``bulk`` what a run of events does, of the classes it ``hears``.
    With another ``version`` the tables are made anew and filled from the log.
    """

    name: str
    tables: Mapping[str, str]
    handlers: Mapping[type, Handler] = field(default_factory=dict)
    bulk: BulkHandler | None = None
    hears: tuple[type, ...] = ()
    version: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The wire names of the events it hears."""
        return tuple(sorted({wire_name(heard) for heard in (*self.handlers, *self.hears)}))

    async def migrate(self, connection: Connection) -> None:
        """Make the tables that are missing; make them anew when the version changed."""
        async with connection.transaction():
            await make_positions(connection)
            if await connection.fetchval(_KEEP_VERSION, self.name, self.version):
                for table in self.tables:
                    await connection.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
            for statements in self.tables.values():
                await connection.execute(statements)

    async def apply(self, connection: Connection, events: Sequence[Recorded]) -> None:
        """Have these events, in their order, change the rows. To be called in a transaction."""
        if self.bulk is not None and events:
            await self.bulk(connection, events)
        for recorded in events:
            if handler := self.handlers.get(type(recorded.event)):
                await handler(connection, recorded)

    async def clear(self, connection: Connection) -> None:
        """Empty the tables; who reads meanwhile sees the old rows until the transaction ends."""
        for table in reversed(tuple(self.tables)):
            await connection.execute(f"DELETE FROM {table}", timeout=600)

    async def digest(self, connection: Connection) -> str:
        """The SHA-256 of all rows, in hex, whatever their order: equal rows, equal digest."""
        total = sha256()
        async with connection.transaction():
            for table in sorted(self.tables):
                total.update(f"{table}\n".encode())
                statement = f'SELECT t::text AS row FROM {table} AS t ORDER BY t::text COLLATE "C"'
                async for row in connection.cursor(statement, prefetch=1000):
                    total.update(f"{row['row']}\n".encode())
        return total.hexdigest()


async def make_positions(connection: Connection) -> None:
    """Make the table of positions unless it is there, and keep others from that until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('redress projections'))")
    await connection.execute(CREATE_POSITIONS)
