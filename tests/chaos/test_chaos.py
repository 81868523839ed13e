"""Whatever is killed, stopped or wiped: nothing that was answered is lost, nothing happens twice, everybody agrees.

``REDRESS_CHAOS_SEED`` and ``REDRESS_CHAOS_ROUNDS`` say which run it is and how long.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import Keep, Say
from tests.chaos.faults import ALL, SERVICES_AND_KAFKA
from tests.chaos.house import House
from tests.chaos.launching.up import start_altered
from tests.chaos.rounds import Plan, run
from tests.chaos.violations import told


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    started = start_altered(folder)
    yield House(started)
    started.stop()


async def test_an_import_survives_the_death_of_each_service_and_of_kafka(
    house: House, seed: int, keep: Keep, say: Say
) -> None:
    tally = await run(house, Plan(seed, 1, SERVICES_AND_KAFKA, cases=6, rows=400, each=True), say)

    keep(tally)
    assert told(tally.violations) == ""


async def test_rounds_of_random_faults_break_no_promise(
    house: House, seed: int, rounds: int, keep: Keep, say: Say
) -> None:
    tally = await run(house, Plan(seed, rounds, ALL), say)

    keep(tally)
    assert told(tally.violations) == ""
