"""An import goes on while services and Kafka are killed and frozen: a short, seeded form of ``make chaos``."""

from tests.chaos.faults import FREEZES, KILLS
from tests.chaos.house import House
from tests.chaos.rounds import run
from tests.chaos.tally import Plan
from tests.chaos.violations import told
from tests.chaos.work import Load
from tests.support.started import Started

STRUCK = (
    *(fault for fault in KILLS if fault.mortal in ("intake", "kafka", "approval")),
    *(fault for fault in FREEZES if fault.name in ("freeze postgres", "freeze analytics-worker")),
)


async def test_what_was_accepted_survives_kills_during_an_import(stack: Started) -> None:
    plan = Plan(1, 1, STRUCK, Load(cases=2, rows=60, adopted=1, crowd=1), each=True, alone=False)

    tally = await run(House(stack), plan, lambda line: None)

    assert told(tally.violations) == ""
