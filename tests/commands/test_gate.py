"""The gate: each caller gets his own answer, whatever is recorded together."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.commands.answers import Answer, Busy, KeyReused, StaleVersion, UnknownCase
from shared.commands.department import Condition
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts import Refused
from shared.eventstore.chain import digest
from tests.support.building import CLERK, Building, note, open_case, states_of
from tests.support.office import Close, Folder, Note, Noted, Open, Opened, Pack, Rules


async def test_a_command_is_recorded_with_its_circumstances(building: Building) -> None:
    gate, case, command, correlation = building.gate(), uuid4(), uuid4(), uuid4()
    answer = await gate.submit(
        CommandRequest.of(
            case, Open(title="t", by=CLERK), command_id=command, site="TPE", correlation=correlation, causation=command
        )
    )

    [recorded] = answer.events
    envelope = recorded.envelope
    assert answer == Answer(case, 1, recorded.position, (recorded,), repeated=False)
    assert recorded.event == Opened("t")
    assert (envelope.source, envelope.type, envelope.subject) == ("testing", "testing.opened", case)
    assert (envelope.version, envelope.schema, envelope.site) == (1, 1, "TPE")
    assert (envelope.pack, envelope.pack_version, envelope.previous) == ("test", 1, "")
    assert (envelope.actor, envelope.correlation, envelope.causation) == (CLERK, correlation, command)
    assert await gate.events(case) == [recorded]


async def test_what_is_not_given_follows_from_the_command_id(building: Building) -> None:
    command = uuid4()
    answer = await building.gate().submit(CommandRequest.of(uuid4(), Open(title="t"), command_id=command, site="TPE"))
    assert (answer.events[0].envelope.correlation, answer.events[0].envelope.causation) == (command, None)


async def test_a_command_that_changes_nothing_answers_with_where_the_folder_stands(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    before = await note(gate, case, "same")
    assert await note(gate, case, "same") == Answer(case, 2, before.position, (), repeated=False)


async def test_a_case_that_is_not_known_is_refused_unless_the_command_opens_it(building: Building) -> None:
    gate, case = building.gate(), uuid4()
    with pytest.raises(UnknownCase) as refused:
        await note(gate, case, "a")
    assert refused.value.case == case
    with pytest.raises(UnknownCase):
        await gate.folder(case)
    assert await gate.events(case) == []


async def test_the_folder_is_as_its_events_say_with_the_rules_it_was_opened_under(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate, "leak", site="KSH")
    await note(gate, case, "a")
    expected = (Folder(case, "leak", ("a",)), 2, Rules("KSH", Pack("test", 1)))
    assert await gate.folder(case) == expected
    assert await building.gate().folder(case) == expected


async def test_events_are_read_in_pages(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    for text in "abcd":
        await note(gate, case, text)
    everything = await gate.events(case)
    assert [one.event for one in everything] == [Opened("t"), Noted("a"), Noted("b"), Noted("c"), Noted("d")]
    assert await gate.events(case, after=1, limit=2) == everything[1:3]


async def test_a_refusal_reaches_its_own_caller_and_nobody_else(building: Building) -> None:
    gate = building.gate()
    shut, open_ = await open_case(gate), await open_case(gate)
    await gate.submit(CommandRequest.of(shut, Close(), command_id=uuid4()))
    outcomes = await asyncio.gather(
        *(note(gate, case, f"{number}") for number in range(10) for case in (shut, open_)), return_exceptions=True
    )
    assert outcomes[0::2] == [Refused("closed", "P0.0")] * 10
    assert [outcome.events[0].event for outcome in outcomes[1::2] if isinstance(outcome, Answer)] == [
        Noted(str(number)) for number in range(10)
    ]


async def test_a_failure_of_the_domain_reaches_its_own_caller_and_nobody_else(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    failed, taken = await asyncio.gather(note(gate, case, "poison"), note(gate, case, "a"), return_exceptions=True)
    assert isinstance(failed, RuntimeError)
    assert isinstance(taken, Answer)
    assert (await gate.folder(case))[0].notes == ("a",)


async def test_concurrent_commands_on_one_case_each_see_the_one_before(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    answers = await asyncio.gather(*(note(gate, case, f"{number}") for number in range(100)))
    assert sorted(answer.version for answer in answers) == list(range(2, 102))
    assert (await gate.folder(case))[0].notes == tuple(str(number) for number in range(100))


async def test_a_version_that_the_caller_did_not_see_is_stale(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    with pytest.raises(StaleVersion) as stale:
        await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=uuid4(), expected=0))
    assert stale.value.current == 1
    assert (await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=uuid4(), expected=1))).version == 2


async def test_of_two_who_saw_the_same_version_one_is_taken(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    outcomes = await asyncio.gather(
        *(gate.submit(CommandRequest.of(case, Note(text=text), command_id=uuid4(), expected=1)) for text in "ab"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [Answer, StaleVersion]


def has_notes(*texts: str) -> Condition:
    """What somebody who saw these notes decides on."""
    return lambda folder, rules: (folder.notes, rules.site) == (texts, "TPE")


async def test_what_was_provided_is_asked_of_the_folder_on_which_it_is_decided(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    outcomes = await asyncio.gather(
        *(
            gate.submit(CommandRequest.of(case, Note(text=text), command_id=uuid4(), provided=has_notes()))
            for text in "ab"
        ),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [Answer, StaleVersion]
    assert (
        await gate.submit(CommandRequest.of(case, Note(text="b"), command_id=uuid4(), provided=has_notes("a")))
    ).version == 3


async def test_what_is_provided_no_longer_does_not_keep_the_first_answer_from_whoever_asks_again(
    building: Building,
) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    first = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key, provided=has_notes()))
    await note(gate, case, "b")
    again = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key, provided=has_notes()))
    assert again == Answer(case, first.version, first.position, first.events, repeated=True)


async def test_the_folder_is_read_as_it_was_at_a_version(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate, "leak")
    for text in "ab":
        await note(gate, case, text)
    assert await gate.folder(case, at=2) == (Folder(case, "leak", ("a",)), 2, Rules())
    assert (await gate.folder(case))[0].notes == ("a", "b")
    with pytest.raises(StaleVersion) as ahead:
        await gate.folder(case, at=4)
    assert ahead.value.current == 3
    with pytest.raises(UnknownCase):
        await gate.folder(uuid4(), at=1)


@pytest.mark.parametrize("key", [uuid4(), "chen:2f5c"])
async def test_a_command_id_again_gives_the_first_answer(building: Building, key: UUID | str) -> None:
    gate = building.gate()
    case = await open_case(gate)
    first = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    await note(gate, case, "b")
    again = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    assert again == Answer(case, first.version, first.position, first.events, repeated=True)
    assert (await gate.folder(case))[0].notes == ("a", "b")


async def test_a_command_id_again_gives_the_first_answer_after_a_restart(building: Building) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    first = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    await building.down(gate)
    again = await building.gate().submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    assert again == Answer(case, first.version, first.position, first.events, repeated=True)


async def test_a_command_that_changed_nothing_still_changes_nothing_when_it_comes_again(building: Building) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    await note(gate, case, "a")
    first = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    await note(gate, case, "b")
    again = await gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key))
    assert again == Answer(case, first.version, first.position, (), repeated=True)


async def test_the_same_command_twice_at_once_has_one_effect(building: Building) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    answers = await asyncio.gather(
        *(gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key)) for _ in range(20))
    )
    assert {(answer.version, answer.position, answer.events) for answer in answers} == {
        (2, answers[0].position, answers[0].events)
    }
    assert [answer.repeated for answer in answers] == [False] + [True] * 19


@pytest.mark.parametrize("other", [Note(text="b"), Close(), Note(text="a", by=CLERK)])
async def test_a_command_id_with_another_body_is_refused(building: Building, other: Note | Close) -> None:
    gate, key = building.gate(), uuid4()
    case = await open_case(gate)
    outcomes = await asyncio.gather(
        gate.submit(CommandRequest.of(case, Note(text="a"), command_id=key)),
        gate.submit(CommandRequest.of(case, other, command_id=key)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [Answer, KeyReused]
    with pytest.raises(KeyReused):
        await gate.submit(CommandRequest.of(case, other, command_id=key))


async def test_a_refused_command_may_come_again_under_its_id(building: Building) -> None:
    gate, key, case = building.gate(), uuid4(), uuid4()
    with pytest.raises(UnknownCase):
        await gate.submit(CommandRequest.of(case, Open(title="t"), command_id=key))
    assert (await gate.submit(CommandRequest.of(case, Open(title="t"), command_id=key, site="TPE"))).repeated is False


async def test_each_event_names_the_hash_of_the_one_before(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    await asyncio.gather(*(note(gate, case, text) for text in "abc"))
    await building.down(gate)
    other = building.gate()
    await note(other, case, "d")
    states = states_of(building.store(), case)
    assert [one.envelope.previous for one in await other.events(case)] == ["", *map(digest, states[:-1])]


async def test_stamps_grow_over_a_restart_even_when_the_clock_went_back(building: Building) -> None:
    first = building.gate()
    case = await open_case(first)
    await building.down(first)
    building.clock = Slow()
    await note(building.gate(), case, "a")
    stamps = [one.envelope.hlc for one in await building.gate().events(case)]
    assert stamps == sorted(set(stamps))


async def test_more_than_the_limit_waiting_is_refused_at_once(building: Building) -> None:
    gate = building.gate(waiting=3)
    case = await open_case(gate)
    outcomes = await asyncio.gather(*(note(gate, case, f"{number}") for number in range(20)), return_exceptions=True)
    busy = [outcome for outcome in outcomes if isinstance(outcome, Busy)]
    assert (len(busy), len(await gate.events(case))) == (17, 4)
    assert busy[0].retry_after > 0


async def test_at_the_end_what_waits_is_finished_and_nothing_more_is_taken(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    waiting = [asyncio.create_task(note(gate, case, f"{number}")) for number in range(50)]
    await asyncio.sleep(0)
    await building.down(gate)
    assert [(await task).version for task in waiting] == list(range(2, 52))
    with pytest.raises(Busy):
        await note(gate, case, "late")


async def test_listeners_are_told_the_position_that_was_reached(building: Building) -> None:
    gate = building.gate()
    told: list[int] = []
    gate.on_append(told.append)
    case = await open_case(gate)
    answer = await note(gate, case, "a")
    assert told == [answer.position - 1, answer.position]


async def test_an_answer_that_nobody_waits_for_any_more_does_no_harm(building: Building) -> None:
    gate: Gate = building.gate()
    case = await open_case(gate)
    waiting = asyncio.create_task(note(gate, case, "a"))
    await asyncio.sleep(0)
    waiting.cancel()
    assert (await note(gate, case, "b")).events[0].event == Noted("b")


class Slow:
    """A clock that hangs in the past."""

    def now(self) -> datetime:
        return datetime(2001, 1, 1, tzinfo=UTC)
