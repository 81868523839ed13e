"""The inbox: what others say has its effect here, once, in order, whatever comes twice or late."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import REGISTRY

from shared.commands.gate import Gate
from shared.commands.messages import tracking_name
from shared.commands.requests import IncomingMessage
from shared.contracts.envelope import Recorded
from shared.contracts.event import Event
from shared.contracts.values import SYSTEM
from shared.messaging import inbox
from shared.messaging.inbox import is_level
from shared.messaging.kafka import administrating
from tests.support.building import NEIGHBOUR, Building, envelope_of, log_of, note, open_case, until
from tests.support.office import Asked, Coughed, Mentioned, Noted


def said(event: Event, case: UUID, **options: str) -> Recorded:
    return Recorded(event, envelope_of(event, case, **options))


async def taken(gate: Gate, case: UUID, how_many: int) -> list[Recorded]:
    """The events of a case, once there are so many."""

    async def enough() -> list[Recorded]:
        found = await gate.events(case)
        return found if len(found) >= how_many else []

    return await until(enough, f"{how_many} events")


async def caught_up(house: Building, position: int) -> None:
    """Wait until a neighbour's event at this position was handled."""
    store = house.store()
    names = [tracking_name(house.topics.of("neighbour"), number) for number in range(house.topics.partitions)]
    await until(lambda: position in [store.tracking(name) for name in names], f"{position} is handled")
    store.close()


async def test_a_reaction_becomes_a_command_in_the_folder_of_the_same_case(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    heard = said(Asked("why?"), case, stamp="999999999999999.000000.neighbour")
    await house.say(heard)
    house.inbox(gate)
    [answered] = await taken(gate, case, 1)
    envelope = answered.envelope
    assert answered.event == Noted("why?")
    assert (envelope.source, envelope.subject, envelope.actor) == ("testing", case, SYSTEM)
    assert (envelope.causation, envelope.correlation) == (heard.envelope.id, heard.envelope.correlation)
    assert (envelope.site, envelope.pack, envelope.pack_version) == ("KSH", "test", 7)
    assert envelope.hlc > heard.envelope.hlc


async def test_a_filed_copy_is_the_same_event_by_the_same_person_in_this_folder(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    heard = said(Mentioned("it leaks"), case)
    await house.say(heard)
    house.inbox(gate)
    [copy] = await taken(gate, case, 1)
    assert copy.event == heard.event
    assert (copy.envelope.type, copy.envelope.source) == ("neighbour.mentioned", "testing")
    assert (copy.envelope.actor, copy.envelope.causation) == (heard.envelope.actor, heard.envelope.id)


async def test_what_nobody_listens_to_and_what_is_answered_by_nothing_leaves_no_trace(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    await house.say(said(Coughed(), case), said(Asked(""), case), said(Asked("last"), case))
    house.inbox(gate)
    assert [one.event for one in await taken(gate, case, 1)] == [Noted("last")]
    await caught_up(house, 3)


async def test_a_duplicate_delivery_has_one_effect(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    one, other = said(Mentioned("a"), case), said(Mentioned("b"), case)
    await house.say(one, one, other, one, other, positions=(1, 1, 2, 1, 2))
    await house.say(said(Mentioned("end"), case), positions=(3,))
    house.inbox(gate)
    events = [one.event for one in await taken(gate, case, 3)]
    assert events == [Mentioned("a"), Mentioned("b"), Mentioned("end")]
    await caught_up(house, 3)
    assert len(log_of(house.store())) == 3


async def test_what_was_overtaken_in_the_topic_is_not_lost(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    await house.say(said(Mentioned("b"), case), said(Mentioned("a"), case), positions=(2, 1))
    house.inbox(gate)
    events = [one.event for one in await taken(gate, case, 2)]
    assert events == [Mentioned("b"), Mentioned("a")]


async def test_a_whole_topic_sent_again_has_no_effect(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    some = [said(Mentioned(f"{number}"), case) for number in range(30)]
    await house.say(*some, *some, said(Mentioned("end"), case), positions=(*range(1, 31), *range(1, 31), 31))
    house.inbox(gate)
    await caught_up(house, 31)
    assert (await gate.folder(case))[0].heard == (*(Mentioned(f"{number}") for number in range(30)), Mentioned("end"))


async def test_what_was_recorded_but_not_committed_to_kafka_is_heard_again_without_effect(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    await house.say(said(Mentioned("a"), case))
    first = house.inbox(gate)
    first._commit = _never_commit  # type: ignore[method-assign]
    await taken(gate, case, 1)
    await house.down(first)
    await house.say(said(Mentioned("b"), case), positions=(2,))
    house.inbox(gate)
    assert [one.event for one in await taken(gate, case, 2)] == [Mentioned("a"), Mentioned("b")]
    await caught_up(house, 2)
    assert len(log_of(house.store())) == 2


async def test_two_instances_share_the_work_and_leave_it_to_each_other(house: Building) -> None:
    gates = [house.gate(), house.gate()]
    inboxes = [house.inbox(gate) for gate in gates]
    await asyncio.gather(*(inbox.ready() for inbox in inboxes))
    cases = [uuid4() for _ in range(20)]
    await house.say(*(said(Mentioned("a"), case) for case in cases))
    for case in cases:
        await taken(gates[0], case, 1)
    await house.down(inboxes[0])
    await house.say(*(said(Mentioned("b"), case) for case in cases), positions=tuple(range(21, 41)))
    for case in cases:
        assert [one.event for one in await taken(gates[0], case, 2)] == [Mentioned("a"), Mentioned("b")]
    assert len(log_of(house.store())) == 40


async def test_at_the_end_it_leaves_its_group(house: Building) -> None:
    inbox = house.inbox(house.gate())
    await inbox.ready()
    assert await members(house) == 1
    await house.down(inbox)
    assert await members(house) == 0


async def test_two_departments_talk_over_kafka_and_time_runs_forward_over_both(house: Building) -> None:
    office, neighbour = house.gate(), house.gate(NEIGHBOUR)
    house.relay(office)
    house.inbox(neighbour, NEIGHBOUR)
    case = await open_case(office)
    for number in range(10):
        await note(office, case, f"{number}")
    copies = await taken(neighbour, case, 10)
    originals = {one.envelope.id: one for one in await office.events(case)}
    assert [one.event for one in copies] == [Noted(f"{number}") for number in range(10)]
    for copy in copies:
        assert copy.envelope.causation is not None
        assert copy.envelope.hlc > originals[copy.envelope.causation].envelope.hlc


async def test_events_of_one_case_keep_their_order_and_of_many_cases_none_is_lost(house: Building) -> None:
    gate = house.gate()
    cases = [uuid4() for _ in range(40)]
    await house.say(*(said(Mentioned(f"{turn}"), case) for turn in range(10) for case in cases))
    house.inbox(gate)
    for case in cases:
        events = [one.event for one in await taken(gate, case, 10)]
        assert events == [Mentioned(f"{turn}") for turn in range(10)]


async def test_the_lag_is_measured(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    house.inbox(gate)
    await house.say(said(Mentioned("a"), case))
    await taken(gate, case, 1)
    labels = {"service": "testing"}
    await until(lambda: REGISTRY.get_sample_value("redress_inbox_lag_events", labels) == 0, "nothing waits")


async def test_it_is_behind_until_everything_there_is_was_heard(house: Building) -> None:
    gate, case = house.gate(), uuid4()
    await house.say(*(said(Mentioned(f"{number}"), case) for number in range(30)))
    _, held = hold_up(gate)
    inbox = house.inbox(gate)
    assert inbox.behind() == ("testing inbox: starting",)
    await inbox.ready()
    assert inbox.behind() == ("testing inbox: news is waiting",)
    held.set()
    await until(lambda: not inbox.behind(), "everything was heard")
    assert len(await gate.events(case)) == 30


async def test_who_has_no_partition_does_not_know_whether_everything_was_heard(house: Building) -> None:
    first, second = house.inbox(house.gate()), house.inbox(house.gate())
    await asyncio.gather(first.ready(), second.ready())
    await until(lambda: not first.behind() and not second.behind(), "both have partitions and have heard everything")
    consumer: Any = SimpleNamespace(assignment=frozenset)
    assert not await is_level(consumer)


async def test_what_came_with_newly_dealt_partitions_is_committed_though_nothing_follows(
    house: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second comes before the first has committed: both hear again what is theirs now, and say so to Kafka."""
    first = house.inbox(gate := house.gate())
    await until(lambda: not first.behind(), "the first has heard that there is nothing")
    monkeypatch.setattr(inbox, "COMMIT_EVERY", 6.0)
    cases = [uuid4() for _ in range(20)]
    await house.say(*(said(Mentioned("a"), case) for case in cases))
    for case in cases:
        await taken(gate, case, 1)
    await house.inbox(house.gate()).ready()
    assert sum((await offsets(house)).values()) < len(cases)

    async def committed() -> bool:
        return sum((await offsets(house)).values()) == len(cases)

    await until(committed, "the offsets are Kafka's")


async def test_a_commit_that_takes_long_is_given_up_before_another_kafka_may_take_it(
    house: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(AIOKafkaConsumer):  # type: ignore[misc]
        async def commit(self, heard: dict[TopicPartition, int]) -> None:
            await asyncio.sleep(inbox.COMMIT_WITHIN + 1)
            await super().commit(heard)

    monkeypatch.setattr(inbox, "AIOKafkaConsumer", Slow)
    case = uuid4()
    await house.say(said(Mentioned("a"), case))
    hearing = house.inbox(gate := house.gate())
    await taken(gate, case, 1)
    await until(hearing.missing, "the commit is given up, and the consumer with it")
    await asyncio.sleep(1.5)
    assert await offsets(house) == {}


async def test_offsets_of_before_the_partitions_were_dealt_anew_are_not_committed(house: Building) -> None:
    """The first is held up while a second comes, hears its share and goes; then the first has all of it again."""
    gate, cases = house.gate(), [uuid4() for _ in range(20)]
    await house.say(*(said(Mentioned("a"), case) for case in cases))
    began, held = hold_up(gate)
    first = house.inbox(gate)
    await began.wait()

    second = house.inbox(house.gate())
    await house.say(*(said(Mentioned("b"), case) for case in cases), positions=tuple(range(21, 41)))
    await until(lambda: not second.behind(), "the second has heard its share")
    await house.down(second)
    await until(lambda: settled(house), "the first has all partitions")
    committed = await offsets(house)
    held.set()
    await house.down(first)
    assert committed
    assert await offsets(house) == committed

    house.inbox(house.gate())
    for case in cases:
        assert [one.event for one in await taken(gate, case, 2)] == [Mentioned("a"), Mentioned("b")]
    assert len(log_of(house.store())) == 40


def hold_up(gate: Gate) -> tuple[asyncio.Event, asyncio.Event]:
    """Have a gate hear nothing before the second event is set; the first one is set when it is to hear something."""
    hear, began, held = gate.hear, asyncio.Event(), asyncio.Event()

    async def slowly(run: Sequence[IncomingMessage]) -> None:
        began.set()
        await held.wait()
        await hear(run)

    gate.hear = slowly  # type: ignore[method-assign]
    return began, held


async def _never_commit(*_: object) -> None:
    """As if the process died just before."""


async def members(house: Building) -> int:
    async with administrating(house.kafka) as admin:
        [answer] = await admin.describe_consumer_groups([house.topics.group("testing")])
        return len(answer.groups[0][5])


async def settled(house: Building) -> bool:
    """Whether one member has all partitions."""
    async with administrating(house.kafka) as admin:
        [answer] = await admin.describe_consumer_groups([house.topics.group("testing")])
        _, _, state, _, _, those, *_ = answer.groups[0]
        return state == "Stable" and len(those) == 1


async def offsets(house: Building) -> dict[TopicPartition, int]:
    """How far the inboxes' group has come, as Kafka knows it."""
    async with administrating(house.kafka) as admin:
        found = await admin.list_consumer_group_offsets(house.topics.group("testing"))
        return {place: each.offset for place, each in found.items()}
