"""A scene at a read model: who follows the log is cut off before he has written his rows."""

from dataclasses import replace

from shared.contracts.envelope import Recorded
from shared.postgres.pool import Connection, open_pool
from shared.readmodels.runner import Runner
from tests.chaos.guards.guard import broken
from tests.readmodels.test_runner import NOTEBOOK, opened, rows
from tests.support.building import Building, note, open_case, until
from tests.support.office import Noted, Opened

CUT = "terminating connection due to administrator command"


async def the_follower_is_cut_off(building: Building) -> list[str]:
    """The database does not take the rows of a note; another follower begins where the first was."""

    async def fails(connection: Connection, recorded: Recorded) -> None:
        raise ConnectionError(CUT)

    gate = building.gate()
    case = await open_case(gate)
    position = (await note(gate, case, "a")).position
    pool = await open_pool(building.database())
    try:
        first = Runner("testing", replace(NOTEBOOK, handlers={Opened: opened, Noted: fails}), pool)
        building.start(first)
        await until(lambda: CUT in "".join(first.missing()), "it does not get on")
        await building.down(first)
        second = Runner("testing", NOTEBOOK, pool)
        building.start(second)
        assert await second.wait_for(position, 20)
        await building.down(second)
        found = await rows(pool)
    finally:
        await pool.close()
    return broken("a read model lacks what is in the log", found, [(case, "a")])
