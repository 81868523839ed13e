"""Sends what a service says from its store to its topic: in log order, nothing left out, at least once."""

import asyncio
import time
from contextlib import suppress

import psycopg
import structlog
from aiokafka.errors import KafkaError

from shared.clock import Clock
from shared.eventstore.codec import UnreadableEvent, head
from shared.eventstore.dead_letters import DeadLetter
from shared.loop import Loop
from shared.messaging.missing_events import KafkaAhead, require_level
from shared.messaging.outbox import Outbox, OutboxEntry, OutboxPage, TopicLost
from shared.messaging.producer import OutgoingMessage, Producer
from shared.messaging.topics import Topics, ensure_topics
from shared.observability import metrics, tracing
from shared.postgres.databases import Database

log = structlog.get_logger(__name__)

CHUNK = 1000
"""How many entries of the log are read at once."""
LOOK_EVERY = 0.25
"""Seconds after which the log is looked at, when nobody woke the relay."""
PROBE_EVERY = 5.0
"""Seconds without anything to send after which Kafka is asked whether it still has what it acknowledged."""
_CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=UTF-8")


class Relay(Loop):
    """One relay of a service is active at a time; others stand by.

    The cursor moves after the acknowledgement. When Kafka has lost the topic, everything is sent again. What other
    services said and this one only filed is left out.
    """

    expected = (OSError, psycopg.Error, KafkaError, KafkaAhead)

    def __init__(self, service: str, database: Database, bootstrap: str, clock: Clock, topics: Topics) -> None:
        super().__init__(f"{service} relay")
        self._service = service
        self._database = database
        self._bootstrap = bootstrap
        self._clock = clock
        self._topics = topics
        self._topic = topics.of(service)
        self._woken = asyncio.Event()
        self._announced = 0.0
        self._probed = 0.0

    def wake(self) -> None:
        """There is something new in the log."""
        self._woken.set()

    async def session(self) -> None:
        """See :class:`Loop`."""
        async with Outbox(self._service, self._database) as outgoing:
            self._show_lag(await outgoing.chunk(CHUNK))
            while not await outgoing.is_only():
                self.connected()
                await self.pause(1.0)
                if self.stopping.is_set():
                    return
            await ensure_topics(self._bootstrap, self._topics, [self._topic, self._topics.dead(self._service)])
            sender = Producer(self._bootstrap, self.name)
            try:
                await sender.start()
                await self._check_topic(outgoing, sender)
                self.connected()
                await self._send_all(outgoing, sender)
            finally:
                await sender.stop()

    async def _check_topic(self, outgoing: Outbox, sender: Producer) -> None:
        ends = await sender.ends(self._topic)
        acknowledged = await outgoing.acknowledged()
        if await self._is_lost(outgoing, ends, acknowledged):
            return
        if any(acknowledged.get(partition, 0) < end for partition, end in ends.items()):
            beyond = {partition: acknowledged.get(partition, 0) for partition in ends}
            await require_level(self._service, self._database, self._bootstrap, self._topic, beyond)

    async def _is_lost(self, outgoing: Outbox, ends: dict[int, int], acknowledged: dict[int, int]) -> bool:
        """Whether Kafka lacks some of what it acknowledged; then everything is sent again."""
        if not any(ends.get(partition, 0) < offset for partition, offset in acknowledged.items()):
            return False
        log.warning("the topic has lost messages: everything is sent again", topic=self._topic)
        await outgoing.begin_anew()
        return True

    async def _send_all(self, outgoing: Outbox, sender: Producer) -> None:
        while True:
            began = time.monotonic()
            self._woken.clear()
            chunk = await outgoing.chunk(CHUNK)
            self._show_lag(chunk)
            if chunk.entries and await self._send(chunk, outgoing, sender):
                continue
            if self.stopping.is_set() and not chunk.entries:
                return
            await self.rest(began)
            await self._idle(outgoing, sender)

    async def _send(self, chunk: OutboxPage, outgoing: Outbox, sender: Producer) -> bool:
        """Send what fits; whether more is known to wait."""
        said = [entry for entry in chunk.entries if entry.state is not None]
        began = tracing.now()
        count, offsets = await sender.send(self._topic, [_message(entry) for entry in said])
        tracing.sent(self._service, (entry.state for entry in said[:count]), began)
        position = chunk.entries[-1].position if count == len(said) else said[count].position - 1
        try:
            await outgoing.advance(chunk, position, offsets)
        except TopicLost:
            await outgoing.begin_anew()
            raise
        metrics.RELAY_SENT.labels(self._service).inc(count)
        self._probed = time.monotonic()
        return count < len(said) or len(chunk.entries) == CHUNK

    async def _announce(self, letters: list[DeadLetter], outgoing: Outbox, sender: Producer) -> None:
        while letters:
            count, _ = await sender.send(self._topics.dead(self._service), [_dead(letter) for letter in letters])
            await outgoing.announced(letters[:count])
            letters = letters[count:]

    async def _idle(self, outgoing: Outbox, sender: Producer) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._woken.wait()
        if time.monotonic() - self._announced > LOOK_EVERY:
            self._announced = time.monotonic()
            await self._announce(await outgoing.new_letters(CHUNK), outgoing, sender)
        if time.monotonic() - self._probed > PROBE_EVERY:
            self._probed = time.monotonic()
            await self._is_lost(outgoing, await sender.ends(self._topic), await outgoing.acknowledged())

    def _show_lag(self, chunk: OutboxPage) -> None:
        metrics.RELAY_LAG_EVENTS.labels(self._service).set(chunk.head - chunk.cursor)
        oldest = next((entry.state for entry in chunk.entries if entry.state is not None), None)
        metrics.RELAY_LAG_SECONDS.labels(self._service).set(age(oldest, self._clock) if oldest else 0.0)


def age(state: bytes, clock: Clock) -> float:
    """How many seconds ago an event was said; 0 for what is no event, which is sent like any other."""
    try:
        return max(0.0, (clock.now() - head(state).time).total_seconds())
    except UnreadableEvent:
        return 0.0


def _message(entry: OutboxEntry) -> OutgoingMessage:
    assert entry.state is not None
    headers = [_CONTENT_TYPE, ("position", str(entry.position).encode()), *tracing.headers(entry.state)]
    return OutgoingMessage(str(entry.subject).encode(), entry.state, headers)


def _dead(kept: DeadLetter) -> OutgoingMessage:
    letter, origin = kept.letter, kept.letter.origin
    told = {
        "number": kept.number,
        "state": letter.state.value,
        "reason": letter.reason,
        "detail": letter.detail,
        "topic": origin.topic,
        "partition": origin.partition,
        "offset": origin.offset,
        "position": origin.position,
    }
    return OutgoingMessage(
        str(origin.subject).encode(), origin.value, [(name, str(value).encode()) for name, value in told.items()]
    )
