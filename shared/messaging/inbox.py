"""Hears what other services say: each event has its effect once, in the order of its case."""

import time
from collections.abc import Sequence
from contextlib import suppress
from heapq import merge

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.commands.answers import Busy
from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.commands.requests import IncomingMessage
from shared.loop import Backoff, Loop, within
from shared.messaging.kafka import AssignmentListener
from shared.messaging.message_handler import MessageHandler
from shared.messaging.topics import Topics, ensure_topics
from shared.observability import metrics, tracing

log = structlog.get_logger(__name__)

RUN = 200
"""How many messages are taken in one transaction."""
FETCH_WAIT_MS = 50
"""A partition just read is not asked for again before the pending request returns: so it must return soon."""
FETCH_BYTES = 64 * 1024
"""With less than this a request waits for more until its time is over: messages come together, not one by one."""
METADATA_AGE_MS = 5_000
"""A topic that was not there when the partitions were dealt out, as after Kafka was wiped, is heard after so long."""
MEASURE_EVERY = 5.0
"""Seconds after which the lag is measured, and so whether Kafka is still there."""
COMMIT_EVERY = 1.0
"""Seconds between two commits of the offsets: what is delivered again in between has no effect."""
COMMIT_WITHIN = 2.0
"""Seconds that a commit may take, sooner than any Kafka starts: one that was tried until a wiped Kafka is back would
have what lies before its offsets passed over there."""
LEVEL_FOR = 1.0
"""Seconds that having heard everything counts: a partition is asked several times meanwhile whether there is more."""

Messages = dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]


class Inbox(Loop):
    """A member of its service's consumer group.

    Offsets are committed after the effect is recorded; what is delivered again in between has none. What the
    department makes nothing of leaves no trace in the store.
    """

    expected = (OSError, KafkaError, Busy)

    def __init__(self, department: Department, gate: Gate, bootstrap: str, topics: Topics) -> None:
        super().__init__(f"{department.name} inbox")
        self._service = department.name
        self._gate = gate
        self._bootstrap = bootstrap
        self._topics = topics
        self._listener = MessageHandler(department, gate.rules_for)
        self._measured = 0.0
        self._committed = 0.0
        self._level = -LEVEL_FOR
        self._deal = 0
        self._heard: dict[TopicPartition, int] = {}

    def behind(self) -> tuple[str, ...]:
        """Why there may be news that was not heard yet, in words; empty while everything there is was heard."""
        lacks = self.missing()
        if lacks or time.monotonic() - self._level < LEVEL_FOR:
            return lacks
        return (f"{self.name}: news is waiting",)

    def dealt(self) -> None:
        """The partitions were dealt out anew, perhaps by a Kafka that has lost its topics: old offsets mean nothing."""
        self._deal += 1
        self._heard = {}

    async def session(self) -> None:
        """See :class:`Loop`."""
        names = [self._topics.of(service) for service in self._listener.services]
        await ensure_topics(self._bootstrap, self._topics, names)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=self.name,
            group_id=self._topics.group(self._service),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            fetch_min_bytes=FETCH_BYTES,
            request_timeout_ms=10_000,
            metadata_max_age_ms=METADATA_AGE_MS,
            max_poll_interval_ms=600_000,
        )
        consumer.subscribe(names, listener=AssignmentListener(self.dealt))
        try:
            await within(60, consumer.start())
            self.connected()
            while not self.stopping.is_set():
                messages = await consumer.getmany(timeout_ms=200, max_records=RUN)
                deal, began = self._deal, time.monotonic()
                if messages and await self._take(messages) and deal == self._deal:
                    self._heard |= {place: some[-1].offset + 1 for place, some in messages.items()}
                await self._look_up(consumer)
                if sum(map(len, messages.values())) < RUN:
                    await self.rest(began)
            await self._commit(consumer)
        finally:
            await within(15, consumer.stop())

    async def _take(self, messages: Messages) -> bool:
        run, backoff, began = self._read(messages), Backoff(), tracing.now()
        while not self.stopping.is_set():
            try:
                if any(message.request or message.failure for message in run):
                    await self._gate.hear(run)
            except Busy as busy:
                self.away(busy)
                await self.pause(backoff.pause())
            else:
                self.connected()
                followed = [(one.origin.topic, one.request) for one in run if one.request is not None]
                tracing.heard(self._service, followed, began)
                metrics.INBOX_HEARD.labels(self._service).inc(len(run))
                return True
        return False

    async def _look_up(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        """Between two runs: whether that was all, and what is due by the clock."""
        now = time.monotonic()
        if await is_level(consumer):
            self._level = now
        if now - self._committed > COMMIT_EVERY:
            self._committed = now
            await self._commit(consumer)
        if now - self._measured > MEASURE_EVERY:
            self._measured = now
            await self._measure(consumer)

    def _read(self, messages: Messages) -> Sequence[IncomingMessage]:
        """All of them, those of one partition in their order, and among partitions by their logical time."""
        runs = [
            [
                self._listener.read(place.topic, place.partition, one.offset, one.value or b"", one.headers)
                for one in some
            ]
            for place, some in messages.items()
        ]
        return list(merge(*runs, key=lambda message: message.request.after if message.request else ""))

    async def _commit(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        heard, self._heard = self._heard, {}
        if not heard:
            return
        try:
            await within(COMMIT_WITHIN, consumer.commit(heard))
        except (CommitFailedError, IllegalStateError) as error:
            log.info("the partitions went to another instance, which will hear this again", reason=str(error))

    async def _measure(self, consumer: "AIOKafkaConsumer[bytes, bytes]") -> None:
        places = list(consumer.assignment())
        ends = await within(10, consumer.end_offsets(places)) if places else {}
        lag = 0
        for place in places:
            with suppress(IllegalStateError, TimeoutError):
                lag += ends[place] - await within(5, consumer.position(place))
        metrics.INBOX_LAG_EVENTS.labels(self._service).set(lag)


async def is_level(consumer: "AIOKafkaConsumer[bytes, bytes]") -> bool:
    """Whether everything was heard that the broker had when last asked; not known while nothing is assigned."""
    ends = {place: consumer.highwater(place) for place in consumer.assignment()}
    try:
        heard = [end is not None and await within(5, consumer.position(place)) >= end for place, end in ends.items()]
    except (IllegalStateError, TimeoutError):
        return False
    return bool(heard) and all(heard)
