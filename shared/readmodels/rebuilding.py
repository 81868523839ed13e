"""Builds a service's own read model anew from its log, beside the one that runs, and puts it in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import asyncpg

from shared.eventstore.codec import UnreadableEvent
from shared.postgres.pool import Connection, Pool, borrowed
from shared.readmodels.beside import LIVE, ShadowTables
from shared.readmodels.log import read_log
from shared.readmodels.projection import CREATE_POSITIONS, Projection, make_positions

STRETCH = 2000
"""How many entries of the log are taken in one transaction."""

Tell = Callable[[int, int], None]
"""Told how many entries of the log were read, of how many."""


class ProjectionFailure(Exception):
    """A read model cannot take an event; the live tables stay. The text says after which position, and why."""


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """How far the log was read, and how many of its entries by this call."""

    position: int
    entries: int


def quiet(done: int, of: int) -> None:
    """Nobody is told."""


async def rebuild(pool: Pool, projection: Projection, *, anew: bool = False, tell: Tell = quiet) -> RebuildResult:
    """Make all rows anew from the log's beginning; the live ones are read and written until they are exchanged.

    What an interrupted call has built is gone on with, unless ``anew``. Raises RebuildUnderWay, TablesInUse,
    ProjectionFailure, one of AWAY.
    """
    beside = ShadowTables(projection.name, tuple(projection.tables))
    async with beside.alone(pool) as guard, borrowed(pool) as building:
        if await building.fetchval("SELECT to_regclass('stored_events')") is None:
            raise ConnectionError("the store has no tables yet")
        async with building.transaction():
            await make_positions(building)
        made = (CREATE_POSITIONS, f"INSERT INTO projections VALUES ('{projection.name}', {projection.version}, 0)")
        await beside.begin(building, sign_of(projection), (*made, *projection.tables.values()), anew=anew)
        await building.execute(f"SET search_path = {beside.schema}, {LIVE}; SET synchronous_commit = off")
        follow = LogCatchUp(building, beside, projection, tell)
        await follow.to_the_end()
        await beside.exchange(
            guard,
            follow.to_the_end,
            hold=partial(hold, projection),
            put=lambda connection: put(connection, beside, projection, follow.position),
        )
    return RebuildResult(follow.position, follow.entries)


def sign_of(projection: Projection) -> str:
    """Tells tables of another form from those that may be gone on with."""
    form = (projection.name, projection.version, sorted(projection.tables.items()), projection.names)
    return sha256(repr(form).encode()).hexdigest()


class LogCatchUp:
    """Applies the log to the new tables, from where they stand."""

    def __init__(self, connection: Connection, beside: ShadowTables, projection: Projection, tell: Tell) -> None:
        self._connection = connection
        self._projection = projection
        self._positions = f"{beside.schema}.projections"
        self._tell = tell
        self.position = 0
        self.entries = 0

    async def to_the_end(self) -> None:
        """Until there is nothing more in the log."""
        self.position = await self._connection.fetchval(f"SELECT position FROM {self._positions}")
        while await self._take():
            head = await self._connection.fetchval("SELECT coalesce(max(notification_id), 0) FROM stored_events")
            self._tell(self.position, head)

    async def _take(self) -> bool:
        try:
            async with self._connection.transaction():
                stretch = await read_log(self._connection, self.position, STRETCH, self._projection.names)
                await self._projection.apply(self._connection, stretch.events)
                await self._connection.execute(f"UPDATE {self._positions} SET position = $1", stretch.position)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnreadableEvent) as error:
            raise ProjectionFailure(f"{self._projection.name}, after position {self.position}: {error}") from error
        self.position = stretch.position
        self.entries += stretch.entries
        return stretch.entries > 0


async def hold(projection: Projection, connection: Connection) -> None:
    """Keep runners of the read model waiting until the end of the transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('redress projections'))")
    await connection.execute(f"SELECT FROM {LIVE}.projections WHERE name = $1 FOR UPDATE", projection.name)


async def put(connection: Connection, beside: ShadowTables, projection: Projection, position: int) -> None:
    """Exchange the tables, and have the runners go on from where the new ones stand."""
    await beside.swap(connection)
    await connection.execute(
        f"INSERT INTO {LIVE}.projections VALUES ($1, $2, $3) "
        "ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position",
        *(projection.name, projection.version, position),
    )
