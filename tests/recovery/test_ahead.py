"""When a relay says that Kafka is ahead of its store, and when it has no reason to."""

from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from shared.contracts.envelope import Recorded
from shared.messaging.missing_events import KafkaAhead, require_level, whole
from shared.messaging.relay import Relay
from tests.support.building import Building, envelope_of, note, open_case, until
from tests.support.office import Noted


async def sent(building: Building) -> None:
    """A case with two events, all of it sent."""
    gate = building.gate()
    relay = building.relay(gate)
    await note(gate, await open_case(gate), "a")
    store = building.store()
    await until(lambda: store.tracking("relay") == 2, "both are sent")
    store.close()
    await building.down(relay)


async def level(building: Building) -> None:
    """Raises KafkaAhead when the topic holds, from its beginning, what the store lacks."""
    beginning = dict.fromkeys(range(building.topics.partitions), 0)
    await require_level("testing", building.database(), building.kafka, building.topics.of("testing"), beginning)


def forget(building: Building, statement: str) -> None:
    store = building.store()
    with store.connection() as connection:
        connection.execute(statement.encode())
    store.close()


class Silent:
    """A consumer whose broker went away before its last message, and says nothing of it."""

    def assign(self, places: object) -> None: ...

    def seek(self, place: object, offset: int) -> None: ...

    async def beginning_offsets(self, places: list[object]) -> dict[object, int]:
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places: list[object]) -> dict[object, int]:
        return dict.fromkeys(places, 5)

    async def position(self, place: object) -> int:
        return 0

    async def getmany(self, *places: object, timeout_ms: int, max_records: int) -> dict[object, object]:
        return {}


async def test_a_broker_that_goes_away_while_it_is_read_is_not_waited_for() -> None:
    messages = whole(Silent(), "redress.testing", {0: 0})  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        await anext(aiter(messages))


async def test_a_relay_that_died_before_it_kept_what_was_acknowledged_goes_on(building: Building) -> None:
    await sent(building)
    forget(building, "DELETE FROM notification_tracking")
    relay = building.relay()
    await relay.ready()
    assert relay.missing() == ()


async def test_what_others_put_into_the_topic_is_nobodys_loss(building: Building) -> None:
    await sent(building)
    said = Noted("of another service")
    await building.say(Recorded(said, envelope_of(said, uuid4())), service="other")
    await building.send(b"no event", b'{"source": "testing"}', service="testing")
    await level(building)


@pytest.mark.parametrize("position", [-1, 0, 2**63, 10**30])
async def test_an_event_at_a_place_that_no_log_has_is_nobodys_loss(building: Building, position: int) -> None:
    await sent(building)
    (first, _) = await building.sent(building.topics.of("testing"))
    await building.send(
        first.value.replace(b"testing.opened", b"testing.forged"), positions=(position,), service="testing"
    )
    await level(building)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stored_events WHERE originator_version = 2",
        "UPDATE stored_events SET state = state || ' ' WHERE originator_version = 2",
    ],
)
async def test_an_event_that_the_store_lacks_or_has_otherwise_is_said(building: Building, statement: str) -> None:
    await sent(building)
    await level(building)
    assert REGISTRY.get_sample_value("redress_kafka_ahead_events", {"service": "testing"}) == 0
    forget(building, statement)
    with pytest.raises(KafkaAhead, match="Kafka holds 1 events of testing that its store lacks"):
        await level(building)
    assert REGISTRY.get_sample_value("redress_kafka_ahead_events", {"service": "testing"}) == 1


async def test_a_relay_sends_nothing_while_kafka_is_ahead(building: Building) -> None:
    await sent(building)
    forget(building, "DELETE FROM stored_events; DELETE FROM notification_tracking; DELETE FROM commands")
    gate = building.gate()
    await open_case(gate)
    relay: Relay = building.relay(gate)
    await until(lambda: "KafkaAhead" in "".join(relay.missing()), "the relay says that Kafka is ahead")
    assert len(await building.sent(building.topics.of("testing"))) == 2
