"""Keeps one read model up with the log of its service's store."""

import asyncio
import time

from shared.loop import Loop
from shared.observability import metrics
from shared.postgres.databases import PATIENCE
from shared.postgres.pool import AWAY, Connection, Pool
from shared.readmodels.log import read_log
from shared.readmodels.projection import Projection
from shared.readmodels.rebuilding import rebuild

STRETCH = 500
"""How many entries of the log are taken in one transaction."""
LOOK_EVERY = 0.25
"""Seconds after which the log is looked at, when nobody woke the runner."""

_BEHIND = """
    SELECT position, (SELECT coalesce(max(notification_id), 0) FROM stored_events) AS head
    FROM projections WHERE name = $1
"""
_LOCK = "SELECT position FROM projections WHERE name = $1 FOR UPDATE SKIP LOCKED"
_MOVE = "UPDATE projections SET position = $2 WHERE name = $1"


class Runner(Loop):
    """Several runners of one read model may run: one works at a time, the others see how far it is."""

    expected = AWAY

    def __init__(self, service: str, projection: Projection, pool: Pool) -> None:
        super().__init__(f"{service} {projection.name}")
        self._projection = projection
        self._pool = pool
        self._lag = metrics.PROJECTION_LAG_EVENTS.labels(service, projection.name)
        self._woken = asyncio.Event()
        self._moved = asyncio.Event()
        self.position = 0

    def wake(self) -> None:
        """There is something new in the log."""
        self._woken.set()

    async def wait_for(self, position: int, seconds: float = 2.0) -> bool:
        """Wait until the rows show the log up to a position; False when that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                while self.position < position:
                    self._woken.set()
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def rebuild(self) -> None:
        """Make all rows anew from the log's beginning, see :func:`rebuilding.rebuild`."""
        self._show((await rebuild(self._pool, self._projection)).position)

    async def session(self) -> None:
        """See :class:`Loop`."""
        async with self._pool.acquire(timeout=PATIENCE) as connection:
            if await connection.fetchval("SELECT to_regclass('stored_events')") is None:
                raise ConnectionError("the store has no tables yet")
            await self._projection.migrate(connection)
        self.connected()
        while not self.stopping.is_set():
            began = time.monotonic()
            self._woken.clear()
            if not await self._step():
                await self._idle()
            else:
                await self.rest(began)

    async def _step(self) -> bool:
        async with self._pool.acquire(timeout=PATIENCE) as connection:
            seen = await connection.fetchrow(_BEHIND, self._projection.name)
            self._lag.set(max(0, seen["head"] - seen["position"]))
            self._show(seen["position"])
            if seen["position"] >= seen["head"]:
                return False
            async with connection.transaction():
                position = await connection.fetchval(_LOCK, self._projection.name)
                if position is None:
                    return False
                moved = await self._take(connection, position)
            self._show(moved)
            return True

    async def _take(self, connection: Connection, position: int) -> int:
        stretch = await read_log(connection, position, STRETCH, self._projection.names)
        await self._projection.apply(connection, stretch.events)
        await connection.execute(_MOVE, self._projection.name, stretch.position)
        return stretch.position

    async def _idle(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._woken.wait()
        except TimeoutError:
            return

    def _show(self, position: int) -> None:
        self.position = position
        self._moved.set()
        self._moved = asyncio.Event()
