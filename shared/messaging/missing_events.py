"""Which events Kafka holds that the store lacks, as it does after a restore from an older copy."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from psycopg.rows import tuple_row

from shared.audit.evidence import read_told
from shared.eventstore.codec import NO_EVENT
from shared.loop import within
from shared.messaging.kafka import reading
from shared.messaging.message_handler import position_of
from shared.observability import metrics
from shared.postgres.databases import Database

if TYPE_CHECKING:
    Consumer: TypeAlias = AIOKafkaConsumer[bytes, bytes]
    Message: TypeAlias = ConsumerRecord[bytes, bytes]
else:
    Consumer = Message = Any

SILENT_MS = 10_000
"""After so long without a message a broker that has more to give is away, or has lost it."""
LACKING = """
    SELECT k.place
    FROM unnest(%b::uuid[], %b::bigint[], %b::bytea[]) WITH ORDINALITY AS k (stream, version, digest, place)
    LEFT JOIN LATERAL (
        SELECT state FROM stored_events
        WHERE (originator_id, originator_version) = (k.stream, k.version) OFFSET 0
    ) AS e ON true
    WHERE e.state IS NULL OR sha256(e.state) <> k.digest
    ORDER BY k.place
"""


class KafkaAhead(Exception):
    """Kafka holds events that the store lacks: to go on would give their places to others."""


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event as a service sent it: its bytes, its place in its stream, and its position in the log at that time."""

    stream: UUID
    version: int
    position: int
    previous: str
    state: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        return sha256(self.state).hexdigest()


async def require_level(
    service: str, database: Database, bootstrap: str, topic: str, acknowledged: Mapping[int, int]
) -> None:
    """See that the store has what its topic holds; ``acknowledged`` says of each partition from which offset on.

    Raises KafkaAhead when it does not; KafkaError, OSError, TimeoutError, psycopg.Error when that cannot be told.
    """
    count, first = 0, ""
    async for some in lacking(service, database, bootstrap, topic, acknowledged):
        count += len(some)
        first = first or str(some[0].stream)
    metrics.KAFKA_AHEAD.labels(service).set(count)
    if count:
        raise KafkaAhead(
            f"Kafka holds {count} events of {service} that its store lacks, the first of them in case {first}: "
            "stop all services and run `redress recover`"
        )


async def lacking(
    service: str, database: Database, bootstrap: str, topic: str, after: Mapping[int, int]
) -> AsyncIterator[list[PublishedEvent]]:
    """The service's own events in its topic that its store does not have, a few hundred at a time.

    ``after`` names the topic's partitions, and of each the offset to begin with. What is no event of this service is
    passed over. Raises as :func:`require_level`.
    """
    connecting = psycopg.AsyncConnection.connect(**database.parameters("ahead"), autocommit=True, row_factory=tuple_row)
    async with await connecting as connection, reading(bootstrap) as consumer:
        async for messages in whole(consumer, topic, after):
            sent = [one for one in (read(service, message) for message in messages) if one is not None]
            columns = [one.stream for one in sent], [one.version for one in sent]
            digests = [sha256(one.state).digest() for one in sent]
            cursor = await connection.execute(LACKING, (*columns, digests))
            found = [sent[place - 1] for (place,) in await cursor.fetchall()]
            if found:
                yield found


async def whole(consumer: Consumer, topic: str, after: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
    """The messages of some partitions of a topic, each from an offset to its end as it is now."""
    offsets = {TopicPartition(topic, partition): offset for partition, offset in after.items()}
    consumer.assign(list(offsets))
    firsts = await within(15, consumer.beginning_offsets(list(offsets)))
    ends = await within(15, consumer.end_offsets(list(offsets)))
    for place, offset in offsets.items():
        consumer.seek(place, max(firsts[place], min(offset, ends[place])))
    while unread := [place for place, end in ends.items() if await within(5, consumer.position(place)) < end]:
        got = await consumer.getmany(*unread, timeout_ms=SILENT_MS, max_records=500)
        if not got:
            raise TimeoutError(f"{topic} gives nothing more, though it should")
        for messages in got.values():
            yield messages


def read(service: str, message: Message) -> PublishedEvent | None:
    """A message as an event of this service; None when it is none."""
    state = message.value or b""
    position = position_of(dict(message.headers).get("position", b""))
    try:
        told = read_told(state)
        stream = UUID(told.subject)
    except (*NO_EVENT, ValueError):
        return None
    if told.source != service or not told.type.startswith(f"{service}.") or not position:
        return None
    return PublishedEvent(stream, told.streamversion, position, told.prevhash, state)
