"""Yesterday's copy: the server is restored to a moment, Kafka is ahead of it, and the house goes on without a loss."""

import asyncio
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from shared.audit.evidence import CheckpointEvidence
from shared.audit.log_reader import reading
from shared.audit.verification import verify
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Recorded
from shared.eventstore.codec import decode
from shared.messaging.inbox import Inbox
from shared.messaging.missing_events import PublishedEvent, lacking
from shared.messaging.relay import Relay
from shared.recovery.restore import Recovery, take_back
from shared.recovery.restore import SeriesNumber as GivenNumber
from shared.recovery.rewind import empty, partitions, rewind
from tests.recovery.server import Server
from tests.support.building import NEIGHBOUR, OFFICE, Building, envelope_of, note, open_case, states_of, until
from tests.support.office import Mentioned, Number, Numbered

SERVICES = ("testing", "neighbour")


class House:
    """Both services of a building, as two processes would run them."""

    def __init__(self, building: Building, server: Server) -> None:
        self.building = building
        self.server = server
        self.gates: dict[str, Gate] = {}
        self.relays: dict[str, Relay] = {}
        self.inboxes: dict[str, Inbox] = {}

    def open(self) -> None:
        for department in (OFFICE, NEIGHBOUR):
            gate = self.gates[department.name] = self.building.gate(department)
            self.relays[department.name] = self.building.relay(gate, department.name)
            self.inboxes[department.name] = self.building.inbox(gate, department)

    async def close(self) -> None:
        for part in list(reversed(self.building.standing)):
            await self.building.down(part)

    async def sent(self) -> None:
        await until(self._all_sent, "everything is sent")

    async def quiet(self, notes: int) -> None:
        """Everything was sent, and the neighbour has filed this many notes."""
        await self.sent()
        await until(lambda: len(self.filed()) == notes, f"the neighbour has filed {notes} notes")

    def _all_sent(self) -> bool:
        store = self.building.store()
        last = store.last()
        sent = last is not None and store.tracking("relay") == last.position
        store.close()
        return sent

    def filed(self) -> list[str]:
        """The notes that the neighbour has filed, in the order of its log."""
        store = self.building.store("neighbour")
        with store.connection() as connection:
            rows = connection.execute("SELECT state FROM stored_events ORDER BY notification_id").fetchall()
        store.close()
        return [decode(row["state"]).event.text for row in rows]

    def states(self, *cases: UUID) -> dict[UUID, list[bytes]]:
        store = self.building.store()
        found = {case: states_of(store, case) for case in cases}
        store.close()
        return found

    async def lost_and_restored(self) -> None:
        """The server is lost and comes back as it was at the moment kept."""
        await self.close()
        await asyncio.to_thread(self.server.lose)
        await asyncio.to_thread(self.server.restore, self.kept)
        self.building.postgres_url = self.server.url

    async def ahead(self) -> list[PublishedEvent]:
        """What Kafka has that the store of the testing service lacks."""
        building = self.building
        topic = building.topics.of("testing")
        beginning = dict.fromkeys(await partitions(building.kafka, topic), 0)
        found = lacking("testing", building.database(), building.kafka, topic, beginning)
        return [one async for some in found for one in some]

    async def take_back(self) -> Recovery:
        store = self.building.store()
        try:
            return await asyncio.to_thread(take_back, store, await self.ahead(), number_of, self.building.clock)
        finally:
            store.close()

    def keep_moment(self) -> None:
        self.kept = self.server.moment()

    def verdict(self, service: str = "testing") -> tuple[bool, int]:
        """Whether a store is as recorded, and how many events it has."""
        with reading(self.building.database(service)) as log:
            verdict = verify(service, log, CheckpointEvidence())
        return verdict.sound, verdict.events


def number_of(recorded: Recorded) -> GivenNumber | None:
    event = recorded.event
    return GivenNumber("number/TPE", event.number) if isinstance(event, Numbered) else None


def metric(service: str = "testing") -> float | None:
    return REGISTRY.get_sample_value("redress_kafka_ahead_events", {"service": service})


@pytest.fixture
def house(archived: Building, server: Server) -> House:
    return House(archived, server)


async def some_days(house: House) -> tuple[UUID, UUID]:
    """A case from before the backup, one from after the moment to which the server is restored; both go on after it."""
    house.open()
    gate = house.gates["testing"]
    old = await open_case(gate, "old")
    await note(gate, old, "before the backup")
    await asyncio.to_thread(house.server.back_up)
    await note(gate, old, "after the backup")
    await gate.submit(CommandRequest.of(old, Number(how_many=2), command_id=uuid4()))
    await house.quiet(notes=2)
    await house.building.down(house.inboxes["neighbour"])
    await note(gate, old, "heard after the moment")
    await house.sent()
    house.keep_moment()
    house.building.inbox(house.gates["neighbour"], NEIGHBOUR)
    new = await open_case(gate, "new")
    await note(gate, new, "after the moment")
    await note(gate, old, "after the moment too")
    await gate.submit(CommandRequest.of(new, Number(how_many=1), command_id=uuid4()))
    await house.quiet(notes=5)
    return old, new


async def test_the_house_goes_on_after_a_restore_with_nothing_lost_and_nothing_twice(house: House) -> None:
    old, new = await some_days(house)
    before, told = house.states(old, new), house.filed()
    await house.lost_and_restored()
    assert house.states(new) == {new: []}
    assert house.filed() == ["before the backup", "after the backup"]

    house.open()
    relay = house.relays["testing"]
    words = "testing relay: KafkaAhead: Kafka holds 4 events of testing that its store lacks"
    await until(lambda: words in "".join(relay.missing()), "the service says that Kafka is ahead")
    assert metric() == 4
    await house.close()

    recovery = await house.take_back()
    assert (len(recovery.taken), recovery.left) == (4, ())
    assert house.states(old, new) == before
    assert await rewind(house.building.kafka, house.building.topics, SERVICES) > 0

    house.open()
    gate = house.gates["testing"]
    await house.quiet(notes=5)
    assert sorted(house.filed()) == sorted(told)
    await note(gate, new, "today")
    answer = await gate.submit(CommandRequest.of(new, Number(how_many=1), command_id=uuid4()))
    assert [recorded.event for recorded in answer.events] == [Numbered(4)]
    await house.quiet(notes=6)
    assert (house.verdict(), house.verdict("neighbour")) == ((True, 16), (True, 6))
    assert await house.ahead() == []


async def test_what_cannot_come_back_is_named_and_given_up_everywhere(house: House) -> None:
    house.open()
    gate = house.gates["testing"]
    whole, broken = await open_case(gate), await open_case(gate)
    await note(gate, broken, "before the backup")
    await asyncio.to_thread(house.server.back_up)
    await house.quiet(notes=1)
    house.keep_moment()
    heard = Mentioned("a word that is only filed")
    await house.building.say(Recorded(heard, envelope_of(heard, broken)))
    await until(lambda: len(house.states(broken)[broken]) == 3, "the word is filed")
    await note(gate, broken, "after a copy that is lost")
    await note(gate, whole, "after nothing that is lost")
    await house.quiet(notes=3)
    await house.lost_and_restored()

    recovery = await house.take_back()
    assert [(one.stream, one.version) for one in recovery.taken] == [(whole, 2)]
    assert [(one.stream, one.version) for one in recovery.left] == [(broken, 4)]

    await empty(house.building.kafka, house.building.topics, ["testing"])
    await rewind(house.building.kafka, house.building.topics, SERVICES)
    house.open()
    await house.quiet(notes=2)
    await until(lambda: len(house.states(broken)[broken]) == 3, "the word is filed again")
    assert sorted(house.filed()) == ["after nothing that is lost", "before the backup"]
    assert (house.verdict(), house.verdict("neighbour")) == ((True, 5), (True, 2))
    assert await house.ahead() == []


async def test_a_service_that_still_hears_cannot_be_rewound(house: House) -> None:
    house.open()
    await note(house.gates["testing"], await open_case(house.gates["testing"]), "a")
    await house.quiet(notes=1)
    with pytest.raises(Exception, match="is still being read"):
        await rewind(house.building.kafka, house.building.topics, SERVICES)
