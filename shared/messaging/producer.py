"""Kafka's side of the relay: messages of one topic, in their order, each known to be acknowledged."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from shared.eventstore.codec import SIZE_LIMIT
from shared.loop import within
from shared.messaging.kafka import reading

ACKNOWLEDGED_WITHIN = 5.0
"""Seconds: shorter than a broker that was lost takes to come back, so that no batch of before lands in a new topic."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What is sent: the messages of one key stay in order."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Producer:
    """An idempotent producer with at most one batch for a partition under way.

    With one batch at a time nothing can overtake: when a batch fails, nothing sent after it has arrived.
    """

    def __init__(self, bootstrap: str, name: str) -> None:
        self._bootstrap = bootstrap
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            client_id=name,
            enable_idempotence=True,
            acks="all",
            compression_type="lz4",
            max_batch_size=SIZE_LIMIT,
            max_request_size=8 * SIZE_LIMIT,
            request_timeout_ms=10_000,
        )
        self._partition = DefaultPartitioner()

    async def start(self) -> None:
        """Connect. Raises KafkaError, OSError, TimeoutError."""
        await within(15, self._producer.start())

    async def stop(self) -> None:
        """Disconnect; what is still under way is given up, which the producer has no public way to do."""
        await within(15, self._producer._sender.close())
        self._producer._message_accumulator._batches.clear()
        self._producer._message_accumulator._pending_batches.clear()
        await within(15, self._producer.stop())

    async def send(self, topic: str, messages: Sequence[OutgoingMessage]) -> tuple[int, dict[int, int]]:
        """Send as many of the first messages as fit one batch for each partition, and wait for their acknowledgement.

        Returns how many, and for each partition the offset after the last one. Raises KafkaError or TimeoutError
        when it is not known whether all arrived.
        """
        if not messages:
            return 0, {}
        partitions = sorted(await within(5, self._producer.partitions_for(topic)))
        batches: dict[int, BatchBuilder] = {}
        count = 0
        for message in messages:
            partition = self._partition(message.key, partitions, partitions)
            batch = batches.setdefault(partition, self._producer.create_batch())
            if batch.append(key=message.key, value=message.value, timestamp=None, headers=message.headers) is None:
                break
            count += 1
        return count, await self._acknowledged(topic, batches)

    async def ends(self, topic: str) -> dict[int, int]:
        """The offset after the last message of each partition. Raises KafkaError, OSError, TimeoutError."""
        async with reading(self._bootstrap) as consumer:
            partitions = await within(5, self._producer.partitions_for(topic))
            ends = await within(15, consumer.end_offsets([TopicPartition(topic, number) for number in partitions]))
        return {place.partition: offset for place, offset in ends.items()}

    async def _acknowledged(self, topic: str, batches: dict[int, BatchBuilder]) -> dict[int, int]:
        sent: dict[asyncio.Future[RecordMetadata], int] = {}
        for partition, batch in batches.items():
            count = batch.record_count()
            future = await within(5, self._producer.send_batch(batch, topic, partition=partition))
            future.add_done_callback(_seen)
            sent[future] = count
        done, waiting = await asyncio.wait(sent, timeout=ACKNOWLEDGED_WITHIN)
        if waiting:
            raise TimeoutError(f"{len(waiting)} batches not acknowledged")
        results = {future.result(): sent[future] for future in done}
        return {result.partition: result.offset + count for result, count in results.items()}


def _seen(future: asyncio.Future[RecordMetadata]) -> None:
    if not future.cancelled():
        future.exception()
