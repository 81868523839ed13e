"""The whole harness can fail: with a guard taken out of every service, its checks say which promise is broken."""

import asyncio
from datetime import timedelta

import pytest

from shared.clock import OffsetClock
from tests.chaos import lives
from tests.chaos.conftest import Say
from tests.chaos.faults import DEATHS, FALLS, KILLS, POISON, WIPE
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.house import House
from tests.chaos.launching.points import COMMIT
from tests.chaos.lifting import standing
from tests.chaos.rounds import run
from tests.chaos.stores import connect
from tests.chaos.tally import Plan
from tests.chaos.waits import became
from tests.chaos.work import Load

HEARERS = ("investigation", "approval", "finance")
INTAKE = tuple(fault for fault in KILLS if fault.mortal == "intake")
DECIDERS = tuple(fault for fault in KILLS if fault.mortal in (*HEARERS, "intake"))
LOAD = Load(cases=2, rows=0, crowd=4)
LATE = """
    SELECT count(DISTINCT originator_id) FROM stored_events
    WHERE topic = 'analytics.deadline-missed' AND position('"name":"overall"'::bytea IN state) > 0
"""
ROUNDS = 8
"""At most: a run ends with the round in which a promise breaks, and some need the chance that two things meet."""
PATIENCE = 15.0
"""Seconds after which a house that lacks something, and a case in it that does not get on, are not waited for."""


def at(point: str, faults: tuple[Fault, ...], *services: str) -> tuple[Fault, ...]:
    """The deaths at a point of these services."""
    return tuple(fault for fault in faults if any(f"{name} {point}" in fault.name for name in services))


def of(what: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """The faults whose names end with what they happen to."""
    return tuple(fault for fault in faults if fault.name.endswith(what))


async def a_case_has_come_on(scene: Scene) -> bool:
    """Whether something of a case was heard by others meanwhile, and answered."""
    ledger = scene.people.ledger
    before = [entry.act for entry in ledger.accepted].count("report-cause")
    return await became(lambda: [entry.act for entry in ledger.accepted].count("report-cause") > before, PATIENCE)


async def a_month_passes(scene: Scene) -> bool:
    """A case is late then, and approval stands still until that is said: nobody has closed the case by then."""
    came = await a_case_has_come_on(scene)
    with scene.house.frozen("approval"):
        before = await asyncio.to_thread(late_cases, scene.house)
        await asyncio.to_thread(OffsetClock(scene.house.clock).advance, timedelta(days=30))
        return came and await became(lambda: late_cases(scene.house) > before, PATIENCE)


def late_cases(house: House) -> int:
    """Of how many cases it was said that they have missed their overall limit."""
    with connect(house.database_url, "analytics") as connection:
        ((said,),) = connection.execute(LATE)
    return int(said)


async def what_was_sent_is_lost(scene: Scene) -> bool:
    """Kafka loses all that it has, and it has something."""
    return await a_case_has_come_on(scene) and await WIPE.strike(scene)


MONTH = Fault("clock forward", "a month passes", a_month_passes)
LOSS = Fault("wipe kafka", "what was sent is lost", what_was_sent_is_lost, mortal="kafka")
NOTICED = {
    "command_ids": (DECIDERS, "a refused command is recorded"),
    "one_transaction": (at(COMMIT, DEATHS, "intake"), "an event does not belong to one command"),
    "cursor_after_sending": (at("after position", DEATHS, "intake"), "has not sent"),
    "offsets_after_recording": (at("before append", DEATHS, *HEARERS), "a heard event is not filed"),
    "waiting_for_the_disk": (of("after append of intake", FALLS), "an accepted command is missing"),
    "watch_over_the_topic": ((LOSS,), "has not sent"),
    "series_stream": (INTAKE, "numbers "),
    "hash_chain": (INTAKE, "a chain is broken"),
    "parking": (of("approval", POISON), "copies are out of order"),
    "dead_letters": (of("approval", POISON), "a heard event is not filed"),
    "positions_with_rows": (at("before keeping", DEATHS, "analytics-worker"), "the history lacks"),
    "position_with_rows": (INTAKE, "a read model is not its rebuild"),
    "said_once": ((MONTH,), "a missed deadline is said twice"),
}
"""Guard that is missing -> the faults that show it, and how the broken promise reads.

The others only a scene of tests/chaos/guards can show, because another guard stands behind them or no fault comes
there. ``table_lock``: a service has one writer, so nobody overtakes anybody. ``fence``, ``advisory_lock``: what a
replaced instance or a second relay does twice is known by its command ids. ``bounded_queue``: the door lets fewer
requests in than the queue takes. ``as_they_were_read``, ``level_with_kafka``: no fault takes a store back to an older
copy. ``hearing_first``: where clocks jump, the harness does not judge who was just in time.
"""


@pytest.mark.parametrize(("missing", "faults", "promise"), [(name, *row) for name, row in NOTICED.items()])
async def test_a_missing_guard_is_noticed(
    seed: int, missing: str, faults: tuple[Fault, ...], promise: str, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lives, "COMES_WITHIN", PATIENCE)
    with standing(missing) as house:
        tally = await run(house, Plan(seed, ROUNDS, faults, LOAD, each=len(faults) == 1, patience=PATIENCE), say)
    assert promise in " ".join(violation.promise for violation in tally.violations)
