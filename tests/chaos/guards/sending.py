"""Scenes on the way to Kafka: two relays, one that dies before it has sent, a topic or a store that loses it all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from shared.messaging.producer import OutgoingMessage, Producer
from shared.messaging.topics import ensure_topics
from tests.chaos.guards.guard import broken
from tests.chaos.waits import became
from tests.support.building import Building, log_of, note, open_case, until

CASES, NOTES = 4, 25
SETTLED = 2.0
"""Seconds that what should not come is waited for."""
SLOW = 0.5
"""Seconds that a batch is on its way: longer than a relay rests and waits before it looks again."""

Send = Callable[[Producer, str, Sequence[OutgoingMessage]], Awaitable[tuple[int, dict[int, int]]]]
AS_IT_IS: Send = Producer.send


@contextmanager
def sending(send: Send) -> Iterator[None]:
    """Have relays send in another way."""
    Producer.send = send  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Producer.send = AS_IT_IS  # type: ignore[method-assign, assignment]


async def slowly(self: Producer, topic: str, messages: Sequence[OutgoingMessage]) -> tuple[int, dict[int, int]]:
    """Send, and take a while for it."""
    if messages:
        await asyncio.sleep(SLOW)
    return await AS_IT_IS(self, topic, messages)


async def positions(building: Building) -> list[int]:
    """The positions of what lies in the topic."""
    return [int(dict(one.headers)["position"]) for one in await building.sent(building.topics.of("testing"))]


async def sent(building: Building, head: int) -> None:
    """Wait until the relay believes that all is sent."""
    store = building.store()
    await until(lambda: store.tracking("relay") == head, f"the cursor is at {head}", within=40)
    store.close()


async def filled(building: Building) -> int:
    """Some cases with some notes; where the log ends."""
    gate = building.gate()
    cases = [await open_case(gate) for _ in range(CASES)]
    await asyncio.gather(*(note(gate, case, f"{number}") for number in range(NOTES) for case in cases))
    store = building.store()
    head = log_of(store)[-1][0]
    store.close()
    return head


async def two_relays_run(building: Building) -> list[str]:
    """A second relay of the same service is started while the first works, and the way to Kafka is slow."""
    await filled(building)
    with sending(slowly):
        relays = [building.relay(), building.relay()]
        await asyncio.gather(*(relay.ready() for relay in relays))
        head = await filled(building)
        await sent(building, head)
        await asyncio.sleep(SETTLED)
    found = await positions(building)
    return broken("two relays send at once", sorted(found), list(range(1, head + 1)))


async def the_relay_dies_before_it_has_sent(building: Building) -> list[str]:
    """The first batches do not get through to Kafka."""
    head = await filled(building)
    lost = [True, True]

    async def failing(self: Producer, topic: str, messages: Sequence[OutgoingMessage]) -> tuple[int, dict[int, int]]:
        if lost and topic == building.topics.of("testing"):
            lost.pop()
            raise KafkaConnectionError("the broker went away")
        return await AS_IT_IS(self, topic, messages)

    relay = building.relay()
    with sending(failing):
        await relay.ready()
        await sent(building, head)
    missing = sorted(set(range(1, head + 1)) - set(await positions(building)))
    return broken("what was said is not sent", missing, [])


async def the_topic_is_wiped(building: Building) -> list[str]:
    """Kafka loses the topic when all was sent; later something more is said."""
    relay = building.relay()
    await sent(building, await filled(building))
    await building.down(relay)
    await wiped(building)
    building.relay()
    head = await filled(building)
    await sent(building, head)
    await asyncio.sleep(SETTLED)
    missing = sorted(set(range(1, head + 1)) - set(await positions(building)))
    return broken("what a wiped topic lost is not sent again", missing, [])


async def kafka_is_ahead(building: Building) -> list[str]:
    """The store comes back from a time before all that was sent; then other things are said."""
    relay = building.relay()
    head = await filled(building)
    await sent(building, head)
    await building.down(relay)
    store = building.store()
    with store.connection() as connection:
        connection.execute("TRUNCATE stored_events, notification_tracking, commands RESTART IDENTITY")
    await filled(building)
    relay = building.relay()
    await until(
        lambda: "KafkaAhead" in "".join(relay.missing()) or store.tracking("relay") == head, "it stops, or sends all"
    )
    store.close()
    return broken("other events take the places of those that Kafka holds", len(await positions(building)), head)


async def is_gone(admin: AIOKafkaAdminClient, name: str) -> bool:
    """Whether there is no such topic."""
    return name not in await admin.list_topics()


async def wiped(building: Building) -> None:
    """Have the topic deleted and made anew, empty."""
    name = building.topics.of("testing")
    admin = AIOKafkaAdminClient(bootstrap_servers=building.kafka)
    await admin.start()
    try:
        await admin.delete_topics([name])
        assert await became(lambda: is_gone(admin, name), 20), "the topic is still there"
    finally:
        await admin.close()
    await ensure_topics(building.kafka, building.topics, [name])
