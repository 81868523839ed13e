"""Scenes at analytics: somebody is late and told so, or is not, and a batch whose transaction is cut off."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.analytics.deadlines.scheduler import DeadlineScheduler
from services.analytics.deadlines.timers import DeadlineTimer, moments
from services.analytics.domain import MissDeadline, WarnDeadline, decide, evolve, initial
from services.analytics.readmodel.ingestion import Ingestion
from services.analytics.readmodel.tables import CREATE
from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts import analytics, intake
from shared.contracts.commands import File
from shared.contracts.event import Event
from shared.contracts.values import Deadline
from shared.postgres.databases import ensure_database
from shared.postgres.pool import open_pool
from tests.analytics.course import COURSE
from tests.analytics.recording import Departments
from tests.analytics.test_keeping import PLACE, delivered, in_line
from tests.chaos.guards.guard import broken
from tests.chaos.reactions import rules
from tests.support.building import Building, envelope_of, until

DESK = Department("analytics", initial, decide, evolve, {})
BEGAN = datetime(2026, 11, 2, 8, tzinfo=UTC)
DUE = BEGAN + timedelta(hours=12)
FULL = (
    """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$
    """,
    "CREATE TRIGGER full_disk BEFORE INSERT ON history FOR EACH STATEMENT EXECUTE FUNCTION full_disk()",
)
ROOM = "DROP TRIGGER full_disk ON history"


class Moved:
    """A clock that the scene moves."""

    moment = BEGAN

    def now(self) -> datetime:
        """What it shows."""
        return self.moment


def desk(building: Building, clock: Moved) -> Gate:
    """Analytics' gate, with a clock that the scene moves."""
    gate = Gate(DESK, building.store("analytics"), rules(), clock)
    gate.start()
    building.standing.append(gate)
    return gate


async def somebody_is_late(building: Building) -> list[str]:
    """A stage is warned of and missed, said by two processes at once and after each, and then ended late."""
    clock, case = Moved(), uuid4()
    gates = [desk(building, clock) for _ in range(2)]
    warnings = ((50, BEGAN + timedelta(hours=6)),)
    deadline = Deadline("registration", "gm-office", BEGAN, DUE, "0.5 d", "P1.23", warnings)
    opened = intake.StageOpened("registration", "gm-office", 1, "P1.23", deadline=deadline)
    closed = intake.StageClosed("registration", "gm-office", 1, "done")
    await gates[0].submit(CommandRequest.of(case, filed(opened, case, BEGAN), command_id=uuid4(), site="TPE"))
    for at, command in (
        (BEGAN + timedelta(hours=7), WarnDeadline(name="registration", owner="gm-office", round=1, percent=50)),
        (DUE + timedelta(hours=1), MissDeadline(name="registration", owner="gm-office", round=1)),
    ):
        clock.moment = at
        for gate in (*gates, *gates):
            await gate.submit(CommandRequest.of(case, command, command_id=uuid4()))
    await gates[1].submit(CommandRequest.of(case, filed(closed, case, DUE + timedelta(hours=2)), command_id=uuid4()))
    said = [one.event for one in await gates[0].events(case)]
    missed = sum(isinstance(event, analytics.DeadlineMissed) for event in said)
    warned = sum(isinstance(event, analytics.DeadlineWarned) for event in said)
    return broken("somebody is told not once that he is late", (warned, missed), (1, 1))


async def the_end_is_heard_late(building: Building) -> list[str]:
    """A stage ends in time; its due time passes, and is looked at, before analytics has heard of that."""
    clock, case = Moved(), uuid4()
    gate = desk(building, clock)
    deadline = Deadline("registration", "gm-office", BEGAN, DUE, "0.5 d", "P1.23", ())
    opened = intake.StageOpened("registration", "gm-office", 1, "P1.23", deadline=deadline)
    closed = intake.StageClosed("registration", "gm-office", 1, "done")
    on_its_way = ["the end of the stage"]

    async def past(until: datetime, after: DeadlineTimer | None, limit: int) -> Sequence[DeadlineTimer]:
        return list(moments(case, deadline, 1)) if after is None else []

    await gate.submit(CommandRequest.of(case, filed(opened, case, BEGAN), command_id=uuid4(), site="TPE"))
    clock.moment = DUE + timedelta(hours=1)
    clockwork = DeadlineScheduler(clock, gate, past, lambda: on_its_way, clock.now)
    await clockwork.look()
    await gate.submit(CommandRequest.of(case, filed(closed, case, DUE - timedelta(hours=1)), command_id=uuid4()))
    on_its_way.clear()
    await clockwork.look()
    said = [one.event for one in await gate.events(case) if isinstance(one.event, analytics.DeadlineMissed)]
    return broken("somebody is told that he is late who was not", said, [])


def filed(heard: Event, case: UUID, at: datetime) -> File:
    """What another department said, to be filed."""
    return File(heard=heard, envelope=replace(envelope_of(heard, case), time=at))


async def the_worker_is_cut_off(building: Building) -> list[str]:
    """The worker dies while the database does not take its rows; another begins where it was."""
    batch = in_line(map(delivered, Departments().tell(COURSE)))
    bounds = {PLACE: (0, len(batch))}
    database = building.database("history")
    await asyncio.to_thread(ensure_database, database)
    pool = await open_pool(database)
    try:
        for statement in (*CREATE, *FULL):
            await pool.execute(statement)
        first = Ingestion(pool, building.clock)
        await first.begin(bounds)
        keeping = asyncio.create_task(first.keep(batch))
        await until(lambda: first.trouble, "it does not get on")
        keeping.cancel()
        await asyncio.wait([keeping])
        await pool.execute(ROOM)
        second = Ingestion(pool, building.clock)
        start = (await second.begin(bounds))[PLACE]
        await second.keep(batch[start:])
        kept = await pool.fetchval("SELECT count(*) FROM history")
    finally:
        await pool.close()
    return broken("the history lacks what was delivered", kept, len(batch))
