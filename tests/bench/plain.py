"""The least that a department can be: it says what it was told. The library's twin, and what the store alone takes."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from shared.commands.department import Department, Rules
from shared.contracts.commands import Command, command
from shared.contracts.event import Event
from shared.eventstore.recorder import AppendBatch, CommandRecord, Recorder, open_datastore
from shared.eventstore.store import Store
from shared.postgres.databases import Database
from tests.bench.office import EVENTS
from tests.support.office import Noted

GROUP = 32
"""So many commands are recorded together."""


@command
class Say(Command):
    """Texts to be said."""

    texts: tuple[str, ...]


def decide(folder: str, wish: Say, rules: Rules, now: datetime) -> Iterable[Event]:
    """An event for each text."""
    return map(Noted, wish.texts)


def evolve(folder: str, event: Event) -> str:
    """What was said last."""
    assert isinstance(event, Noted)
    return event.text


PLAIN = Department("testing", str, decide, evolve, {})


def commands(text: str) -> Iterator[tuple[UUID, Command]]:
    """What one caller sends, without end, as the library's: to a new case, to another new one, and that one again."""
    once, twice, thrice = (Say(texts=(text,) * count) for count in EVENTS)
    while True:
        yield uuid4(), once
        case = uuid4()
        yield case, twice
        yield case, thrice


def store_rate(database: Database, seconds: float, size: int) -> float:
    """Commands a second that the store takes in groups, one after another, when everything is decided and encoded."""
    store = Store(database)
    store.prepare()
    store.close()
    datastore = open_datastore(database, 1)
    recorder, state, done, spent = Recorder(datastore), b"x" * size, 0, 0.0
    try:
        while spent < seconds:
            group = AppendBatch()
            for place in range(GROUP):
                case, count = uuid4(), EVENTS[place % len(EVENTS)]
                group.events += [StoredEvent(case, version, "testing.noted", state) for version in range(1, count + 1)]
                group.commands.append(CommandRecord(uuid4(), bytes(32), case, 0, count))
            began = time.perf_counter()
            recorder.append(group)
            spent += time.perf_counter() - began
            done += GROUP
        return done / spent
    finally:
        datastore.close()
