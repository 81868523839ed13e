"""The running counts are those of the rows, however the rows came about."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.analytics.dashboard.figures import Figures, figures
from services.analytics.readmodel.tables import CREATE
from services.analytics.readmodel.writer import hear, write
from shared.contracts import analytics, intake
from shared.contracts.envelope import Recorded
from shared.eventstore.codec import encode
from tests.analytics.course import ACCEPTED, CAUSE_OPENED, FILED, days
from tests.analytics.recording import BEGAN, Departments

TALLIES = "SELECT kind, stage, owner, day, number FROM tallies ORDER BY 1, 2, 3, 4"
COUNTED = """
    SELECT count(*) FILTER (WHERE closed IS NULL) AS open,
        count(*) FILTER (WHERE closed IS NULL AND due < $1) AS overdue,
        count(*) FILTER (WHERE closed >= $2) AS closed,
        count(*) FILTER (WHERE closed >= $2 AND missed IS NOT NULL) AS closed_late
    FROM cases
"""
"""What the figures say, counted row by row."""

CLOSED = intake.CaseClosed("261101")
MISSED = analytics.DeadlineMissed("overall", "gm-office", 1, BEGAN + days(13))


def a_case(number: int, *events: Any) -> list[Recorded]:
    """A case of its own, begun so many hours after the first."""
    return Departments(UUID(int=number, version=5), began=BEGAN + timedelta(hours=number)).tell(events)


async def keep(pool: asyncpg.Pool, recorded: list[Recorded]) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await write(connection, [hear(encode(each.event, each.envelope), each.position) for each in recorded])


async def tallies(pool: asyncpg.Pool) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(TALLIES)]


async def some_cases(pool: asyncpg.Pool) -> None:
    """Thirty cases: open, late, without a limit, closed in time, closed late."""
    courses = ((FILED,), (FILED, ACCEPTED, CAUSE_OPENED), (FILED, ACCEPTED, CLOSED), (FILED, ACCEPTED, MISSED, CLOSED))
    for number in range(1, 31):
        await keep(pool, a_case(number, *courses[number % 4]))


async def test_what_comes_is_counted_and_what_goes_leaves_no_trace(pool: asyncpg.Pool) -> None:
    due = (BEGAN + days(13)).date()
    filed, accepted, opened, ended = a_case(
        1, FILED, ACCEPTED, CAUSE_OPENED, intake.StageClosed("cause", "quality", 1, "done")
    )
    await keep(pool, [filed])
    assert [row[0::4] for row in await tallies(pool)] == [("open", 1)]

    await keep(pool, [accepted, opened])
    assert await tallies(pool) == [
        ("open", "", "", due, 1),
        ("stage", "cause", "quality", (BEGAN + days(5)).date(), 1),
    ]

    await keep(pool, [ended])
    assert await tallies(pool) == [("open", "", "", due, 1)]


@pytest.mark.parametrize("later", [timedelta(0), days(13), days(13) + timedelta(hours=7), days(31), days(45)])
async def test_P1_25_the_figures_are_what_counting_every_row_gives(pool: asyncpg.Pool, later: timedelta) -> None:
    await some_cases(pool)
    now = BEGAN + later

    told: Figures = await figures(pool, ["TPE"], now)

    counted = await pool.fetchrow(COUNTED, now, now - days(30))
    assert (told.open, told.overdue, told.closed, told.closed_late) == tuple(counted)


async def test_the_bounds_of_a_day_are_counted_row_by_row(pool: asyncpg.Pool) -> None:
    await keep(pool, a_case(1, FILED, ACCEPTED))
    due = BEGAN + days(13)

    assert (await figures(pool, ["TPE"], due)).overdue == 0
    assert (await figures(pool, ["TPE"], due + timedelta(microseconds=1))).overdue == 1


async def test_rows_that_are_there_already_are_counted_when_the_counts_are_made(pool: asyncpg.Pool) -> None:
    await some_cases(pool)
    before = await tallies(pool)
    await pool.execute("DROP TABLE tallies")

    for statement in CREATE:
        await pool.execute(statement)

    assert await tallies(pool) == before
    await keep(pool, a_case(99, FILED))
    assert await tallies(pool) != before


async def test_a_case_that_is_removed_is_no_longer_counted(pool: asyncpg.Pool) -> None:
    await some_cases(pool)

    await pool.execute("DELETE FROM stages")
    await pool.execute("DELETE FROM cases")

    assert await tallies(pool) == []
