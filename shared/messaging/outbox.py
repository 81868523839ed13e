"""The store's side of the relay: on one connection, which also holds the lock that makes it the only sender."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from shared.eventstore import tables
from shared.eventstore.dead_letters import DeadLetter, letter_of
from shared.postgres.databases import Database, is_only

CURSOR = "relay"
_ACKNOWLEDGED = "acknowledged "


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An entry of the log; ``state`` is None when another service said it."""

    position: int
    subject: UUID
    state: bytes | None


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """What follows in the log after the relay's ``cursor``; ``head`` is the log's last position."""

    cursor: int
    head: int
    entries: Sequence[OutboxEntry]


class TopicLost(Exception):
    """The topic does not hold what was acknowledged: it was wiped or made anew."""


class Outbox:
    """Use as an async context manager. Raises psycopg.Error when the server is away."""

    def __init__(self, service: str, database: Database) -> None:
        self._service = service
        self._database = database
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]]

    async def __aenter__(self) -> "Outbox":
        self._connection = await psycopg.AsyncConnection.connect(
            **self._database.parameters("relay"), autocommit=True, row_factory=tuple_row
        )
        await self._connection.execute("SET synchronous_commit = off")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def is_only(self) -> bool:
        """Try to become the only relay of this store, as long as the connection lives."""
        return await is_only(self._connection, "relay")

    async def chunk(self, limit: int) -> OutboxPage:
        """What is to be sent next."""
        async with self._connection.pipeline():
            cursors = await self._select(tables.SELECT_CURSOR, CURSOR)
            heads = await self._select(tables.SELECT_HEAD)
            rows = await self._select(tables.SELECT_OUTGOING, f"{self._service}.", CURSOR, limit)
            cursor, head = await cursors.fetchone(), await heads.fetchone()
            entries = [OutboxEntry(*row) async for row in rows]
        return OutboxPage(cursor[0] if cursor else 0, head[0] if head else 0, entries)

    async def advance(self, chunk: OutboxPage, position: int, offsets: Mapping[int, int]) -> None:
        """Keep the acknowledged offsets, and move the cursor to ``position`` unless it was set elsewhere since.

        Raises TopicLost when an offset is not beyond the one kept before.
        """
        names = [f"{_ACKNOWLEDGED}{partition}" for partition in offsets]
        async with self._connection.pipeline():
            raised = await self._select(tables.RAISE_TRACKINGS, names, list(offsets.values()))
            if len(await raised.fetchall()) != len(names):
                raise TopicLost(f"acknowledged {offsets}, which is not beyond what was acknowledged before")
            await self._select(tables.ADVANCE_CURSOR, CURSOR, position, chunk.cursor)

    async def acknowledged(self) -> dict[int, int]:
        """The offset after the last acknowledged message of each partition."""
        rows = await self._select(tables.SELECT_ACKNOWLEDGED, f"{_ACKNOWLEDGED}%")
        return {int(name.removeprefix(_ACKNOWLEDGED)): offset async for name, offset in rows}

    async def begin_anew(self) -> None:
        """Have everything sent again from the log's beginning, to topics that have lost it."""
        async with self._connection.transaction():
            await self._select(tables.FORGET_ACKNOWLEDGED, f"{_ACKNOWLEDGED}%")
            await self._select(tables.SET_TRACKING, CURSOR, 0)

    async def new_letters(self, limit: int) -> list[DeadLetter]:
        """Dead letters that were not announced yet."""
        return [letter_of(row) async for row in await self._select(tables.SELECT_NEW_LETTERS, limit)]

    async def announced(self, letters: Sequence[DeadLetter]) -> None:
        """Take note that these letters were announced."""
        await self._select(tables.ANNOUNCED, [letter.number for letter in letters])

    async def _select(self, statement: Any, *parameters: object) -> psycopg.AsyncCursor[tuple[Any, ...]]:
        cursor = self._connection.cursor(binary=True)
        return await cursor.execute(statement, parameters, prepare=True)
