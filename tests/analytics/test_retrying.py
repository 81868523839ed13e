"""What the worker put aside is tried again when an operator asks, and then stands where it belongs."""

from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from services.analytics.readmodel.dead_letters import due
from services.analytics.readmodel.ingestion import Ingestion
from services.analytics.worker.retry import retry
from shared.eventstore.dead_letters import DeadLetterReader, DeadLetterState
from tests.analytics.course import COURSE
from tests.analytics.recording import Departments
from tests.analytics.test_keeping import CLOCK, PLACE, delivered, in_line, letters, positions

RECORDED = Departments(uuid4()).tell(COURSE)
EVERYTHING = in_line(map(delivered, RECORDED))
FIT = "ALTER TABLE history ADD CONSTRAINT fit CHECK (version <> 2) NOT VALID"
"""A table that does not take the second event of a department: what an operator mends."""


@pytest.fixture
async def aside(pool: asyncpg.Pool) -> None:
    """Everything was delivered, and what did not fit lies aside; operators have asked for another try."""
    await pool.execute(FIT)
    keeper = Ingestion(pool, CLOCK)
    await keeper.begin({PLACE: (0, 1000)})
    await keeper.keep(EVERYTHING)
    assert await pool.execute("UPDATE dead_letters SET state = 'due'") != "UPDATE 0"


async def rows(pool: asyncpg.Pool, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await pool.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")]


async def test_once_it_fits_the_case_stands_as_if_it_always_had(aside: None, pool: asyncpg.Pool) -> None:
    await pool.execute("ALTER TABLE history DROP CONSTRAINT fit")
    for letter in await due(pool, 100):
        await retry(pool, letter)
    late = {table: await rows(pool, table) for table in ("cases", "stages")}

    await pool.execute("TRUNCATE history, cases, stages, positions")
    keeper = Ingestion(pool, CLOCK)
    await keeper.begin({PLACE: (0, 1000)})
    await keeper.keep(EVERYTHING)

    assert await positions(pool) == [each.position for each in RECORDED]
    assert late == {table: await rows(pool, table) for table in ("cases", "stages")}
    assert {letter.state for letter in await letters(pool)} == {DeadLetterState.REPLAYED}


async def test_what_still_does_not_fit_is_dead_again_and_says_why(aside: None, pool: asyncpg.Pool) -> None:
    before = await positions(pool)
    for letter in await due(pool, 100):
        assert letter.reader is DeadLetterReader.WORKER
        await retry(pool, letter)

    assert {letter.state for letter in await letters(pool)} == {DeadLetterState.DEAD}
    assert all("fit" in letter.detail for letter in await letters(pool))
    assert (await positions(pool), await due(pool, 100)) == (before, [])


async def test_what_tells_no_position_is_never_kept(pool: asyncpg.Pool) -> None:
    keeper = Ingestion(pool, CLOCK)
    await keeper.begin({PLACE: (0, 1000)})
    await keeper.keep([replace(EVERYTHING[0], position=b"")])
    await pool.execute("UPDATE dead_letters SET state = 'due'")
    for letter in await due(pool, 100):
        await retry(pool, letter)

    assert ([letter.state for letter in await letters(pool)], await positions(pool)) == ([DeadLetterState.DEAD], [])


async def test_a_message_that_comes_again_is_put_aside_once(pool: asyncpg.Pool) -> None:
    poison = [replace(EVERYTHING[0], value=b"\xff")]
    for _ in range(2):
        keeper = Ingestion(pool, CLOCK)
        await pool.execute("TRUNCATE positions")
        await keeper.begin({PLACE: (0, 1000)})
        await keeper.keep(poison)

    assert len(await letters(pool)) == 1
