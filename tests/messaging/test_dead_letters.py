"""Poison: it parks its own case and no other, an operator sees why, and another try makes everything good."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.contracts import Refused
from shared.contracts.commands import Command, File
from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event
from shared.eventstore.codec import encode
from shared.eventstore.dead_letters import DeadLetter, DeadLetterState
from shared.messaging.dead_letters import DeadLetters
from tests.support.building import OFFICE, Building, envelope_of, until
from tests.support.office import Asked, Folder, Mentioned, Rules, answer, decide

cured: set[UUID] = set()


def fragile(folder: Folder, wish: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """Refuses ``sour`` and fails at ``poison``, until the case is cured."""
    if isinstance(wish, File) and isinstance(wish.heard, Mentioned) and folder.case not in cured:
        if wish.heard.text == "sour":
            raise Refused("too-sour", "P0.7", fields=("text",), taste="sour")
        if wish.heard.text == "poison":
            raise RuntimeError("cannot swallow this\x00")
    return decide(folder, wish, rules, now)


def touchy(heard: Asked, envelope: Envelope, rules: Rules) -> Command | None:
    """A reaction that fails until the case is cured."""
    if heard.question == "riddle" and envelope.subject not in cured:
        raise ValueError("a question I do not understand")
    return answer(heard, envelope, rules)


FRAGILE = replace(OFFICE, decide=fragile, reactions=OFFICE.reactions | {Asked: touchy})


def mentioned(case: UUID, text: str) -> Recorded:
    return Recorded(Mentioned(text), envelope_of(Mentioned(text), case))


class Ward:
    """A building whose office is fragile."""

    def __init__(self, house: Building, department: Department = FRAGILE) -> None:
        self.house = house
        self.gate: Gate = house.gate(department)
        self.store = house.store()
        self.store.prepare()
        self.letters = DeadLetters(self.store)
        house.inbox(self.gate, department)
        house.replayer(self.gate, department)

    async def heard(self, case: UUID, *texts: str) -> None:
        """Wait until a folder holds copies of exactly these, in this order."""

        async def so() -> bool:
            copies = [one.event.text for one in await self.gate.events(case) if isinstance(one.event, Mentioned)]
            return copies == list(texts)

        await until(so, f"{texts} in the folder")

    async def aside(self, how_many: int) -> list[DeadLetter]:
        """The open letters, once there are so many."""

        await until(lambda: len(self.letters.page()) == how_many, f"{how_many} open letters")
        return self.letters.page()


@pytest.fixture
async def ward(house: Building) -> Ward:
    return Ward(house)


def seen(letter: DeadLetter) -> tuple[UUID, DeadLetterState, str]:
    return letter.letter.origin.subject, letter.letter.state, letter.letter.reason


async def test_poison_parks_its_own_case_and_no_other(ward: Ward) -> None:
    sick, well = uuid4(), uuid4()
    await ward.house.say(
        *(
            mentioned(case, text)
            for text in ("a", "poison", "b", "c")
            for case in (sick, well)
            if text != "poison" or case == sick
        )
    )
    await ward.heard(sick, "a")
    await ward.heard(well, "a", "b", "c")
    assert [seen(letter) for letter in await ward.aside(3)] == [
        (sick, DeadLetterState.DEAD, "failed"),
        (sick, DeadLetterState.PARKED, "waits"),
        (sick, DeadLetterState.PARKED, "waits"),
    ]


async def test_a_letter_tells_where_it_came_from_and_why_it_is_here(ward: Ward) -> None:
    case = uuid4()
    sent = mentioned(case, "sour")
    await ward.house.say(sent, positions=(17,))
    [kept] = await ward.aside(1)
    letter = ward.letters.show(kept.number).letter
    assert (letter.reason, letter.detail) == ("too-sour", "P0.7 ('text',) {'taste': 'sour'}")
    assert (letter.origin.topic, letter.origin.position) == (ward.house.topics.of("neighbour"), 17)
    assert (letter.origin.event, letter.origin.value) == (sent.envelope.id, encode(sent.event, sent.envelope))
    with pytest.raises(KeyError):
        ward.letters.show(kept.number + 1)


async def test_a_replay_goes_on_where_it_stopped_and_in_order(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(*(mentioned(case, text) for text in ("a", "poison", "b", "c")))
    dead, *_ = await ward.aside(3)
    cured.add(case)
    assert ward.letters.replay(dead.number)
    await ward.heard(case, "a", "poison", "b", "c")
    await ward.aside(0)
    assert [seen(letter)[1] for letter in ward.letters.page(states=list(DeadLetterState))] == [
        DeadLetterState.REPLAYED
    ] * 3


async def test_a_replay_that_fails_again_leaves_everything_waiting(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(*(mentioned(case, text) for text in ("sour", "b")))
    dead, _ = await ward.aside(2)
    assert ward.letters.replay(dead.number)
    await until(lambda: ward.letters.show(dead.number).letter.state == DeadLetterState.DEAD, "it is dead again")
    assert [seen(letter)[1] for letter in ward.letters.page()] == [DeadLetterState.DEAD, DeadLetterState.PARKED]
    assert await ward.gate.events(case) == []


async def test_a_second_poison_behind_the_first_stops_the_replay_there(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(*(mentioned(case, text) for text in ("poison", "b", "sour", "c")))
    first, _, second, _ = await ward.aside(4)
    assert ward.letters.discard(first.number)
    await ward.heard(case, "b")
    assert [seen(letter)[1:] for letter in await ward.aside(2)] == [
        (DeadLetterState.DEAD, "too-sour"),
        (DeadLetterState.PARKED, "waits"),
    ]
    cured.add(case)
    assert ward.letters.replay_case(case) == 1
    await ward.heard(case, "b", "sour", "c")
    assert ward.letters.show(second.number).letter.state == DeadLetterState.REPLAYED


async def test_a_discarded_letter_is_never_taken_even_when_it_is_delivered_again(ward: Ward) -> None:
    case = uuid4()
    poison = mentioned(case, "poison")
    await ward.house.say(poison)
    [dead] = await ward.aside(1)
    assert ward.letters.discard(dead.number)
    cured.add(case)
    await ward.house.say(poison, mentioned(case, "b"), positions=(1, 2))
    await ward.heard(case, "b")
    await ward.aside(0)


async def test_a_letter_that_is_not_dead_is_not_replayed(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(mentioned(case, "poison"), mentioned(case, "b"))
    dead, parked = await ward.aside(2)
    assert not ward.letters.replay(parked.number)
    assert not ward.letters.discard(dead.number + 100)


async def test_a_case_that_waits_still_waits_after_a_restart(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(mentioned(case, "poison"))
    await ward.aside(1)
    await ward.house.close()
    ward.house.standing.clear()
    again = Ward(ward.house)
    await ward.house.say(mentioned(case, "b"), positions=(2,))
    assert [seen(letter)[1] for letter in await again.aside(2)] == [DeadLetterState.DEAD, DeadLetterState.PARKED]


async def test_poison_delivered_twice_is_one_letter(ward: Ward) -> None:
    case = uuid4()
    poison, later = mentioned(case, "poison"), mentioned(case, "b")
    await ward.house.say(poison, later, poison, later, positions=(1, 2, 1, 2))
    await ward.house.say(mentioned(case, "c"), positions=(3,))
    await ward.aside(3)


async def test_a_reaction_that_fails_is_poison_too(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(Recorded(Asked("riddle"), envelope_of(Asked("riddle"), case)), mentioned(case, "b"))
    dead, _ = await ward.aside(2)
    assert (dead.letter.reason, dead.letter.detail) == ("failed", "ValueError: a question I do not understand")
    cured.add(case)
    ward.letters.replay(dead.number)
    await ward.heard(case, "b")


@pytest.mark.parametrize("rubbish", [b"", b"\xff\x00", b'{"hello": 1}', b'{"type":"\xff"}'])
async def test_bytes_that_are_no_event_are_put_aside_and_nothing_waits_behind_them(ward: Ward, rubbish: bytes) -> None:
    case = uuid4()
    sound = mentioned(case, "a")
    await ward.house.send(rubbish, encode(sound.event, sound.envelope))
    await ward.heard(case, "a")
    [letter] = await ward.aside(1)
    assert (letter.letter.reason, letter.letter.origin.value) == ("unreadable", rubbish)


async def test_an_event_of_a_version_that_is_not_known_yet_waits_for_the_program_that_knows_it(ward: Ward) -> None:
    case = uuid4()
    state = encode(Mentioned("a"), envelope_of(Mentioned("a"), case)).replace(b'"dataversion":1', b'"dataversion":9')
    await ward.house.send(state)
    [letter] = await ward.aside(1)
    assert (letter.letter.reason, letter.letter.detail) == (
        "unreadable",
        "neighbour.mentioned version 9 is not declared here",
    )


async def test_dead_letters_are_told_on_their_topic(ward: Ward) -> None:
    case = uuid4()
    poison, later = mentioned(case, "sour"), mentioned(case, "b")
    await ward.house.say(poison, later)
    await ward.aside(2)
    topic = ward.house.topics.dead("testing")
    relay = ward.house.relay(ward.gate)
    await relay.ready()

    async def told() -> list[tuple[bytes, str, str]]:
        sent = await ward.house.sent(topic)
        return [
            (one.value or b"", dict(one.headers)["state"].decode(), dict(one.headers)["reason"].decode())
            for one in sent
        ]

    assert await until(told, "something is told") == [
        (encode(poison.event, poison.envelope), "dead", "too-sour"),
        (encode(later.event, later.envelope), "parked", "waits"),
    ]


async def test_open_letters_are_counted(ward: Ward) -> None:
    case = uuid4()
    await ward.house.say(*(mentioned(case, text) for text in ("poison", "b", "c")))
    await ward.aside(3)

    def counted() -> tuple[float | None, ...]:
        return tuple(
            REGISTRY.get_sample_value("redress_dead_letters", {"service": "testing", "state": state})
            for state in ("dead", "parked", "due")
        )

    await until(lambda: counted() == (1, 2, 0), "one dead and two parked")
