"""PostgreSQL or Kafka away for a while: nothing is lost, everybody is told once, all goes on by itself."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog

from deploy.dev import jars, kafka
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.settings import StackSettings
from shared.commands.answers import Answer, Unavailable
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Recorded
from shared.eventstore.store import Store
from shared.postgres.databases import Database
from tests.support.building import Building, envelope_of, note, open_case, until
from tests.support.cable import Cable
from tests.support.office import Mentioned, Note
from tests.support.waiting import eventually

NO_ROOM = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON stored_events EXECUTE FUNCTION no_room()
"""


@pytest.fixture
async def cable(building: Building) -> AsyncIterator[Cable]:
    """The cable to PostgreSQL."""
    database = building.database()
    cable = Cable(database.host, database.port)
    await cable.plug()
    yield cable
    await cable.pull()


def over(cable: Cable, building: Building) -> Database:
    return replace(building.database(), host="127.0.0.1", port=cable.port)


def warnings(log: list[structlog.typing.EventDict], what: str) -> int:
    return len([entry for entry in log if entry["event"] == "away" and what in entry["what"]])


async def test_commands_wait_out_a_short_absence_of_the_store(building: Building, cable: Cable) -> None:
    gate = building.gate(store=Store(over(cable, building)), patience=20)
    case = await open_case(gate)
    with structlog.testing.capture_logs() as log:
        await cable.pull()
        waiting = [asyncio.create_task(note(gate, case, f"{number}")) for number in range(20)]
        await until(gate.missing, "it says what is missing")
        await cable.plug()
        answers = await asyncio.gather(*waiting)
        await until(lambda: not gate.missing(), "nothing is missing")
    assert [answer.version for answer in answers] == list(range(2, 22))
    assert warnings(log, "store") == 1


async def test_commands_cut_off_in_the_middle_have_one_effect_each(building: Building, cable: Cable) -> None:
    gate = building.gate(store=Store(over(cable, building)), patience=30)
    case = await open_case(gate)
    waiting = [asyncio.create_task(note(gate, case, f"{number}")) for number in range(300)]
    for _ in range(3):
        await asyncio.sleep(0.02)
        await cable.pull()
        await cable.plug()
    answers = await asyncio.gather(*waiting)
    assert sorted(answer.version for answer in answers) == list(range(2, 302))
    assert len(await gate.events(case)) == 301


async def test_who_has_waited_long_enough_is_told_and_may_repeat_his_command(building: Building, cable: Cable) -> None:
    gate, key = building.gate(store=Store(over(cable, building)), patience=0.3), uuid4()
    case = await open_case(gate)
    await cable.pull()
    with pytest.raises(Unavailable):
        await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    with pytest.raises(Unavailable):
        await gate.folder(case)
    await cable.plug()
    await until(lambda: not gate.missing(), "the store is back")
    assert isinstance(await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key)), Answer)
    assert len(await gate.events(case)) == 2


@contextmanager
def full(database: Database) -> Iterator[None]:
    """The server answers and says of every event that its disk is full."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(NO_ROOM)
        yield
        connection.execute("DROP FUNCTION no_room CASCADE")


async def test_commands_are_refused_in_time_while_the_disk_is_full(building: Building) -> None:
    gate = building.gate(patience=0.5)
    case = await open_case(gate)
    with full(building.database()), structlog.testing.capture_logs() as log:
        for text in ("a", "b"):
            with pytest.raises(Unavailable):
                async with asyncio.timeout(10):
                    await note(gate, case, text)
            assert gate.missing()
    assert warnings(log, "store") == 1
    await until(lambda: not gate.missing(), "the store takes again")
    assert (await note(gate, case, "c")).version == 2


async def test_a_gate_that_starts_before_its_store_takes_commands_when_it_comes(
    building: Building, cable: Cable
) -> None:
    await cable.pull()
    gate = building.gate(store=Store(over(cable, building)), patience=20)
    await until(gate.missing, "it says what is missing")
    opening = asyncio.create_task(open_case(gate))
    await asyncio.sleep(0.2)
    await cable.plug()
    assert isinstance(await opening, UUID)
    assert gate.missing() == ()


async def test_a_gate_without_its_store_can_be_closed(building: Building, cable: Cable) -> None:
    gate = building.gate(store=Store(over(cable, building)), patience=60)
    case = await open_case(gate)
    await cable.pull()
    waiting = asyncio.create_task(note(gate, case, "a"))
    await until(gate.missing, "it says what is missing")
    async with asyncio.timeout(20):
        await building.down(gate)
    with pytest.raises(Unavailable):
        await waiting


async def test_relay_and_inbox_wait_out_an_absence_of_the_store(house: Building, cable: Cable) -> None:
    cable_to = Cable(house.database().host, house.database().port)
    await cable_to.plug()
    far = over(cable_to, house)
    gate = house.gate(store=Store(far), patience=0.5)
    case = await open_case(gate)
    relay, inbox = house.relay(database=far), house.inbox(gate)
    await asyncio.gather(relay.ready(), inbox.ready())
    await cable_to.pull()
    await house.say(Recorded(Mentioned("a"), envelope_of(Mentioned("a"), case)))
    await until(lambda: gate.missing() and relay.missing() and inbox.missing(), "all three say what is missing")
    await cable_to.plug()
    await until(lambda: heard(gate, case), "it was heard")
    await until(lambda: not (gate.missing() or relay.missing() or inbox.missing()), "nothing is missing")
    await note(gate, case, "after")
    store = house.store()
    await until(lambda: store.tracking("relay") == 3, "it was sent")
    store.close()
    await house.close()
    house.standing.clear()
    await cable_to.pull()


async def heard(gate: Gate, case: UUID) -> bool:
    return Mentioned("a") in [one.event for one in await gate.events(case)]


class Broker:
    """A Kafka of this test's own, that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._jars = jars.fetch_all(StackSettings.from_environment().jars, print)
        kafka.prepare(folder, self._port, free_port(), self._jars)
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"{LOOPBACK}:{self._port}"

    def start(self) -> None:
        row = kafka.process(self._folder, self._port, self._jars)
        self._process = subprocess.Popen(row.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(row.ready, "Kafka answers", 60)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


async def test_relay_and_inbox_wait_out_a_killed_kafka(building: Building, own_folder: Path) -> None:
    broker = await asyncio.to_thread(Broker, own_folder / "second-kafka")
    await asyncio.to_thread(broker.start)
    try:
        building.kafka = broker.address
        office = building.gate()
        relay, inbox = building.relay(office), building.inbox(office)
        await asyncio.gather(relay.ready(), inbox.ready())
        case = await open_case(office)
        with structlog.testing.capture_logs() as log:
            broker.kill()
            await note(office, case, "meanwhile")
            await until(lambda: relay.missing() and inbox.missing(), "both say what is missing", within=60)
            await note(office, case, "later")
            await asyncio.to_thread(broker.start)
            await until(lambda: not (relay.missing() or inbox.missing()), "nothing is missing", within=60)
        store = building.store()
        await until(lambda: store.tracking("relay") == 3, "everything is sent", within=60)
        store.close()
        await building.say(Recorded(Mentioned("a"), envelope_of(Mentioned("a"), case)))
        await until(lambda: heard(office, case), "it was heard", within=60)
        positions = [int(dict(one.headers)["position"]) for one in await building.sent(building.topics.of("testing"))]
        assert sorted(set(positions)) == [1, 2, 3]
        assert (warnings(log, "relay"), warnings(log, "inbox")) == (1, 1)
        await building.close()
        building.standing.clear()
    finally:
        broker.kill()


async def test_loops_without_kafka_can_be_closed(building: Building) -> None:
    building.kafka = f"{LOOPBACK}:{free_port()}"
    gate = building.gate()
    loops = [building.relay(gate), building.inbox(gate)]
    for loop in loops:
        await until(loop.missing, "it says what is missing")
        async with asyncio.timeout(10):
            await building.down(loop)
