"""Scenes at a store: commands that come twice, connections that die in the middle, writers that overtake each other."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID, uuid4

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from psycopg import Connection
from psycopg.rows import DictRow

from shared.commands.answers import Busy
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.eventstore.chain import first_break
from shared.eventstore.codec import encode
from shared.eventstore.recorder import AppendBatch, Recorder
from shared.eventstore.store import Store
from tests.chaos.guards.guard import broken
from tests.eventstore.test_log import written_and_followed
from tests.support.building import CLERK, Building, envelope_of, log_of, note, open_case, states_of
from tests.support.office import Mentioned, Note, Noted, Number, Numbered

TEXTS = ("a", "b", "c")
NEIGHBOUR = "redress.neighbour[0]"
"""Under which name it is kept how far a neighbour was heard."""


async def notes_of(gate: Gate, case: UUID) -> list[str]:
    """What is noted in a case."""
    return [one.event.text for one in await gate.events(case) if isinstance(one.event, Noted)]


async def numbers_of(gate: Gate, case: UUID) -> list[int]:
    """The numbers that were given in a case."""
    return [one.event.number for one in await gate.events(case) if isinstance(one.event, Numbered)]


async def a_command_comes_twice(building: Building) -> list[str]:
    """Each of three notes is sent twice under its own key, by turns."""
    gate = building.gate()
    case = await open_case(gate)
    keys = {text: uuid4() for text in TEXTS}
    for text in (*TEXTS, *TEXTS):
        await gate.submit(CommandRequest.of(case, Note(text=text, by=CLERK), command_id=keys[text]))
    return broken("a repeated command has an effect", await notes_of(gate, case), list(TEXTS))


async def several_act_on_what_they_saw(building: Building) -> list[str]:
    """Three people who see a case without notes each note something, provided that it still has none."""
    gate = building.gate()
    case = await open_case(gate)
    await asyncio.gather(
        *(
            gate.submit(
                CommandRequest.of(
                    case, Note(text=text), command_id=uuid4(), provided=lambda folder, rules: folder.notes == ()
                )
            )
            for text in TEXTS
        ),
        return_exceptions=True,
    )
    return broken("somebody acts on what they did not see", len(await notes_of(gate, case)), 1)


def cut_store(building: Building, dies: Callable[[AppendBatch], bool]) -> Store:
    """A store whose connection PostgreSQL ends in the transactions of which ``dies`` says so."""

    class Cut(Recorder):
        def _insert(self, connection: Connection[DictRow], append: AppendBatch) -> Sequence[int]:
            with connection.transaction():
                recorded = super()._insert(connection, append)
                if dies(append):
                    raise OperationalError("terminating connection due to administrator command")
                return recorded

    store = building.store()
    store.prepare()
    assert store._recorder is not None
    store._recorder.__class__ = Cut
    return store


async def the_connection_dies_in_a_commit(building: Building) -> list[str]:
    """PostgreSQL ends the connection in the transaction that writes the command id; the command is sent again."""
    armed: list[bool] = []
    gate = building.gate(store=cut_store(building, lambda append: bool(append.commands and armed and armed.pop())))
    case = await open_case(gate)
    for _ in TEXTS:
        armed.append(True)
        await gate.submit(CommandRequest.of(case, Number(by=CLERK), command_id=uuid4()))
    return broken("a command cut off in its commit has two effects", await numbers_of(gate, case), [1, 2, 3])


async def the_connection_dies_while_it_hears(building: Building) -> list[str]:
    """PostgreSQL ends the connection in the transaction that writes how far was heard."""
    store = cut_store(building, lambda append: bool(append.trackings))
    said = Mentioned("a")
    envelope = envelope_of(said, uuid4())
    heard = StoredEvent(envelope.subject, 1, envelope.type, encode(said, envelope))
    with suppress(OperationalError):
        store.append(AppendBatch(events=[heard], trackings={NEIGHBOUR: 1}))
    seen = (len(log_of(store)), store.tracking(NEIGHBOUR))
    store.close()
    return broken("what is heard and how far was heard come apart", seen, (0, 0))


async def an_older_copy_takes_over(building: Building) -> list[str]:
    """The store loses what was recorded last, unseen by the gate that has it at hand."""
    gate = building.gate()
    case = await open_case(gate)
    for _ in range(2):
        await gate.submit(CommandRequest.of(case, Number(by=CLERK), command_id=uuid4()))
    store = building.store()
    with store.connection() as connection:
        connection.execute("DELETE FROM stored_events WHERE notification_id > 3")
        connection.execute("DELETE FROM commands WHERE version_after > 2")
    await gate.submit(CommandRequest.of(case, Number(by=CLERK), command_id=uuid4()))
    seen = (await numbers_of(building.gate(), case), first_break(states_of(store, case)))
    store.close()
    return broken("new events stand on what is not there", seen, ([1, 2], None))


async def many_write_and_one_follows(building: Building) -> list[str]:
    """Sixteen writers commit some time after their events got their positions, while somebody follows the log."""
    written, followed = await asyncio.to_thread(written_and_followed, building)
    return broken("who follows the log misses events", sorted(set(written) - set(followed)), [])


async def two_number_at_once(building: Building) -> list[str]:
    """Two processes give numbers of one series by turns, and one of them is begun anew."""
    gates = [building.gate(), building.gate()]
    case = await open_case(gates[0])
    for turn in range(6):
        gate = gates[turn % 2] if turn < 4 else building.gate()
        await gate.submit(CommandRequest.of(case, Number(by=CLERK), command_id=uuid4()))
    return broken("numbers have a gap or a double", await numbers_of(gates[0], case), list(range(1, 7)))


async def a_case_is_written(building: Building) -> list[str]:
    """A few notes, and their chain walked."""
    gate = building.gate()
    case = await open_case(gate)
    for text in TEXTS:
        await note(gate, case, text)
    return broken("a chain is broken", first_break(states_of(building.store(), case)), None)


async def a_zombie_writes(building: Building) -> list[str]:
    """An instance that was replaced records how far it had heard, which is less than its successor's."""
    store = building.store()
    store.prepare()
    store.append(AppendBatch(trackings={NEIGHBOUR: 9}))
    try:
        store.append(AppendBatch(trackings={NEIGHBOUR: 4}))
    except IntegrityError:
        refused = True
    else:
        refused = False
    at = store.tracking(NEIGHBOUR)
    store.close()
    return broken("a replaced instance writes", (refused, at), (True, 9))


async def more_come_than_fit(building: Building) -> list[str]:
    """A hundred commands come at a gate for ten while its store stands still."""
    begun, holding = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class StandsStill(Store):
        def append(self, append: AppendBatch) -> Sequence[int]:
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(holding.wait(), loop).result(20)
            return super().append(append)

    gate = building.gate(store=StandsStill(building.database()), waiting=10, patience=30)
    opening = asyncio.create_task(open_case(gate))
    async with asyncio.timeout(20):
        await begun.wait()
    waiting = [asyncio.create_task(note(gate, uuid4(), f"{number}")) for number in range(100)]
    await asyncio.sleep(0.3)
    refused = sum(task.done() and isinstance(task.exception(), Busy) for task in waiting)
    holding.set()
    await asyncio.gather(opening, *waiting, return_exceptions=True)
    return broken("a queue grows without bound", refused, 90)
