"""What lies in Kafka: every message of the services' topics, and how far each group of readers has come."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.event import SERVICES
from tests.chaos.reactions import heard_by

TOPICS = tuple(f"redress.{service}" for service in SERVICES)
GROUPS: Mapping[str, frozenset[str]] = {
    f"redress.{service}": frozenset(f"redress.{name.partition('.')[0]}" for name in heard_by(service))
    for service in SERVICES
}
"""The group of each service's inbox, and the topics that it hears; analytics' worker keeps its place by itself."""


SENT_WITHIN = 30.0


@dataclass(frozen=True)
class Sent:
    """A message of a topic; ``position`` is 0 when it has none."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    position: int


async def messages(bootstrap: str, topic: str) -> list[Sent]:
    """Everything in a topic, partition by partition."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        found: list[Sent] = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for place, records in (await consumer.getmany(timeout_ms=500)).items():
                found += [
                    Sent(place.partition, one.offset, one.key, one.value, int(dict(one.headers).get("position", 0)))
                    for one in records
                ]
        return sorted(found, key=lambda sent: (sent.partition, sent.offset))
    finally:
        await consumer.stop()


async def put(bootstrap: str, topic: str, sent: Sequence[Sent]) -> None:
    """Send messages one after another, as a relay would; those without a position say none."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=1 << 23)
    async with asyncio.timeout(SENT_WITHIN):
        await producer.start()
    try:
        for one in sent:
            headers = [("position", str(one.position).encode())] if one.position else []
            async with asyncio.timeout(SENT_WITHIN):
                await producer.send_and_wait(topic, one.value, key=one.key, headers=headers)
    finally:
        await producer.stop()


async def lags(bootstrap: str) -> dict[str, int]:
    """How many messages each inbox has not handled yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    consumer = AIOKafkaConsumer(*TOPICS, bootstrap_servers=bootstrap, group_id=None)
    await admin.start()
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        found = {}
        for group, topics in GROUPS.items():
            read = {place: max(0, at.offset) for place, at in (await admin.list_consumer_group_offsets(group)).items()}
            found[group] = sum(end - read.get(place, 0) for place, end in ends.items() if place.topic in topics)
        return found
    finally:
        await consumer.stop()
        await admin.close()
