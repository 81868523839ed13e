"""The whole harness can fail: with a guard taken out of every service, its checks say which promise is broken."""

import pytest

from tests.chaos.campaign import LOAD
from tests.chaos.conftest import Say
from tests.chaos.faults import DEATHS, FALLS, KILLS, WIPE
from tests.chaos.faults.fault import Fault
from tests.chaos.lifting import standing
from tests.chaos.rounds import run
from tests.chaos.tally import Plan

HEARERS = ("investigation", "approval", "finance")
INTAKE = tuple(fault for fault in KILLS if fault.mortal == "intake")
DECIDERS = tuple(fault for fault in KILLS if fault.mortal in (*HEARERS, "intake"))
PATIENCE = 20.0
"""Seconds after which a house that lacks something is not waited for."""


def at(point: str, faults: tuple[Fault, ...], *services: str) -> tuple[Fault, ...]:
    """The deaths at a point of these services."""
    return tuple(fault for fault in faults if any(f"{name} {point}" in fault.name for name in services))


def after_append(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """PostgreSQL's deaths right after something was recorded."""
    return tuple(fault for fault in faults if "after append" in fault.name)


NOTICED = {
    "command_ids": (DECIDERS, "a refused command is recorded"),
    "cursor_after_sending": (at("after position", DEATHS, "intake"), "has not sent"),
    "offsets_after_recording": (at("before append", DEATHS, *HEARERS), "a heard event is not filed"),
    "waiting_for_the_disk": (after_append(FALLS), "is not what is recorded"),
    "watch_over_the_topic": ((WIPE,), "has not sent"),
    "series_stream": (INTAKE, "numbers have a gap or a double"),
}
"""Guard that is missing -> the faults that show it, and how the broken promise reads."""


@pytest.mark.parametrize(("missing", "faults", "promise"), [(name, *row) for name, row in NOTICED.items()])
async def test_a_missing_guard_is_noticed(
    seed: int, missing: str, faults: tuple[Fault, ...], promise: str, say: Say
) -> None:
    with standing(missing) as house:
        tally = await run(house, Plan(seed, 3, faults, LOAD, each=len(faults) == 1, patience=PATIENCE), say)

    assert promise in " ".join(violation.promise for violation in tally.violations)
