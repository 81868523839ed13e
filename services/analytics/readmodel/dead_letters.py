"""What the worker could not keep: it lies among the store's dead letters, in one transaction with the rows."""

from datetime import datetime
from uuid import UUID

import structlog

from shared.eventstore.codec import UnreadableEvent, head
from shared.eventstore.dead_letters import (
    DeadLetter,
    DeadLetterState,
    MessageOrigin,
    RejectedMessage,
    RetryOutcome,
    letter_of,
    printable,
)
from shared.eventstore.tables import LETTER_COLUMNS
from shared.messaging.message_handler import id_of_place, position_of
from shared.messaging.subscription import TopicMessage
from shared.postgres.pool import Connection, Pool

log = structlog.get_logger(__name__)

PUT = """
    INSERT INTO dead_letters
        (at, topic, partition, "offset", position, subject, event, value, state, reason, detail, reader)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'worker')
    ON CONFLICT (reader, event) DO NOTHING
"""
DUE = f"""
    SELECT {LETTER_COLUMNS} FROM dead_letters WHERE reader = 'worker' AND state = 'due' ORDER BY number LIMIT $1
"""
SETTLE = "UPDATE dead_letters SET state = $2, reason = $3, detail = $4 WHERE number = $1 AND state = 'due'"


def letter_from(delivered: TopicMessage, reason: str, detail: str) -> RejectedMessage:
    """A message that cannot be kept, as a dead letter."""
    place = (delivered.topic, delivered.partition, delivered.offset)
    log.error("poison", topic=place[0], partition=place[1], offset=place[2], reason=reason, detail=detail)
    origin = MessageOrigin(*place, position_of(delivered.position), *ids_of(delivered), delivered.value)
    return RejectedMessage(origin, DeadLetterState.DEAD, reason, detail)


def ids_of(delivered: TopicMessage) -> tuple[UUID, UUID]:
    """The case and the event of a message; made of its place where it does not tell them."""
    try:
        label = head(delivered.value)
    except UnreadableEvent:
        place = id_of_place(*delivered.place, delivered.offset)
        return place, place
    return label.subject, label.id


async def put(connection: Connection, at: datetime, letter: RejectedMessage) -> None:
    """Lay a letter down, once; the caller holds the transaction."""
    o = letter.origin
    where = (o.topic, o.partition, o.offset, o.position, o.subject, o.event, o.value)
    await connection.execute(PUT, at, *where, letter.state.value, letter.reason, printable(letter.detail))


async def due(pool: Pool, limit: int) -> list[DeadLetter]:
    """The letters that an operator wants to have tried again, oldest first."""
    return [letter_of(tuple(row)) for row in await pool.fetch(DUE, limit)]


async def settle(connection: Connection, settled: RetryOutcome) -> None:
    """Note what became of another try."""
    await connection.execute(SETTLE, settled.number, settled.state.value, settled.reason, printable(settled.detail))
