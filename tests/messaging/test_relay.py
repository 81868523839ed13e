"""The relay: everything a service says reaches its topic, in order, whatever is restarted or lost."""

import asyncio
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from prometheus_client import REGISTRY

from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts.event import owner_of
from shared.eventstore.codec import decode
from shared.messaging.producer import Producer
from shared.messaging.relay import Relay
from tests.support.building import OFFICE, Building, log_of, note, open_case, quick, states_of, until
from tests.support.office import Number

CURSOR = "relay"


async def filled(house: Building, cases: int = 5, notes: int = 20) -> Gate:
    """A gate with some cases in its store."""
    gate = house.gate(quick(OFFICE))
    made = await asyncio.gather(*(open_case(gate) for _ in range(cases)))
    await asyncio.gather(*(note(gate, case, f"{number}") for number in range(notes) for case in made))
    return gate


async def everything_sent(house: Building, head: int) -> None:
    store = house.store()
    await until(lambda: store.tracking(CURSOR) == head, f"the cursor is at {head}")
    store.close()


async def positions_sent(house: Building) -> list[int]:
    """The positions of what lies in the topic, by partition in order."""
    return [int(dict(one.headers)["position"]) for one in await house.sent(house.topics.of("testing"))]


async def test_everything_is_sent_once_in_the_order_of_the_log(house: Building) -> None:
    await filled(house)
    house.relay()
    await everything_sent(house, 105)
    messages = await house.sent(house.topics.of("testing"))
    assert sorted(await positions_sent(house)) == list(range(1, 106))
    for partition in range(house.topics.partitions):
        there = [int(dict(one.headers)["position"]) for one in messages if one.partition == partition]
        assert there == sorted(there)


async def test_what_is_sent_is_what_is_stored_under_the_key_of_its_case(house: Building) -> None:
    gate = house.gate()
    case = await open_case(gate)
    await note(gate, case, "a")
    house.relay()
    await everything_sent(house, 2)
    messages = await house.sent(house.topics.of("testing"))
    assert [one.value for one in messages] == states_of(house.store(), case)
    assert {one.key for one in messages} == {str(case).encode()}
    assert dict(messages[0].headers) == {
        "content-type": b"application/cloudevents+json; charset=UTF-8",
        "position": b"1",
    }


async def test_the_relay_is_woken_by_the_gate(house: Building) -> None:
    gate = house.gate()
    relay = house.relay(gate)
    await relay.ready()
    for number in range(3):
        await open_case(gate)
        await everything_sent(house, number + 1)
    assert await positions_sent(house) != []


async def test_copies_of_what_was_heard_and_numbers_are_not_sent(house: Building) -> None:
    gate = house.gate()
    case = await open_case(gate)
    await gate.submit(CommandRequest.of(case, Number(how_many=2), command_id=uuid4()))
    gate.on_append(lambda _: None)
    relay = house.relay(gate)
    await everything_sent(house, 5)
    await house.down(relay)
    sent = [decode(one.value or b"").envelope.type for one in await house.sent(house.topics.of("testing"))]
    assert sent == ["testing.opened", "testing.numbered", "testing.numbered"]
    assert {owner_of(name) for _, name in log_of(house.store())} == {"testing", "series"}


async def test_a_restart_between_append_and_send_loses_nothing(
    house: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = await filled(house)
    send, calls = Producer.send, 0

    async def dies(self: Producer, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise KafkaError("gone before it was sent")
        result = await send(self, *arguments)  # type: ignore[arg-type]
        if calls == 2:
            raise KafkaError("gone after it was sent, before that was known")
        return result

    monkeypatch.setattr(Producer, "send", dies)
    first = house.relay(gate)
    await until(lambda: calls >= 2, "it died twice")
    await house.down(first)
    await note(gate, await open_case(gate), "meanwhile")
    house.relay(gate)
    await everything_sent(house, 107)
    assert sorted(set(await positions_sent(house))) == list(range(1, 108))


async def test_a_chunk_too_large_for_one_batch_is_sent_in_several_and_in_order(house: Building) -> None:
    gate = house.gate(quick(OFFICE))
    case = await open_case(gate)
    await asyncio.gather(*(note(gate, case, f"{number}" + "x" * 60_000) for number in range(40)))
    house.relay(gate)
    await everything_sent(house, 41)
    assert await positions_sent(house) == list(range(1, 42))


async def test_one_relay_sends_and_the_other_takes_over(house: Building) -> None:
    gate = await filled(house, cases=1, notes=3)
    first = house.relay(gate)
    await everything_sent(house, 4)
    second = house.relay(gate)
    await second.ready()
    await note(gate, await open_case(gate), "a")
    await everything_sent(house, 6)
    assert sorted(await positions_sent(house)) == list(range(1, 7))
    await house.down(first)
    await note(gate, await open_case(gate), "b")
    await everything_sent(house, 8)
    assert sorted(await positions_sent(house)) == list(range(1, 9))


async def test_a_topic_that_was_lost_is_filled_again_from_the_store(house: Building) -> None:
    gate = await filled(house)
    relay = house.relay(gate)
    await everything_sent(house, 105)
    await house.down(relay)
    await delete(house, house.topics.of("testing"))
    await note(gate, await open_case(gate), "after")
    house.relay(gate)
    await everything_sent(house, 107)
    assert sorted(await positions_sent(house)) == list(range(1, 108))


async def test_a_topic_that_is_lost_under_a_working_relay_is_filled_again(house: Building) -> None:
    gate = await filled(house, cases=1, notes=2)
    house.relay(gate)
    await everything_sent(house, 3)
    store = house.store()
    for partition in range(house.topics.partitions):
        store.set_tracking(f"acknowledged {partition}", 1000)
    store.close()
    await note(gate, await open_case(gate), "after")
    await until(lambda: _sent_twice(house), "everything is sent again")
    await everything_sent(house, 5)


async def _sent_twice(house: Building) -> bool:
    positions = await positions_sent(house)
    return all(positions.count(position) >= 2 for position in (1, 2, 3))


async def test_an_operator_may_have_it_send_again_from_any_position(house: Building) -> None:
    gate = await filled(house, cases=1, notes=2)
    relay: Relay = house.relay(gate)
    await everything_sent(house, 3)
    store = house.store()
    store.set_tracking(CURSOR, 1)
    store.close()
    relay.wake()
    await everything_sent(house, 3)
    assert await positions_sent(house) == [1, 2, 3, 2, 3]


async def test_at_the_end_it_sends_what_is_recorded(house: Building) -> None:
    gate = house.gate()
    relay = house.relay()
    await relay.ready()
    for _ in range(5):
        await open_case(gate)
    await house.down(relay)
    assert sorted(await positions_sent(house)) == [1, 2, 3, 4, 5]


async def test_the_lag_is_measured_in_events_and_seconds(house: Building) -> None:
    gate = await filled(house, cases=1, notes=4)

    def lag(unit: str) -> float | None:
        return REGISTRY.get_sample_value(f"redress_relay_lag_{unit}", {"service": "testing"})

    relay = Relay("testing", house.database(), "127.0.0.1:1", house.clock, house.topics)
    house.start(relay)
    await until(lambda: lag("events") == 5, "five events wait")
    assert (lag("seconds") or 0) > 0
    assert relay.missing()[0].startswith("testing relay: ")
    await house.down(relay)
    house.relay(gate)
    await until(lambda: (lag("events"), lag("seconds")) == (0, 0), "nothing waits")


async def delete(house: Building, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=house.kafka)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        await until(lambda: _gone(admin, topic), "the topic is gone")
    finally:
        await admin.close()


async def _gone(admin: AIOKafkaAdminClient, topic: str) -> bool:
    return topic not in await admin.list_topics()
