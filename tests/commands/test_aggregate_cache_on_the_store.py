"""What the gate has at hand: a lone command is decided without asking the store, and never on what is no longer so."""

from contextlib import suppress
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import REGISTRY

from shared.commands.answers import StaleVersion, Unavailable
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest, IncomingMessage
from shared.contracts import Refused
from shared.eventstore.chain import first_break
from shared.eventstore.codec import UnreadableEvent
from shared.eventstore.dead_letters import MessageOrigin
from shared.eventstore.recorder import AppendBatch
from shared.eventstore.store import Lookup, LookupQuery, Store
from shared.postgres.databases import Database
from tests.support.building import CLERK, Building, note, open_case, states_of, until
from tests.support.office import Close, Note, Number

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


class Asked(Store):
    """A store that counts how often it is asked."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.times = 0

    def lookup(self, query: LookupQuery) -> Lookup:
        self.times += 1
        return super().lookup(query)

    def tips(self, *streams: object) -> dict[UUID, object]:  # type: ignore[override]
        self.times += 1
        return super().tips(*streams)  # type: ignore[arg-type, return-value]


async def number(gate: Gate, case: UUID) -> int:
    answer = await gate.submit(CommandRequest.of(case, Number(by=CLERK), command_id=uuid4()))
    return answer.events[0].event.number  # type: ignore[no-any-return]


async def test_a_lone_command_on_a_case_at_hand_is_one_visit_to_the_store(building: Building) -> None:
    store = Asked(building.database())
    gate = building.gate(store=store)
    case = await open_case(gate)
    await number(gate, case)
    store.times = 0
    await note(gate, case, "a")
    assert await number(gate, case) == 2
    assert store.times == 0


async def test_what_changes_nothing_and_what_is_refused_is_said_only_after_asking(building: Building) -> None:
    store = Asked(building.database())
    gate, other = building.gate(store=store), building.gate()
    case = await open_case(gate)
    await note(gate, case, "a")
    await note(other, case, "b")
    store.times = 0
    assert (await note(gate, case, "a")).version == 4
    await other.submit(CommandRequest.of(case, Close(by=CLERK), command_id=uuid4()))
    with pytest.raises(Refused):
        await note(gate, case, "c")
    assert store.times == 2


async def test_who_saw_the_newest_version_is_not_called_late_by_an_older_one_at_hand(building: Building) -> None:
    gate, other = building.gate(), building.gate()
    case = await open_case(gate)
    await note(other, case, "a")
    answer = await gate.submit(CommandRequest.of(case, Note(text="b", by=CLERK), command_id=uuid4(), expected=2))
    assert answer.version == 3
    with pytest.raises(StaleVersion):
        await gate.submit(CommandRequest.of(case, Note(text="c", by=CLERK), command_id=uuid4(), expected=2))


async def test_the_same_command_again_gets_the_first_answer_though_the_case_has_moved(building: Building) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    first = await gate.submit(CommandRequest.of(case, Note(text="a", by=CLERK), command_id=key))
    await note(gate, case, "b")
    again = await gate.submit(CommandRequest.of(case, Note(text="a", by=CLERK), command_id=key))
    assert (again.version, again.events, again.repeated) == (first.version, first.events, True)
    assert (await gate.folder(case))[0].notes == ("a", "b")


def comes_back_older(building: Building) -> None:
    """A standby takes over that has not heard of the second number."""
    with psycopg.connect(building.database().url, autocommit=True) as connection:
        connection.execute("DELETE FROM stored_events WHERE notification_id IN (4, 5)")
        connection.execute("DELETE FROM commands WHERE version_after = 3")
        connection.execute(END, (building.database().name,))


def first_break_in(building: Building, case: UUID) -> int | None:
    """Where the case's chain, as it lies in the store, is broken."""
    store = building.store()
    try:
        return first_break(states_of(store, case))
    finally:
        store.close()


@pytest.mark.parametrize("reads", [0, 1, 2, 3])
async def test_a_store_that_comes_back_older_is_believed_whoever_notices_first(building: Building, reads: int) -> None:
    gate = building.gate()
    case = await open_case(gate)
    assert [await number(gate, case), await number(gate, case)] == [1, 2]
    comes_back_older(building)
    for _ in range(reads):
        with suppress(Unavailable):
            await gate.folder(case)
    assert await number(gate, case) == 2
    assert first_break_in(building, case) is None


async def test_a_store_that_came_back_older_unnoticed_is_believed_though_the_folder_at_hand_says_it_is_done(
    building: Building,
) -> None:
    gate = building.gate()
    case = await open_case(gate)
    await note(gate, case, "a")
    with psycopg.connect(building.database().url, autocommit=True) as connection:
        connection.execute("DELETE FROM stored_events WHERE originator_version = 2")
        connection.execute("DELETE FROM commands WHERE version_after = 2")
    again = await note(gate, case, "a")
    assert (again.version, len(again.events)) == (2, 1)


async def test_a_folder_that_the_store_no_longer_has_is_not_shown(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    await note(gate, case, "a")
    with psycopg.connect(building.database().url, autocommit=True) as connection:
        connection.execute("DELETE FROM stored_events WHERE originator_version = 2")
    with pytest.raises(Unavailable):
        await gate.folder(case)
    assert (await gate.folder(case))[1] == 1


async def test_an_alteration_of_what_is_at_hand_is_told_at_the_next_command(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    figure = partial(REGISTRY.get_sample_value, "redress_store_not_as_read_total", {"service": "testing"})
    await note(gate, case, "as it was")
    before = figure() or 0
    with psycopg.connect(building.database().url, autocommit=True) as connection:
        connection.execute("UPDATE stored_events SET state = convert_to(convert_from(state, 'UTF8') || ' ', 'UTF8')")
    await note(gate, case, "altered")
    assert figure() == before + 1


async def test_what_was_read_before_the_outage_and_put_at_hand_after_it_is_noticed(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    assert [await number(gate, case), await number(gate, case)] == [1, 2]
    late = gate._cache.get(case)
    assert late is not None
    comes_back_older(building)
    await until(lambda: gate._cache.get(case) is None, "the outage is noticed")
    gate._cache.put(case, late)
    assert await number(gate, case) == 2
    assert first_break_in(building, case) is None


async def test_a_store_that_comes_back_from_before_this_version_is_made_ready(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    with psycopg.connect(building.database().url, autocommit=True) as connection:
        connection.execute("DROP FUNCTION append_events")
        connection.execute(END, (building.database().name,))
    assert await number(gate, case) == 1


def written_by_a_newer_version(building: Building, case: UUID) -> None:
    """An event that nobody here can read, at the end of a case of two events."""
    with psycopg.connect(building.database().url, autocommit=True) as connection:
        [(state,)] = connection.execute(
            "SELECT state FROM stored_events WHERE (originator_id, originator_version) = (%s, 2)", (case,)
        )
        newer = bytes(state).replace(b"testing.noted", b"testing.newer").replace(b'version":2', b'version":3')
        connection.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (%s, 3, %s, %s)",
            (case, "testing.newer", newer),
        )


@pytest.mark.parametrize("text", ["a", "b"])
@pytest.mark.parametrize("cold", [True, False])
async def test_nothing_is_decided_on_a_folder_that_cannot_be_read(building: Building, text: str, cold: bool) -> None:
    gate = building.gate()
    case = await open_case(gate)
    await note(gate, case, "a")
    written_by_a_newer_version(building, case)
    with pytest.raises(UnreadableEvent):
        await note(building.gate() if cold else gate, case, text)


async def test_what_is_heard_for_a_folder_that_cannot_be_read_is_put_aside(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    await note(gate, case, "a")
    written_by_a_newer_version(building, case)
    origin = MessageOrigin("neighbour", 0, 0, 1, case, uuid4(), b"{}")
    await gate.hear([IncomingMessage(origin, CommandRequest(case, Note(text="b", by=CLERK), uuid4()))])
    with psycopg.connect(building.database().url) as connection:
        assert [row[0] for row in connection.execute("SELECT state FROM dead_letters")] == ["dead"]


async def test_an_append_of_no_events_takes_no_lock(building: Building) -> None:
    store = building.store()
    store.prepare()
    with psycopg.connect(building.database().url) as other:
        other.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        assert list(store.append(AppendBatch())) == []
    store.close()
