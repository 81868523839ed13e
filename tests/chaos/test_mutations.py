"""The harness can fail: with any one guard taken out of the services, it says which promise is broken."""

from pathlib import Path

import pytest

from tests.chaos.conftest import Keep, Say
from tests.chaos.faults import KILLS, SERVICE_KILLS, WIPE, Fault
from tests.chaos.house import House
from tests.chaos.launching.up import start_altered
from tests.chaos.rounds import Plan, run

KAFKA = tuple(fault for fault in KILLS if fault.mortal == "kafka")
POSTGRES = tuple(fault for fault in KILLS if fault.mortal == "postgres")
INTAKE = tuple(fault for fault in KILLS if fault.mortal == "intake")

NOTICED = {
    "forget-commands": (SERVICE_KILLS, "a refused command is recorded"),
    "move-the-cursor-first": ((*SERVICE_KILLS, *KAFKA), "has not sent"),
    "commit-offsets-first": (SERVICE_KILLS, "a heard event is not filed"),
    "not-wait-for-the-disk": (POSTGRES, "an accepted command is missing"),
    "not-notice-a-wiped-topic": ((WIPE,), "has not sent"),
    "number-from-memory": (INTAKE, "numbers have a gap or a double"),
}
"""Guard that is missing -> the faults that show it, and how the broken promise reads."""


@pytest.mark.parametrize(("mutation", "faults", "promise"), [(name, *row) for name, row in NOTICED.items()])
async def test_a_missing_guard_is_noticed(
    folder: Path, seed: int, mutation: str, faults: tuple[Fault, ...], promise: str, keep: Keep, say: Say
) -> None:
    started = start_altered(folder, mutation)
    try:
        tally = await run(House(started), Plan(seed, 3, faults), say)
    finally:
        started.stop()

    keep(tally)
    assert promise in " ".join(violation.promise for violation in tally.violations)
