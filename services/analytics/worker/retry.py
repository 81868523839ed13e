"""Tries again to keep what was put aside, when an operator asks for it."""

from services.analytics.readmodel.dead_letters import due, settle
from services.analytics.readmodel.ingestion import AT_FAULT, told
from services.analytics.readmodel.writer import hear, write
from services.analytics.upkeep.repair import alone, kept, rewrite
from shared.eventstore.codec import UnreadableEvent
from shared.eventstore.dead_letters import DeadLetter, DeadLetterState, RetryOutcome
from shared.loop import Loop
from shared.postgres.pool import AWAY, Pool

RUN = 100
"""How many letters are looked at together."""
LOOK_EVERY = 1.0
"""Seconds between two looks for letters that are due."""


class RetryLoop(Loop):
    """Takes the worker's letters that are due, each once in effect."""

    expected = AWAY

    def __init__(self, pool: Pool) -> None:
        super().__init__("analytics worker's letters")
        self._pool = pool

    async def session(self) -> None:
        """See :class:`Loop`."""
        while not self.stopping.is_set():
            for letter in await due(self._pool, RUN):
                await retry(self._pool, letter)
            self.connected()
            await self.pause(LOOK_EVERY)


async def retry(pool: Pool, letter: DeadLetter) -> None:
    """Keep the event of a letter, and write its case anew: what came later was kept before it. Raises one of AWAY."""
    origin = letter.letter.origin
    try:
        async with alone(pool) as connection:
            heard = hear(origin.value, origin.position)
            await write(connection, [heard])
            cases = [heard.around.subject]
            await rewrite(connection, cases, await kept(connection, cases))
            await settle(connection, RetryOutcome(letter.number, DeadLetterState.REPLAYED))
    except (UnreadableEvent, *AT_FAULT) as error:
        await settle(pool, RetryOutcome(letter.number, DeadLetterState.DEAD, letter.letter.reason, told(error)))
