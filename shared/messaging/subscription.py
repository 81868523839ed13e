"""Carries topics, batch by batch and in order, to somebody who keeps by himself how far each partition is."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError

from shared.loop import Loop, within
from shared.messaging.kafka import AssignmentListener
from shared.messaging.topics import Topics, ensure_topics
from shared.observability import metrics

MOST_AT_ONCE = 2000
"""How many messages are taken together, when there are so many."""
FETCH_WAIT_MS = 20
"""A partition just read is not asked for again before the pending request returns: so it must return soon."""
METADATA_AGE_MS = 5_000
"""A topic that was not there when the partitions were dealt out, as after Kafka was wiped, is heard after so long."""
LOOK_EVERY = 5.0
"""Seconds between two looks at the ends of the partitions, and between two measurements."""

Place = tuple[str, int]
"""A topic and a partition of it."""


@dataclass(frozen=True, slots=True)
class TopicMessage:
    """A message as Kafka brought it; ``position`` is the event's in its service's log, as its header says."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    position: bytes

    @property
    def place(self) -> Place:
        """Its topic and partition."""
        return self.topic, self.partition


class Gap(Exception):
    """Messages were passed over on their way, or Kafka has lost some; each partition is to be begun anew."""


class Subscriber(Protocol):
    """Who takes what is delivered; ``expected`` is the offset of the next message of each partition he hears."""

    @property
    def expected(self) -> Mapping[Place, int]: ...

    async def begin(self, bounds: Mapping[Place, tuple[int, int]]) -> Mapping[Place, int]:
        """Where to begin in each partition, given the first offset that Kafka has of it and the one after the last."""

    async def take(self, batch: Sequence[TopicMessage]) -> None:
        """Take a batch; what he raises has the partitions begun anew, from where he then says."""


class Subscription(Loop):
    """A member of a consumer group that commits no offsets: where to begin is asked whenever partitions are dealt out.

    A case's messages lie in partitions of the same number, all of which one member has. ``lag`` is how many messages
    were still to be taken a moment ago, also while the taker does not get on; None when it was not measured yet.
    """

    expected = (OSError, KafkaError, Gap)

    def __init__(
        self, service: str, projection: str, hears: Sequence[str], taker: Subscriber, bootstrap: str, topics: Topics
    ) -> None:
        super().__init__(f"{service} worker")
        self._names = [topics.of(each) for each in hears]
        self._group = f"{topics.group(service)}.worker"
        self._taker = taker
        self._bootstrap = bootstrap
        self._topics = topics
        self._gauge = metrics.PROJECTION_LAG_EVENTS.labels(service, projection)
        self.lag: int | None = None
        self._deal = 0
        self._begun = -1
        self._looked = 0.0

    def dealt(self) -> None:
        """The partitions were dealt out anew, perhaps by a Kafka that has lost its topics."""
        self._deal += 1

    async def session(self) -> None:
        """See :class:`Loop`."""
        await ensure_topics(self._bootstrap, self._topics, self._names)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=self.name,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(RangePartitionAssignor,),
            fetch_max_wait_ms=FETCH_WAIT_MS,
            request_timeout_ms=10_000,
            metadata_max_age_ms=METADATA_AGE_MS,
            max_poll_interval_ms=600_000,
        )
        consumer.subscribe(self._names, listener=AssignmentListener(self.dealt))
        measuring = asyncio.create_task(self._measure(consumer))
        try:
            await within(60, consumer.start())
            self.dealt()
            while not self.stopping.is_set():
                if self._begun == self._deal:
                    await self._carry(consumer)
                else:
                    await self._begin(consumer)
        finally:
            measuring.cancel()
            await within(15, consumer.stop())

    async def _begin(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        """Have each partition read from where the taker says, unless they are dealt out anew meanwhile."""
        deal = self._deal
        starts = await self._taker.begin(await bounds(consumer))
        if deal == self._deal:
            for place, offset in starts.items():
                consumer.seek(TopicPartition(*place), offset)
            self._begun = deal
            self.connected()

    async def _carry(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        messages = await consumer.getmany(timeout_ms=200, max_records=MOST_AT_ONCE)
        if self._begun != self._deal:
            return
        began = time.monotonic()
        batch = [
            TopicMessage(
                one.topic, one.partition, one.offset, one.key or b"", one.value or b"",
                next((value for name, value in one.headers if name == "position"), b""),
            )
            for some in messages.values()
            for one in some
        ]  # fmt: skip
        if batch:
            await self._taker.take(batch)
        if began - self._looked > LOOK_EVERY:
            self._looked = began
            await self._look(consumer)
        if len(batch) < MOST_AT_ONCE:
            await self.rest(began)

    async def _measure(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            with suppress(*self.expected):
                ends, expected = await bounds(consumer), self._taker.expected
                self.lag = sum(end - expected.get(place, first) for place, (first, end) in ends.items())
                self._gauge.set(self.lag)

    async def _look(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        """Raises Gap when the taker is elsewhere than Kafka's client, or than there is anything."""
        ends, expected = await bounds(consumer), self._taker.expected
        if self._begun != self._deal:
            return
        for place, (_, end) in ends.items():
            with suppress(IllegalStateError, TimeoutError):
                read = await within(5, consumer.position(TopicPartition(*place)))
                if self._begun == self._deal and not read == expected[place] <= end:
                    raise Gap(f"{place[0]}[{place[1]}]: expected {expected[place]}, at {read} of {end}")


async def bounds(consumer: "AIOKafkaConsumer[bytes, bytes]") -> dict[Place, tuple[int, int]]:
    """The first offset of each partition that is heard, and the one after its last."""
    places = list(consumer.assignment())
    if not places:
        return {}
    firsts = await within(10, consumer.beginning_offsets(places))
    ends = await within(10, consumer.end_offsets(places))
    return {(place.topic, place.partition): (firsts[place], ends[place]) for place in places}
