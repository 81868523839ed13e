"""Keeps what was delivered: one transaction a batch, retried while the database is away, poison put dead_letters."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

import asyncpg
import structlog

from services.analytics.readmodel import dead_letters, positions
from services.analytics.readmodel.writer import LoggedEvent, hear, write
from shared.clock import Clock
from shared.eventstore.codec import UnreadableEvent
from shared.eventstore.dead_letters import RejectedMessage
from shared.messaging.message_handler import position_of
from shared.messaging.subscription import Gap, Place, TopicMessage
from shared.observability import tracing
from shared.postgres.pool import Pool

log = structlog.get_logger(__name__)

T = TypeVar("T")

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
UNWELL = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""Anything else is the database's trouble: it is away, full, being restarted, or others were in the way."""


KNOWN = "SELECT EXISTS (SELECT FROM history WHERE (case_id, service, version) = ($1, $2, $3))"

Count = Callable[[Counter[str]], Awaitable[None]]
"""Told how many events of each service were new; must not raise."""


class Item(NamedTuple):
    """A message with its event, or with the letter that it becomes."""

    delivered: TopicMessage
    heard: LoggedEvent | None
    letter: RejectedMessage | None = None

    def unfit(self, reason: str, error: Exception) -> "Item":
        """The same, to be put dead_letters."""
        return Item(self.delivered, None, dead_letters.letter_from(self.delivered, reason, told(error)))


async def uncounted(kept: Counter[str]) -> None:
    """Nobody wants to know."""


class Ingestion:
    """Writes deliveries into the read models.

    ``expected`` is the offset of the next message of each partition that is being heard. ``trouble`` says why
    the keeper does not get on, empty when it does.

    Of each partition the last message that was kept is fetched once more: when it is none of those that are known,
    Kafka has lost the topic and been given another, in which what is new may lie before that place.
    """

    def __init__(self, pool: Pool, clock: Clock, count: Count = uncounted) -> None:
        self._pool = pool
        self._clock = clock
        self._count = count
        self.expected: dict[Place, int] = {}
        self._last: dict[Place, int] = {}
        self.trouble = ""

    async def begin(self, bounds: Mapping[Place, tuple[int, int]]) -> dict[Place, int]:
        """Hear these partitions from now on, and no others; where to begin (see :func:`positions.begin`)."""
        starts = await self._persistently(lambda: positions.begin(self._pool, bounds))
        self._last = {place: start - 1 for place, start in starts.items() if start > bounds[place][0]}
        self.expected = starts | self._last
        return dict(self.expected)

    async def take(self, batch: Sequence[TopicMessage]) -> None:
        """Keep a batch, and have the new ones counted."""
        if kept := await self.keep(batch):
            await self._count(kept)

    async def keep(self, batch: Sequence[TopicMessage]) -> Counter[str]:
        """Keep a batch whole; how many events of each service were new.

        Returns only when each message is kept, was kept before, or lies with the dead letters. While the
        database does not take it, it waits: Kafka has the rest. Raises Gap before anything is kept.
        """
        reached, began = self._follow(batch), tracing.now()
        items = [read(delivered) for delivered in batch]
        await self._recognise(items)
        kept = await self._keep(items)
        tracing.kept("analytics-worker", (each.value for each in batch), began)
        self.expected.update(reached)
        return kept

    def _follow(self, batch: Sequence[TopicMessage]) -> dict[Place, int]:
        """The offset after each partition's last message, none of which was passed over. Raises Gap."""
        reached: dict[Place, int] = {}
        for delivered in batch:
            expected = reached.get(delivered.place, self.expected.get(delivered.place))
            if expected is None or delivered.offset > expected:
                raise Gap(f"{delivered.topic}[{delivered.partition}]: expected {expected}, found {delivered.offset}")
            reached[delivered.place] = max(expected, delivered.offset + 1)
        return reached

    async def _recognise(self, items: Sequence[Item]) -> None:
        """See that the last messages kept are still where they were. Raises Gap; then it is begun with the first."""
        for delivered, heard, _ in items:
            if self._last.get(delivered.place) != delivered.offset:
                continue
            if heard is not None and not await self._persistently(partial(is_known, self._pool, heard)):
                await self._persistently(partial(positions.forget, self._pool, delivered.place))
                raise Gap(f"{delivered.topic}[{delivered.partition}]: another event than was kept")
            del self._last[delivered.place]

    async def _keep(self, items: Sequence[Item]) -> Counter[str]:
        """Keep messages in their order; those that the tables do not take are found by halving the batch."""
        try:
            new = await self._persistently(lambda: self._transaction(items))
            return Counter(heard.around.source for heard in new)
        except AT_FAULT as error:
            if len(items) == 1:
                if items[0].letter is not None:
                    raise
                return await self._keep([items[0].unfit("unfit", error)])
        middle = len(items) // 2
        return await self._keep(items[:middle]) + await self._keep(items[middle:])

    async def _persistently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Try until it is done; raises only what the messages are to blame for."""
        pause = FIRST_WAIT
        while True:
            try:
                done = await work()
            except AT_FAULT:
                raise
            except UNWELL as error:
                self.trouble = f"the database does not take it: {error}"
                log.warning("waiting for the database", error=str(error), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(LONGEST_WAIT, 2 * pause)
            else:
                self.trouble = ""
                return done

    async def _transaction(self, items: Sequence[Item]) -> list[LoggedEvent]:
        """Rows, letters, positions and notice, together or not at all; the events that were new."""
        heard = [item.heard for item in items if item.heard is not None]
        async with self._pool.acquire() as connection, connection.transaction():
            new = await write(connection, heard) if heard else []
            for letter in (item.letter for item in items if item.letter is not None):
                await dead_letters.put(connection, self._clock.now(), letter)
            await positions.advance(connection, {each.place: each.offset + 1 for each, _, _ in items})
            if new:
                await connection.execute("SELECT pg_notify($1, $2)", KEPT, notice(new))
            return new


async def is_known(pool: Pool, heard: LoggedEvent) -> bool:
    """Whether an event was kept before."""
    return bool(await pool.fetchval(KNOWN, *heard.key))


def read(delivered: TopicMessage) -> Item:
    """A message and the event in it, or its letter."""
    try:
        return Item(delivered, hear(delivered.value, position_of(delivered.position)))
    except UnreadableEvent as error:
        return Item(delivered, None).unfit("unreadable", error)


def told(error: Exception) -> str:
    """An error in a line."""
    return str(error) if isinstance(error, UnreadableEvent) else f"{type(error).__name__}: {error}"


def notice(new: Sequence[LoggedEvent]) -> str:
    """Which cases events belong to, as JSON: site -> cases; no case named where they are too many."""
    cases: dict[str, set[str]] = {}
    for heard in new:
        cases.setdefault(heard.around.site, set()).add(str(heard.around.subject))
    named = sum(map(len, cases.values())) <= MOST_NAMED
    return json.dumps({site: sorted(of_site) if named else [] for site, of_site in sorted(cases.items())})
