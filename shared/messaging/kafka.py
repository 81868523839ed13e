"""Kafka's clients that are needed for a while, to administrate or to read anywhere; and what all group members do."""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient

from shared.loop import within

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
"""It tells of an absent broker, and of a topic that is being made, at every try; the loops here tell it once."""


@asynccontextmanager
async def administrating(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that asks after topics and groups, and changes them. Raises KafkaError, OSError, TimeoutError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        await within(15, admin.start())
        yield admin
    finally:
        await within(15, admin.close())


@asynccontextmanager
async def reading(bootstrap: str, group: str | None = None) -> AsyncIterator["AIOKafkaConsumer[bytes, bytes]"]:
    """A consumer that chooses its partitions itself. Raises KafkaError, OSError, TimeoutError."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=10_000,
    )
    try:
        await within(15, consumer.start())
        yield consumer
    finally:
        await within(15, consumer.stop())


class AssignmentListener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Tells a member of a group that its partitions are dealt out anew: what it noted of them holds no longer."""

    def __init__(self, dealt: Callable[[], None]) -> None:
        self._dealt = dealt

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Somebody else may go on with them."""
        self._dealt()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """They are read from where the group, or the member's own book, says."""
        self._dealt()
