"""Whatever is killed, stopped, cut or wiped: nothing answered is lost, nothing happens twice, everybody agrees.

A few rounds of what ``python -m tests.chaos`` does at length; ``CHAOS_SEED`` and ``CHAOS_ROUNDS`` say which.
"""

from tests.chaos.campaign import LOAD, Campaign
from tests.chaos.conftest import Say
from tests.chaos.faults import KILLS, WIPE
from tests.chaos.lifting import standing
from tests.chaos.rounds import run
from tests.chaos.tally import Plan
from tests.chaos.violations import told
from tests.chaos.work import Load

MORTAL = (*(fault for fault in KILLS if fault.mortal not in ("postgres", "analytics-worker")), WIPE)


async def test_an_import_survives_the_death_of_each_service_and_of_kafka(seed: int, say: Say) -> None:
    with standing() as house:
        tally = await run(house, Plan(seed, 1, MORTAL, Load(cases=6, rows=400), each=True), say)

    assert told(tally.violations) == ""


async def test_rounds_of_random_faults_break_no_promise(seed: int, rounds: int, say: Say) -> None:
    tally = await Campaign(seed, rounds, load=LOAD, surge=0).go(say)

    assert told(tally.violations) == ""


async def test_a_surge_is_refused_in_words_and_leaves_nothing_behind(seed: int, say: Say) -> None:
    tally = await Campaign(seed, 0, surge=15).go(say)

    assert told(tally.violations) == ""
