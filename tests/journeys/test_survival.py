"""An import goes on while services and Kafka are killed: a short, seeded form of ``make chaos``."""

from tests.chaos.faults import KILLS
from tests.chaos.house import House
from tests.chaos.rounds import Plan, run
from tests.chaos.violations import told
from tests.started import Started

KILLED = tuple(fault for fault in KILLS if fault.mortal in ("intake", "kafka", "approval"))


async def test_what_was_accepted_survives_kills_during_an_import(stack: Started) -> None:
    plan = Plan(1, 1, KILLED, cases=2, rows=60, adopted=1, crowd=1, each=True, alone=False)

    tally = await run(House(stack), plan, lambda line: None)

    assert told(tally.violations) == ""
