"""Scenes at an inbox: things twice, things that cannot be taken, a death between taking and telling Kafka."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from shared.commands.gate import Gate
from shared.commands.requests import IncomingMessage
from shared.contracts.commands import Command, File
from shared.contracts.envelope import Recorded
from shared.contracts.event import Event
from shared.eventstore.dead_letters import DeadLetterState
from shared.messaging.dead_letters import DeadLetters
from tests.chaos.guards.guard import broken
from tests.chaos.waits import became
from tests.support.building import Building, envelope_of, until
from tests.support.office import OFFICE, Folder, Mentioned, Rules, decide

SICK = "poison"
SETTLED = 0.5
"""Seconds that what should not come is waited for."""


def mentioned(case: UUID, text: str) -> Recorded:
    """A neighbour mentions something."""
    return Recorded(Mentioned(text), envelope_of(Mentioned(text), case))


async def heard(gate: Gate, case: UUID) -> list[str]:
    """What was filed of a case, in its order."""
    return [one.event.text for one in await gate.events(case) if isinstance(one.event, Mentioned)]


async def ends(gate: Gate, case: UUID) -> None:
    """Wait until the last word has been heard."""

    assert await became(lambda: ended(gate, case), 20), "the end is not heard"


async def ended(gate: Gate, case: UUID) -> bool:
    """Whether the last word has been heard."""
    return (await heard(gate, case))[-1:] == ["end"]


async def things_come_twice(building: Building) -> list[str]:
    """Each of three events is delivered three times."""
    gate, case, other = building.gate(), uuid4(), uuid4()
    said = [mentioned(case, text) for text in "abc"]
    building.inbox(gate)
    await building.say(*said, *said, mentioned(case, "end"), positions=(1, 2, 3, 1, 2, 3, 4))
    await ends(gate, case)
    await building.say(*reversed(said), mentioned(other, "end"), positions=(3, 2, 1, 5))
    await ends(gate, other)
    await asyncio.sleep(SETTLED)
    return broken("a heard event is filed twice", await heard(gate, case), ["a", "b", "c", "end"])


async def a_case_has_poison(building: Building) -> list[str]:
    """One event of a case cannot be taken until it is cured; it is replayed, and what came behind it."""
    cured: set[UUID] = set()

    def fragile(folder: Folder, wish: Command, rules: Rules, now: datetime) -> Iterable[Event]:
        if isinstance(wish, File) and wish.heard == Mentioned(SICK) and folder.case not in cured:
            raise RuntimeError(SICK)
        return decide(folder, wish, rules, now)

    office = replace(OFFICE, decide=fragile)
    gate, case, other = building.gate(office), uuid4(), uuid4()
    await building.say(*(mentioned(case, text) for text in ("a", SICK, "b")), mentioned(other, "end"))
    building.inbox(gate, office)
    await ends(gate, other)
    building.replayer(gate, office)
    store = building.store()
    letters = DeadLetters(store)
    cured.add(case)
    for kept in letters.page():
        letters.replay(kept.number)
    await until(lambda: not letters.page(), "nothing lies aside")
    states = [kept.letter.state for kept in letters.page(states=list(DeadLetterState))]
    store.close()
    order = broken("what waits behind a dead letter does not wait", await heard(gate, case), ["a", SICK, "b"])
    lost = [] if set(await heard(gate, case)) == {"a", SICK, "b"} else ["a heard event is neither filed nor aside"]
    return [*lost, *order, *broken("a letter is not replayed", set(states) - {DeadLetterState.REPLAYED}, set())]


async def the_inbox_dies_before_it_has_recorded(building: Building) -> list[str]:
    """It dies with what it has fetched; another takes its place."""
    gate, case = building.gate(), uuid4()
    await building.say(mentioned(case, "a"), mentioned(case, "b"))
    hear, fetched, never = gate.hear, asyncio.Event(), asyncio.Event()

    async def held(run: Sequence[IncomingMessage]) -> None:
        fetched.set()
        await never.wait()

    gate.hear = held  # type: ignore[method-assign]
    first = building.inbox(gate)
    async with asyncio.timeout(30):
        await fetched.wait()
    building.standing.remove(first)
    assert first._task is not None
    first._task.cancel()
    await asyncio.wait([first._task])
    gate.hear = hear  # type: ignore[method-assign]
    building.inbox(gate)
    await building.say(mentioned(case, "end"), positions=(3,))
    await ends(gate, case)
    return broken("a heard event is not filed", await heard(gate, case), ["a", "b", "end"])
