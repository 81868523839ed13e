"""What an operator sees of dead letters and does with them; and the loop that tries again what he asked for."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from shared.commands.answers import Busy
from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.eventstore import tables
from shared.eventstore.dead_letters import OPEN, DeadLetter, DeadLetterState, letter_of
from shared.eventstore.store import AWAY, Store, select
from shared.loop import Loop
from shared.messaging.message_handler import MessageHandler
from shared.observability import metrics

RUN = 100
"""How many letters are tried in one transaction."""
LOOK_EVERY = 1.0
"""Seconds between two looks for letters that are due."""


class DeadLetters:
    """The dead letters of one service. Blocking; needs nothing but the store.

    Every method raises one of ``store.AWAY`` when the store is not there.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, *, states: Sequence[DeadLetterState] = OPEN, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Letters in these states, oldest first, whose number is above ``after``."""
        with self._store.connection() as connection:
            rows = select(connection, tables.SELECT_LETTERS, [state.value for state in states], after, limit)
            return [letter_of(row) for row in rows]

    def show(self, number: int) -> DeadLetter:
        """One letter. Raises KeyError when there is none of this number."""
        with self._store.connection() as connection:
            row = select(connection, tables.SELECT_LETTER, number).fetchone()
        if row is None:
            raise KeyError(number)
        return letter_of(row)

    def replay(self, number: int) -> bool:
        """Ask the service to try a dead letter again, and after it what waits behind it. False when it is not dead."""
        return self._mark(number, DeadLetterState.DUE)

    def replay_case(self, case: UUID) -> int:
        """Ask for another try of all dead letters of a case; how many there are."""
        with self._store.connection() as connection:
            return select(connection, tables.REPLAY_CASE, case).rowcount

    def discard(self, number: int) -> bool:
        """Give a dead letter up, so that what waits behind it goes on without it. False when it is not dead."""
        return self._mark(number, DeadLetterState.DISCARDED)

    def due(self, limit: int) -> list[DeadLetter]:
        """What is to be tried again, oldest first: asked for, or waiting behind nothing that is dead."""
        with self._store.connection() as connection:
            return [letter_of(row) for row in select(connection, tables.SELECT_DUE_LETTERS, limit)]

    def count(self) -> dict[DeadLetterState, int]:
        """How many letters are open, by state."""
        with self._store.connection() as connection:
            counted = dict(select(connection, tables.COUNT_LETTERS).fetchall())
        return {state: counted.get(state.value, 0) for state in OPEN}

    def _mark(self, number: int, state: DeadLetterState) -> bool:
        with self._store.connection() as connection:
            return select(connection, tables.MARK_DEAD_LETTER, state.value, number).rowcount == 1


class Replayer(Loop):
    """Tries dead letters again when they are due: through the gate, each once in effect."""

    expected = (*AWAY, Busy)

    def __init__(self, department: Department, gate: Gate, store: Store) -> None:
        super().__init__(f"{department.name} replayer")
        self._service = department.name
        self._gate = gate
        self._letters = DeadLetters(store)
        self._listener = MessageHandler(department, gate.rules_for)

    async def session(self) -> None:
        """See :class:`Loop`."""
        while not self.stopping.is_set():
            due = await asyncio.to_thread(self._letters.due, RUN)
            if due:
                await self._gate.hear([self._listener.read_again(kept) for kept in due])
            for state, count in (await asyncio.to_thread(self._letters.count)).items():
                metrics.DEAD_LETTERS.labels(self._service, state.value).set(count)
            self.connected()
            await self.pause(LOOK_EVERY)
