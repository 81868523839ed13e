"""Tables that grow beside the live ones, in a schema of their own, and take their place in one moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from shared.postgres.databases import PATIENCE
from shared.postgres.pool import Connection, Pool, borrowed

LIVE = "public"
LONG = 3600
"""Seconds after which a statement over all rows is given up."""
CATCHING_UP = 60
"""Seconds that writers wait at most while the new tables are brought up to the moment."""
WRITERS_LEAVE_WITHIN = 5
"""Seconds that writers are given to end what they are at."""
READERS_WAIT = 0.3
"""Seconds that new readers are made to wait for those who read; less than PostgreSQL takes to look for deadlocks,
so that it is never a reader who is broken off."""
TRIES = 60
"""So often the exchange is tried."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
"""Seconds between two tries, growing from the first to the longest."""

Step = Callable[[Connection], Awaitable[None]]
IN_THE_WAY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class RebuildUnderWay(Exception):
    """Somebody else is at these tables; the text names them."""


class TablesInUse(Exception):
    """Somebody reads, or writes, the live tables for so long that they could not be exchanged."""


@dataclass(frozen=True, slots=True)
class ShadowTables:
    """The tables of a read model, in the order in which they may be made."""

    name: str
    tables: tuple[str, ...]

    @property
    def schema(self) -> str:
        """Where the new tables grow."""
        return f"rebuilding_{self.name}"

    @asynccontextmanager
    async def alone(self, pool: Pool) -> AsyncIterator[Connection]:
        """The connection that keeps out, inside the block, whoever asks for the same tables. Raises RebuildUnderWay."""
        async with borrowed(pool) as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", f"redress {self.schema}"):
                raise RebuildUnderWay(self.name)
            yield connection

    async def begin(self, connection: Connection, sign: str, make: Sequence[str], *, anew: bool = False) -> bool:
        """Make the schema by these statements, or go on with the one that bears the same sign; whether it was made."""
        found = await connection.fetchval("SELECT obj_description(to_regnamespace($1), 'pg_namespace')", self.schema)
        if found == sign and not anew:
            return False
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            await connection.execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE", timeout=LONG)
            await connection.execute(f"CREATE SCHEMA {self.schema}")
            await connection.execute(f"SET LOCAL search_path = {self.schema}")
            for statements in make:
                await connection.execute(statements)
            await connection.execute(f"COMMENT ON SCHEMA {self.schema} IS '{sign}'")
        return True

    async def exchange(
        self, connection: Connection, catch_up: Callable[[], Awaitable[None]], *, hold: Step, put: Step
    ) -> None:
        """Bring the new tables up to the moment while writers wait, and put them in the place of the live ones.

        ``hold`` is done before anything is locked, ``put`` puts the tables there, see :meth:`swap`; both on this
        connection and in one transaction. ``catch_up`` works, and commits, on another one: whoever reads from an
        earlier snapshot must see the rows too. Raises TablesInUse.
        """
        pause = FIRST_PAUSE
        for _ in range(TRIES):
            try:
                async with connection.transaction():
                    await connection.execute(f"SET LOCAL lock_timeout = '{WRITERS_LEAVE_WITHIN}s'")
                    await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{CATCHING_UP}s'")
                    await hold(connection)
                    await self._lock(connection, "SHARE ROW EXCLUSIVE")
                    await catch_up()
                    await put(connection)
                    await connection.execute(f"DROP SCHEMA {self.schema} CASCADE", timeout=LONG)
                return
            except IN_THE_WAY:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
        raise TablesInUse(self.name)

    async def swap(self, connection: Connection) -> None:
        """Drop the live tables and move the new ones there. To be called by ``put``."""
        await connection.execute(f"SET LOCAL lock_timeout = '{READERS_WAIT * 1000:.0f}ms'")
        await self._lock(connection, "ACCESS EXCLUSIVE")
        if live := await self._live(connection):
            await connection.execute(f"DROP TABLE {live}", timeout=LONG)
        for table in self.tables:
            await connection.execute(f"ALTER TABLE {self.schema}.{table} SET SCHEMA {LIVE}")

    async def _lock(self, connection: Connection, mode: str) -> None:
        if live := await self._live(connection):
            await connection.execute(f"LOCK TABLE {live} IN {mode} MODE")

    async def _live(self, connection: Connection) -> str:
        """Those of the live tables that are there."""
        names = [f"{LIVE}.{table}" for table in self.tables]
        rows = await connection.fetch(
            "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL", names
        )
        return ", ".join(row["name"] for row in rows)
