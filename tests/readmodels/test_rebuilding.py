"""A read model is built anew beside the one that runs: nothing is lost, nobody sees it empty, a killed call goes on."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.envelope import Recorded
from shared.postgres.pool import Connection, Pool
from shared.readmodels import rebuilding
from shared.readmodels.beside import RebuildUnderWay, ShadowTables, TablesInUse
from shared.readmodels.rebuilding import ProjectionFailure, rebuild
from shared.readmodels.runner import Runner
from tests.readmodels.test_runner import NOTEBOOK, filled, noted, opened, runner
from tests.support.building import Building, note, open_case, until
from tests.support.office import Noted, Opened

BESIDE = ShadowTables("notebook", tuple(NOTEBOOK.tables))


@pytest.fixture(autouse=True)
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "STRETCH", 100)


async def digest(pool: Pool) -> str:
    async with pool.acquire() as connection:
        return await NOTEBOOK.digest(connection)


async def counted(pool: Pool) -> dict[UUID, int]:
    return {row["id"]: row["notes"] for row in await pool.fetch("SELECT id, notes FROM cases")}


async def test_the_running_one_goes_on_and_nothing_is_lost(building: Building, pool: Pool) -> None:
    """Notes are written without a pause, before, during and after the exchange."""
    gate = building.gate()
    follower = runner(building, pool)
    gate.on_append(lambda _: follower.wake())
    case = await open_case(gate)
    written, ended = 0, False

    async def write() -> None:
        nonlocal written
        while not ended:
            await note(gate, case, f"{written}")
            written += 1

    writing = asyncio.create_task(write())
    for _ in range(3):
        before = written
        await rebuild(pool, NOTEBOOK)
        await until(lambda before=before: written > before + 5, "it goes on")
    ended = True
    await writing
    answer = await note(gate, case, "last")
    assert await follower.wait_for(answer.position, 20)
    assert await counted(pool) == {case: written + 1}
    assert follower.missing() == ()


async def test_readers_see_the_old_rows_or_the_new_ones_and_never_none(building: Building, pool: Pool) -> None:
    await filled(building)
    await rebuild(pool, NOTEBOOK)
    await pool.execute("UPDATE notes SET text = 'old'")
    seen: set[tuple[int, int]] = set()
    ended = False

    async def read() -> None:
        while not ended:
            row = await pool.fetchrow("SELECT count(*) AS all, count(*) FILTER (WHERE text = 'old') AS old FROM notes")
            seen.add((row["all"], row["old"]))

    reading = asyncio.create_task(read())
    await until(lambda: seen, "somebody reads")
    await rebuild(pool, NOTEBOOK)
    await until(lambda: len(seen) > 1, "the new rows are seen")
    ended = True
    await reading
    assert seen == {(1200, 1200), (1200, 0)}


KILLED = """
import asyncio, os, signal, sys
from shared.postgres.databases import database_of
from shared.readmodels import rebuilding
from shared.postgres.pool import open_pool
from tests.readmodels.test_runner import NOTEBOOK

rebuilding.STRETCH = 100
url, name = sys.argv[1:]

def tell(done, of):
    if done >= 500:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    pool = await open_pool(database_of(name, url))
    await rebuilding.rebuild(pool, NOTEBOOK, tell=tell)

asyncio.run(main())
"""


async def test_killed_in_the_middle_it_goes_on_where_it_was(building: Building, pool: Pool) -> None:
    await filled(building)
    last = (await rebuild(pool, NOTEBOOK)).position
    before = await digest(pool)
    argv = [sys.executable, "-c", KILLED, building.postgres_url, f"{building.name}_testing"]
    killed = await asyncio.to_thread(subprocess.run, argv, check=False, timeout=60)
    assert (killed.returncode, await digest(pool)) == (-signal.SIGKILL, before)

    async def tried() -> rebuilding.RebuildResult | None:
        try:
            return await rebuild(pool, NOTEBOOK)
        except RebuildUnderWay:
            return None

    rebuilt = await until(tried, "the killed one is gone")
    assert rebuilt.position == last
    assert rebuilt.entries == last - 500
    assert await digest(pool) == before


async def broken_off(pool: Pool, projection: Any = NOTEBOOK) -> None:
    """A call that ends after 500 entries."""

    def stop(done: int, of: int) -> None:
        if done >= 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild(pool, projection, tell=stop)


async def test_what_was_built_is_thrown_away_when_asked_or_when_its_form_is_another(
    building: Building, pool: Pool
) -> None:
    await filled(building)
    last = (await rebuild(pool, NOTEBOOK)).position
    await broken_off(pool)
    assert (await rebuild(pool, NOTEBOOK, anew=True)).entries == last
    await broken_off(pool)
    wider = replace(NOTEBOOK, tables=NOTEBOOK.tables | {"more": "CREATE TABLE IF NOT EXISTS more (id uuid)"})
    assert (await rebuild(pool, wider)).entries == last


async def test_an_event_that_does_not_fit_leaves_everything_as_it_is(building: Building, pool: Pool) -> None:
    await filled(building)
    await rebuild(pool, NOTEBOOK)
    before = await digest(pool)

    async def twice(connection: Connection, recorded: Recorded) -> None:
        await noted(connection, recorded)
        await noted(connection, recorded)

    with pytest.raises(ProjectionFailure, match="notebook, after position 0"):
        await rebuild(pool, replace(NOTEBOOK, handlers={Opened: opened, Noted: twice}), anew=True)
    assert await digest(pool) == before


async def test_somebody_who_reads_for_long_is_waited_for_and_not_broken_off(
    building: Building, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(building)
    await rebuild(pool, NOTEBOOK)
    monkeypatch.setattr("shared.readmodels.beside.TRIES", 2)
    async with pool.acquire() as connection, connection.transaction():
        assert await connection.fetchval("SELECT count(*) FROM notes") == 1200
        with pytest.raises(TablesInUse):
            await rebuild(pool, NOTEBOOK)
        assert await connection.fetchval("SELECT count(*) FROM cases") == 30
    assert (await rebuild(pool, NOTEBOOK)).entries == 0


async def test_two_do_not_work_at_the_same_read_model(building: Building, pool: Pool) -> None:
    await filled(building)
    async with BESIDE.alone(pool):
        with pytest.raises(RebuildUnderWay):
            await rebuild(pool, NOTEBOOK)


CLEAN = ('"$user", public', "on", 0)
"""Where a connection of the pool looks for tables, whether it waits for the disk, how many session locks it has."""


async def left_on_connections(pool: Pool) -> Counter[tuple[str, str, int]]:
    """What all connections of a pool were left with, see ``CLEAN``."""
    statement = """
        SELECT current_setting('search_path'), current_setting('synchronous_commit'),
            (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
    """
    async with AsyncExitStack() as held:
        connections = [await held.enter_async_context(pool.acquire()) for _ in range(pool.get_size())]
        return Counter([tuple(await connection.fetchrow(statement)) for connection in connections])


async def test_who_gets_its_connections_afterwards_finds_them_as_they_were(building: Building, pool: Pool) -> None:
    await filled(building)
    await broken_off(pool)
    assert await left_on_connections(pool) == {CLEAN: 2}
    await rebuild(pool, NOTEBOOK)
    assert await left_on_connections(pool) == {CLEAN: 2}


async def test_a_connection_that_cannot_be_put_right_is_closed(
    building: Building, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(building)

    async def fails(_: Connection) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr("asyncpg.Connection.reset", fails)
        with pytest.raises(TimeoutError):
            await rebuild(pool, NOTEBOOK)
    assert await left_on_connections(pool) == {}
    await rebuild(pool, NOTEBOOK)


async def test_rows_that_were_spoilt_while_a_runner_works_are_put_right(building: Building, pool: Pool) -> None:
    last = await filled(building)
    follower = runner(building, pool)
    assert await follower.wait_for(last, 30)
    before = await digest(pool)
    await pool.execute("DELETE FROM notes WHERE position % 3 = 0")
    await Runner("testing", NOTEBOOK, pool).rebuild()
    assert await digest(pool) == before


async def test_a_planted_exchange_that_forgets_the_position_is_caught(
    building: Building, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the position in the same transaction the runner writes rows again that are there."""
    gate = building.gate()
    await filled(building)
    follower = runner(building, pool)
    await follower.wait_for(1, 30)

    async def forgetful(connection: Connection, beside: ShadowTables, projection: Any, position: int) -> None:
        await beside.swap(connection)
        await connection.execute("UPDATE projections SET position = 0")

    monkeypatch.setattr(rebuilding, "put", forgetful)
    await rebuild(pool, NOTEBOOK)
    await note(gate, await open_case(gate), "a")

    def trouble() -> Sequence[str]:
        return follower.missing()

    assert "UniqueViolation" in (await until(trouble, "it cannot go on"))[0]
