"""Keeps what was delivered: one transaction a batch, retried while the database is away, poison put aside."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
import structlog

from services.analytics.projections.writing import Heard, write
from shared.eventing.codec import Unreadable, decode
from shared.readmodel.pool import Pool

log = structlog.get_logger(__name__)

KEPT = "redress_kept"
"""The channel on which PostgreSQL says that events were kept; the payload names their cases."""
MOST_NAMED = 100
"""So many cases fit into a notice (8000 bytes)."""
FIRST_WAIT, LONGEST_WAIT = 0.02, 5.0
"""Seconds between two tries, growing from the first to the longest."""

AT_FAULT = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    ValueError,
)
"""What was delivered does not fit into the tables, today or tomorrow."""
UNWELL = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Anything else is the database's trouble: it is away, full, being restarted, or others were in the way."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as Kafka brought it; ``position`` is the event's in its service's log, as its header says."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    position: bytes


Bury = Callable[[Delivered, str], Awaitable[None]]
"""Puts a message aside for ever, with the reason; returns when it lies safely."""


class Keeper:
    """Writes deliveries into the read models. ``trouble`` says why it does not get on; empty when it does."""

    def __init__(self, pool: Pool, bury: Bury) -> None:
        self._pool = pool
        self._bury = bury
        self.trouble = ""

    async def keep(self, batch: Sequence[Delivered]) -> Counter[str]:
        """Keep a batch whole; how many events of each service were new.

        Returns only when each message is kept, was kept before, or lies with the dead letters. While the
        database does not take it, it waits: Kafka has the rest.
        """
        heard: list[tuple[Delivered, Heard]] = []
        for delivered in batch:
            try:
                heard.append((delivered, read(delivered)))
            except (Unreadable, ValueError) as error:
                await self._put_aside(delivered, str(error))
        return await self._keep(heard) if heard else Counter()

    async def _keep(self, batch: Sequence[tuple[Delivered, Heard]]) -> Counter[str]:
        """Keep readable messages; those that the tables do not take are found by halving the batch."""
        try:
            return await self._persist([heard for _, heard in batch])
        except AT_FAULT as error:
            if len(batch) == 1:
                await self._put_aside(batch[0][0], f"{type(error).__name__}: {error}")
                return Counter()
        middle = len(batch) // 2
        return await self._keep(batch[:middle]) + await self._keep(batch[middle:])

    async def _persist(self, batch: Sequence[Heard]) -> Counter[str]:
        """Try until the batch is written; raises only what the batch itself is to blame for."""
        pause = FIRST_WAIT
        while True:
            try:
                new = await self._transaction(batch)
            except AT_FAULT:
                raise
            except UNWELL as error:
                self.trouble = f"the database does not take it: {error}"
                log.warning("batch waits", error=str(error), events=len(batch), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(LONGEST_WAIT, 2 * pause)
            else:
                self.trouble = ""
                return Counter(heard.recorded.envelope.source for heard in new)

    async def _transaction(self, batch: Sequence[Heard]) -> list[Heard]:
        """Rows and notice, together or not at all."""
        async with self._pool.acquire() as connection, connection.transaction():
            new = await write(connection, batch)
            if new:
                await connection.execute("SELECT pg_notify($1, $2)", KEPT, notice(new))
            return new

    async def _put_aside(self, delivered: Delivered, reason: str) -> None:
        log.error(
            "poison", topic=delivered.topic, partition=delivered.partition, offset=delivered.offset, reason=reason
        )
        await self._bury(delivered, reason)


def read(delivered: Delivered) -> Heard:
    """The event in a message. Raises Unreadable, or ValueError when its position is no number."""
    return Heard(decode(delivered.value, int(delivered.position)), delivered.value)


def notice(new: Sequence[Heard]) -> str:
    """Which cases events belong to, as JSON: site -> cases; no case named where they are too many."""
    cases: dict[str, set[str]] = {}
    for heard in new:
        cases.setdefault(heard.recorded.envelope.site, set()).add(str(heard.recorded.envelope.subject))
    named = sum(map(len, cases.values())) <= MOST_NAMED
    return json.dumps({site: sorted(of_site) if named else [] for site, of_site in sorted(cases.items())})
