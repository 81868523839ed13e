"""P1.23, P1.25, P1.26 over a real store: said once, by however many clocks, after whatever pauses and jumps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.analytics import domain
from services.analytics.console import ENDING
from services.analytics.deadlines import scheduler
from services.analytics.deadlines.scheduler import DeadlineScheduler
from services.analytics.deadlines.timers import DEADLINES, DeadlineTimer, past
from services.analytics.reactions import REACTIONS
from services.intake.main import ROOMS as REGISTER
from shared.clock import OffsetClock
from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.commands.requests import CommandRequest
from shared.contracts import analytics, intake
from shared.contracts.commands import File
from shared.contracts.event import Event
from shared.contracts.values import Deadline
from shared.eventstore.store import Store
from shared.messaging.message_handler import MessageHandler
from shared.postgres.databases import Database
from shared.readmodels import Pool, Runner, open_pool
from tests.analytics.recording import Departments
from tests.analytics.waiting import eventually
from tests.domain.story import rules_of

ANALYTICS = Department("analytics", domain.initial, domain.decide, domain.evolve, REACTIONS)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass
class House:
    """Analytics' gate and read model on a database of its own, and the clock."""

    gate: Gate
    runner: Runner
    pool: Pool
    clock: OffsetClock

    def clockwork(
        self, hearing: Sequence[str] = (), known: Callable[[], datetime | None] | None = None
    ) -> DeadlineScheduler:
        async def rows(until: datetime, after: DeadlineTimer | None, limit: int) -> Sequence[DeadlineTimer]:
            return await past(self.pool, until, after, limit)

        return DeadlineScheduler(self.clock, self.gate, rows, lambda: hearing, known or self.clock.now)

    async def hear(self, case: UUID, event: Event, at: datetime) -> None:
        """An event of intake, said at a moment, arrives now."""
        departments = Departments(case, began=at)
        heard = departments.say(event, after=timedelta(0))
        await self.gate.submit(
            CommandRequest.of(case, File(heard=event, envelope=heard.envelope), command_id=uuid4(), site="TPE")
        )
        await self.settle(case)

    async def settle(self, case: UUID) -> None:
        """The rows show everything recorded."""
        position = (await self.gate.events(case))[-1].position
        assert await self.runner.wait_for(position, 10)

    async def said(self, case: UUID) -> list[Event]:
        """What analytics itself said of the case."""
        events = [recorded.event for recorded in await self.gate.events(case)]
        return [event for event in events if isinstance(event, analytics.DeadlineWarned | analytics.DeadlineMissed)]


@pytest.fixture
def clock(tmp_path: Path) -> OffsetClock:
    clock = OffsetClock(tmp_path / "clock.json")
    clock.set(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    return clock


@pytest.fixture
async def house(database: Database, clock: OffsetClock) -> AsyncIterator[House]:
    gate = Gate(ANALYTICS, Store(database), lambda site, pack, version: rules_of(site), clock)
    pool = await open_pool(database)
    runner = Runner("analytics", DEADLINES, pool)
    gate.on_append(lambda _: runner.wake())
    gate.start()
    runner.start()
    yield House(gate, runner, pool, clock)
    await runner.close()
    await gate.close()
    await pool.close()


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "GRACE", 0.0)


@pytest.fixture
def case() -> UUID:
    return uuid4()


@pytest.fixture
async def opened(house: House, case: UUID) -> intake.StageOpened:
    """A stage that was begun now, due in four days."""
    return await begin(house, case)


async def begin(house: House, case: UUID) -> intake.StageOpened:
    now = house.clock.now()
    warnings = ((50, now + 2 * DAY), (75, now + 3 * DAY))
    deadline = Deadline("cause", "quality", now, now + 4 * DAY, "4 d", "P1.23", warnings)
    opened = intake.StageOpened("cause", "quality", 1, "P1.13", deadline=deadline)
    await house.hear(case, opened, now)
    return opened


CLOSED = intake.StageClosed("cause", "quality", 1, "done")


def warned(opened: intake.StageOpened, percent: int) -> analytics.DeadlineWarned:
    assert opened.deadline
    return analytics.DeadlineWarned("cause", "quality", 1, opened.deadline.due, percent)


def missed(opened: intake.StageOpened) -> analytics.DeadlineMissed:
    assert opened.deadline
    return analytics.DeadlineMissed("cause", "quality", 1, opened.deadline.due)


async def test_P1_25_nobody_is_late_while_the_register_may_not_have_heard_of_his_work(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    assert opened.deadline
    due = opened.deadline.due
    known: list[datetime | None] = [None]
    clock = house.clockwork(known=lambda: known[0])
    house.clock.advance(10 * DAY)
    said = []
    for known[0] in (None, due, due + timedelta(microseconds=1), due + DAY):
        said.append(await clock.look())
        await house.settle(case)
    assert said == [0, 2, 1, 0]


def test_the_register_hears_whoever_ends_a_stage() -> None:
    heard = MessageHandler(REGISTER.department, lambda *_: None).services
    assert {*ENDING, "intake"} == set(heard)


async def test_P1_25_the_clock_speaks_when_each_moment_is_past(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    clock, course = house.clockwork(), []
    for step in (2 * DAY - 60 * SECOND, 120 * SECOND, DAY, DAY - 240 * SECOND, 240 * SECOND):
        house.clock.advance(step)
        course.append(await clock.look())
        await house.settle(case)

    assert course == [0, 1, 1, 0, 1]
    assert await house.said(case) == [warned(opened, 50), warned(opened, 75), missed(opened)]


async def test_P1_25_after_a_jump_over_everything_all_is_said_in_order(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    house.clock.advance(30 * DAY)

    assert await house.clockwork().look() == 3
    assert await house.said(case) == [warned(opened, 50), warned(opened, 75), missed(opened)]


async def test_P1_25_several_clocks_and_restarts_say_it_once(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    house.clock.advance(30 * DAY)

    said = await asyncio.gather(*(house.clockwork().look() for _ in range(4)))
    later = [await house.clockwork().look() for _ in range(2)]

    assert (sum(said), later) == (3, [0, 0])
    assert await house.said(case) == [warned(opened, 50), warned(opened, 75), missed(opened)]


async def test_P1_25_a_clock_that_was_put_back_does_not_say_it_again(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    house.clock.advance(30 * DAY)
    await house.clockwork().look()
    await house.settle(case)

    house.clock.advance(-30 * DAY)
    again = await house.clockwork().look()
    house.clock.advance(30 * DAY)

    assert (again, await house.clockwork().look()) == (0, 0)
    assert len(await house.said(case)) == 3


async def test_P1_26_work_that_ended_in_time_is_not_missed(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    house.clock.advance(DAY)
    await house.hear(case, CLOSED, house.clock.now())
    house.clock.advance(30 * DAY)

    assert (await house.clockwork().look(), await house.said(case)) == (0, [])


async def test_P1_26_work_that_ended_late_while_nobody_watched_was_missed(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    house.clock.advance(5 * DAY)
    await house.hear(case, CLOSED, house.clock.now())

    assert (await house.clockwork().look(), await house.said(case)) == (0, [missed(opened)])


async def test_P1_26_while_news_may_be_on_its_way_nobody_is_said_to_be_late(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    house.clock.advance(30 * DAY)

    assert await house.clockwork(hearing=("analytics inbox: starting",)).look() == 0
    assert await house.said(case) == []


async def test_P1_25_work_that_ends_within_the_grace_wins(
    house: House, case: UUID, opened: intake.StageOpened, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened.deadline
    monkeypatch.setattr(scheduler, "GRACE", 1.0)
    house.clock.advance(30 * DAY)

    look = asyncio.create_task(house.clockwork().look())
    await house.hear(case, CLOSED, opened.deadline.due)

    assert (await look, await house.said(case)) == (0, [])


async def test_P1_25_many_deadlines_at_once_are_said_page_by_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "PAGE", 7)
    cases = [uuid4() for _ in range(12)]
    for each in cases:
        await begin(house, each)
    house.clock.advance(30 * DAY)

    assert await house.clockwork().look() == 3 * len(cases)
    assert [len(await house.said(each)) for each in cases] == [3] * len(cases)


async def test_rows_that_were_lost_are_made_anew_from_the_store(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    async with house.pool.acquire() as connection:
        before = await DEADLINES.digest(connection)
        await connection.execute("DELETE FROM deadline_moments")
        await house.runner.rebuild()

        assert await DEADLINES.digest(connection) == before


async def test_the_clockwork_runs_in_the_background_until_it_is_closed(
    house: House, case: UUID, opened: intake.StageOpened
) -> None:
    running: Any = house.clockwork()
    running.start()
    await running.ready()
    house.clock.advance(30 * DAY)

    expected = [warned(opened, 50), warned(opened, 75), missed(opened)]
    await eventually(lambda: house.said(case), lambda said: said == expected)
    await running.close()
