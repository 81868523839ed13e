"""Two processes on one store, and a store whose answer is lost: still one effect, on the newest state."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from eventsourcing.persistence import OperationalError

from shared.commands.answers import StaleVersion
from shared.commands.requests import CommandRequest
from shared.contracts import Refused
from shared.eventstore.chain import first_break
from shared.eventstore.recorder import AppendBatch
from shared.eventstore.store import Store
from tests.support.building import Building, note, open_case, states_of
from tests.support.office import Close, Note


class Forgetful(Store):
    """A store that records, and loses its answer the first ``losses`` times."""

    losses = 1

    def append(self, append: AppendBatch) -> Sequence[int]:
        positions = super().append(append)
        if self.losses:
            self.losses -= 1
            raise OperationalError("server closed the connection unexpectedly")
        return positions


class Overtaken(Store):
    """A store in which somebody else records between the look and the append, the first ``times`` times."""

    times = 1
    overtake = staticmethod(lambda: None)

    def append(self, append: AppendBatch) -> Sequence[int]:
        if append.events and self.times:
            self.times -= 1
            self.overtake()
        return super().append(append)


async def test_a_commit_whose_answer_was_lost_is_answered_and_not_repeated(building: Building) -> None:
    case = await open_case(building.gate())
    gate = building.gate(store=Forgetful(building.database()))
    answers = await asyncio.gather(*(note(gate, case, text) for text in "abc"))
    assert [answer.version for answer in answers] == [2, 3, 4]
    assert [answer.events for answer in answers] == [(event,) for event in (await gate.events(case))[1:]]
    assert (await gate.folder(case))[0].notes == ("a", "b", "c")


async def test_who_was_overtaken_decides_again_on_the_newest_state(building: Building) -> None:
    other = building.gate()
    case = await open_case(other)
    loop = asyncio.get_running_loop()

    def overtake() -> None:
        asyncio.run_coroutine_threadsafe(
            other.submit(CommandRequest.of(case, Note(text="first"), command_id=uuid4())), loop
        ).result(10)

    store = Overtaken(building.database())
    store.overtake = overtake
    gate = building.gate(store=store)
    answer = await note(gate, case, "second")
    assert (answer.version, (await gate.folder(case))[0].notes) == (3, ("first", "second"))
    assert first_break(states_of(building.store(), case)) is None


async def test_who_was_overtaken_does_not_decide_on_what_they_did_not_see(building: Building) -> None:
    other = building.gate()
    case = await open_case(other)
    loop = asyncio.get_running_loop()

    def overtake() -> None:
        asyncio.run_coroutine_threadsafe(
            other.submit(CommandRequest.of(case, Note(text="first"), command_id=uuid4())), loop
        ).result(10)

    store = Overtaken(building.database())
    store.overtake = overtake
    gate = building.gate(store=store)
    with pytest.raises(StaleVersion):
        await gate.submit(
            CommandRequest.of(
                case, Note(text="second"), command_id=uuid4(), provided=lambda folder, rules: folder.notes == ()
            )
        )
    assert (await gate.folder(case))[0].notes == ("first",)


async def test_who_was_overtaken_may_be_refused_by_what_is_now_true(building: Building) -> None:
    other = building.gate()
    case = await open_case(other)
    loop = asyncio.get_running_loop()

    def overtake() -> None:
        asyncio.run_coroutine_threadsafe(
            other.submit(CommandRequest.of(case, Close(), command_id=uuid4())), loop
        ).result(10)

    store = Overtaken(building.database())
    store.overtake = overtake
    outcome = await asyncio.gather(note(building.gate(store=store), case, "late"), return_exceptions=True)
    assert outcome == [Refused("closed", "P0.0")]


async def test_only_the_command_in_conflict_is_decided_again(building: Building) -> None:
    other = building.gate()
    contested, calm = await open_case(other), await open_case(other)
    loop = asyncio.get_running_loop()

    def overtake() -> None:
        asyncio.run_coroutine_threadsafe(note(other, contested, "first"), loop).result(10)

    store = Overtaken(building.database())
    store.overtake = overtake
    gate = building.gate(store=store)
    answers = await asyncio.gather(note(gate, contested, "second"), note(gate, calm, "alone"))
    assert [answer.version for answer in answers] == [3, 2]


async def test_two_processes_on_one_case_lose_nothing(building: Building) -> None:
    gates = [building.gate(), building.gate()]
    case = await open_case(gates[0])
    answers = await asyncio.gather(*(note(gates[number % 2], case, f"{number}") for number in range(80)))
    assert sorted(answer.version for answer in answers) == list(range(2, 82))
    assert sorted((await gates[0].folder(case))[0].notes, key=int) == [str(number) for number in range(80)]
    assert first_break(states_of(building.store(), case)) is None


async def test_the_same_command_at_two_processes_has_one_effect(building: Building) -> None:
    gates = [building.gate(), building.gate()]
    case = await open_case(gates[0])
    keys = [uuid4() for _ in range(30)]
    answers = await asyncio.gather(
        *(gate.submit(CommandRequest.of(case, Note(text=str(key)), command_id=key)) for key in keys for gate in gates)
    )
    assert len(await gates[0].events(case)) == 31
    assert [one.events for one in answers[0::2]] == [one.events for one in answers[1::2]]


async def test_a_process_sees_at_once_what_another_recorded(building: Building) -> None:
    one, other = building.gate(), building.gate()
    case = await open_case(one)
    for number in range(5):
        await note(one, case, f"one {number}")
        await note(other, case, f"other {number}")
    await one.submit(CommandRequest.of(case, Close(), command_id=uuid4()))
    outcome = await asyncio.gather(note(other, case, "late"), return_exceptions=True)
    assert outcome == [Refused("closed", "P0.0")]
    assert (await other.folder(case))[0].notes[-2:] == ("one 4", "other 4")
