"""Puts up what a test needs of store, gate and Kafka, on databases and topics of its own, and takes it down again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.clock import Clock, SystemClock
from shared.commands.answers import Answer
from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event, version_of, wire_name
from shared.contracts.values import Actor
from shared.eventstore.codec import decode, encode
from shared.eventstore.store import ALL, Store
from shared.loop import Loop
from shared.messaging.dead_letters import Replayer
from shared.messaging.inbox import Inbox
from shared.messaging.producer import OutgoingMessage, Producer
from shared.messaging.relay import Relay
from shared.messaging.topics import Topics, ensure_topics
from shared.postgres.databases import Database, database_of
from tests.support.office import NEIGHBOUR, OFFICE, Note, Open, rules_for

T = TypeVar("T")

CLERK = Actor("chen", "陈", "sales", "clerk", ("TPE",))


async def until(ask: Callable[[], Awaitable[T] | T], what: str, within: float = 20.0) -> T:
    """The first true answer; AssertionError when it does not come in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        answer = ask()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {within:g} s: {what}")


def envelope_of(said: Event, case: UUID, *, stamp: str = "000000000000001.000000.neighbour") -> Envelope:
    """Circumstances for an event that another service says."""
    name = wire_name(type(said))
    return Envelope(
        id=uuid4(),
        source=name.partition(".")[0],
        type=name,
        subject=case,
        time=datetime.fromisoformat("2026-11-02T08:00:00Z"),
        version=1,
        schema=version_of(type(said)),
        site="KSH",
        actor=CLERK,
        correlation=uuid4(),
        causation=None,
        pack="test",
        pack_version=7,
        hlc=stamp,
        previous="",
    )


@dataclass
class Building:
    """Everything is taken down by :meth:`close`, in the reverse order."""

    postgres_url: str
    kafka: str = ""
    clock: Clock = field(default_factory=SystemClock)
    topics: Topics = field(default_factory=lambda: Topics(prefix=f"test-{uuid4().hex[:8]}", partitions=3))
    name: str = field(default_factory=lambda: uuid4().hex[:10])
    standing: list[Gate | Loop] = field(default_factory=list)

    def database(self, service: str = "testing") -> Database:
        """The database of a service of this building."""
        return database_of(f"{self.name}_{service}", self.postgres_url)

    def store(self, service: str = "testing") -> Store:
        """One more store on a service's database."""
        return Store(self.database(service))

    def gate(self, department: Department = OFFICE, store: Store | None = None, **options: Any) -> Gate:
        """A started gate; several on one database are as several processes."""
        gate = Gate(department, store or self.store(department.name), rules_for, self.clock, **options)
        gate.start()
        self.standing.append(gate)
        return gate

    def start(self, loop: Loop) -> Loop:
        """Start a loop."""
        loop.start()
        self.standing.append(loop)
        return loop

    def relay(self, gate: Gate | None = None, service: str = "testing", database: Database | None = None) -> Relay:
        """A started relay, woken by the gate."""
        relay = Relay(service, database or self.database(service), self.kafka, self.clock, self.topics)
        if gate is not None:
            gate.on_append(lambda _: relay.wake())
        self.start(relay)
        return relay

    def inbox(self, gate: Gate, department: Department = OFFICE) -> Inbox:
        """A started inbox."""
        inbox = Inbox(department, gate, self.kafka, self.topics)
        self.start(inbox)
        return inbox

    def replayer(self, gate: Gate, department: Department = OFFICE) -> Replayer:
        """A started replayer."""
        replayer = Replayer(department, gate, self.store(department.name))
        self.start(replayer)
        return replayer

    async def down(self, part: Gate | Loop) -> None:
        """Take one part down."""
        self.standing.remove(part)
        await part.close()

    async def close(self) -> None:
        """Take everything down."""
        for part in reversed(self.standing):
            await part.close()

    async def say(self, *said: Recorded, positions: tuple[int, ...] = (), service: str = "neighbour") -> None:
        """Send what a neighbour says to its topic, one by one, as its relay would."""
        await self.send(*(encode(one.event, one.envelope) for one in said), positions=positions, service=service)

    async def send(self, *values: bytes, positions: tuple[int, ...] = (), service: str = "neighbour") -> None:
        """Send bytes to a service's topic; each position defaults to the number of the message."""
        topic = self.topics.of(service)
        await ensure_topics(self.kafka, self.topics, [topic])
        sender = Producer(self.kafka, "test")
        await sender.start()
        try:
            for number, value in enumerate(values):
                position = positions[number] if positions else number + 1
                await sender.send(topic, [OutgoingMessage(_key(value), value, [("position", str(position).encode())])])
        finally:
            await sender.stop()

    async def sent(self, topic: str) -> "list[ConsumerRecord[bytes, bytes]]":
        """Everything that lies in a topic now, by partition and offset."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            places = [TopicPartition(topic, number) for number in range(self.topics.partitions)]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found: list[ConsumerRecord[bytes, bytes]] = []
            while len(found) < sum(ends.values()):
                for some in (await consumer.getmany(timeout_ms=500)).values():
                    found += some
            return sorted(found, key=lambda one: (one.partition, one.offset))
        finally:
            await consumer.stop()


def _key(value: bytes) -> bytes:
    try:
        return str(decode(value).envelope.subject).encode()
    except Exception:
        return b"unknown"


def log_of(store: Store, after: int = 0) -> list[tuple[int, str]]:
    """Position and wire name of everything in a store's log."""
    with store.connection() as connection:
        rows = connection.execute(
            "SELECT notification_id, topic FROM stored_events WHERE notification_id > %b ORDER BY 1", (after,)
        )
        return [(row["notification_id"], row["topic"]) for row in rows]


def states_of(store: Store, stream: UUID) -> list[bytes]:
    """The stored bytes of a stream."""
    return [row.state for row in store.slices([(stream, 0, ALL)]).get(stream, [])]


async def open_case(gate: Gate, title: str = "t", site: str = "TPE") -> UUID:
    """A new case with its first event."""
    case = uuid4()
    await gate.submit(CommandRequest.of(case, Open(title=title, by=CLERK), command_id=uuid4(), site=site))
    return case


async def note(gate: Gate, case: UUID, text: str) -> Answer:
    """One more note in a case."""
    return await gate.submit(CommandRequest.of(case, Note(text=text, by=CLERK), command_id=uuid4()))


def quick(department: Department) -> Department:
    """The department with a folder that does not grow: for tests with many events in one case."""
    return replace(department, evolve=lambda folder, said: folder)


__all__ = ["NEIGHBOUR", "OFFICE", "Building"]
