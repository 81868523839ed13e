"""Rebuilt tables are what the stores say, byte for byte; nobody sees them empty, and nothing that comes in is lost."""

import asyncio
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from services.analytics.readmodel.bulk import Rows
from services.analytics.readmodel.connection import make_tables
from services.analytics.readmodel.tables import NAMES
from services.analytics.upkeep import loading, rebuilding
from services.analytics.upkeep.rebuilding import BESIDE, StoreSetBack, rebuild
from services.analytics.upkeep.stores import NoStore
from shared.contracts.event import SERVICES
from shared.postgres.pool import AWAY
from shared.readmodels.beside import RebuildUnderWay, TablesInUse
from tests.analytics.course import COURSE, FILED
from tests.analytics.generating import case_of, lives
from tests.analytics.house import CASES, House
from tests.support.building import until


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans of about two cases."""
    monkeypatch.setattr("services.analytics.upkeep.case_ranges.WANTED", 60)


async def test_the_rows_are_those_that_the_worker_writes_event_by_event(house: House, in_small_steps: None) -> None:
    await house.keep()
    lived = await house.tables()

    rebuilt = await rebuild(house.pool, house.stores)

    assert (rebuilt.events, rebuilt.unfit) == (CASES * len(COURSE), 0)
    assert await house.tables() == lived


async def test_rows_that_were_lost_altered_or_invented_are_put_right(house: House) -> None:
    await house.keep()
    lived = await house.tables()
    await house.pool.execute("DELETE FROM history WHERE service = 'approval'")
    await house.pool.execute("DELETE FROM stages WHERE stage = 'cause'")
    await house.pool.execute("UPDATE cases SET customer = 'nobody', amount = 1")
    await house.pool.execute("INSERT INTO cases (case_id, site) VALUES ($1, 'TPE')", uuid4())
    await house.pool.execute("UPDATE tallies SET number = number + 1")

    await rebuild(house.pool, house.stores)

    assert await house.tables() == lived


async def test_rebuilt_tables_take_further_events(house: House) -> None:
    await rebuild(house.pool, house.stores)
    await make_tables(house.pool)
    house.record(*lives([700]))
    await house.keep()
    assert await house.pool.fetchval("SELECT count(*) FROM history") == (CASES + 1) * len(COURSE)


async def test_the_tables_have_every_index_trigger_and_key_that_they_had(house: House) -> None:
    async def fittings() -> list[tuple[Any, ...]]:
        rows = await house.pool.fetch(
            """
            SELECT tablename, indexdef AS what FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1)
            UNION ALL
            SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = tgrelid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY($1) ORDER BY 1, 2
            """,
            list(NAMES),
        )
        return [tuple(row) for row in rows]

    before = await fittings()
    await rebuild(house.pool, house.stores)
    assert await fittings() == before
    assert await house.pool.fetchval("SELECT to_regnamespace($1)", BESIDE.schema) is None


async def test_what_is_recorded_and_kept_meanwhile_is_not_lost(house: House, in_small_steps: None) -> None:
    """A case is recorded in each step, the last one when all is followed; the worker goes on keeping."""
    await house.keep()
    added: dict[str, int] = {}
    ended = False

    async def work() -> None:
        while not ended:
            await house.keep()

    def record(step: str, share: float, events: int) -> None:
        if step not in added:
            added[step] = 1000 + len(added)
            house.record(*lives([added[step]]))

    working = asyncio.create_task(work())
    await rebuild(house.pool, house.stores, tell=record)
    ended = True
    await working

    assert tuple(added) == rebuilding.STEPS
    await house.keep()
    lived = await house.tables()
    assert len(lived["history"]) == (CASES + len(added)) * len(COURSE)
    await rebuild(house.pool, house.stores)
    assert await house.tables() == lived


async def test_readers_see_the_old_rows_or_the_new_ones_and_never_none(house: House) -> None:
    await house.keep()
    await house.pool.execute("UPDATE cases SET customer = 'old'")
    seen: set[tuple[int, int, int, bool]] = set()
    ended = False

    async def read() -> None:
        async with house.pool.acquire() as connection:
            while not ended:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    old = await connection.fetchval("SELECT count(*) FROM cases WHERE customer = 'old'")
                    counts = [await connection.fetchval(f"SELECT count(*) FROM {name}") for name in NAMES[:3]]
                seen.add((*counts, bool(old)))

    reading = asyncio.create_task(read())
    await until(lambda: seen, "somebody reads")
    await rebuild(house.pool, house.stores)
    await until(lambda: len(seen) > 1, "the new rows are seen")
    ended = True
    await reading

    counts = (CASES * len(COURSE), CASES, CASES * 7)
    assert seen == {(*counts, True), (*counts, False)}


async def test_somebody_who_reads_for_long_is_not_broken_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.readmodels.beside.TRIES", 2)
    await house.keep()
    await house.pool.execute("UPDATE cases SET customer = 'old'")
    async with house.pool.acquire() as connection, connection.transaction():
        assert await connection.fetchval("SELECT count(*) FROM cases") == CASES
        with pytest.raises(TablesInUse):
            await rebuild(house.pool, house.stores)
        assert await connection.fetchval("SELECT count(*) FROM stages") == CASES * 7

    rebuilt = await rebuild(house.pool, house.stores)

    assert rebuilt.before == rebuilt.events == CASES * len(COURSE)
    assert await house.pool.fetchval("SELECT count(*) FROM cases WHERE customer = 'old'") == 0


KILLED = """
import asyncio, os, signal, sys
from services.analytics.upkeep import case_ranges
from services.analytics.upkeep.rebuilding import rebuild
from shared.postgres.databases import database_of
from shared.postgres.pool import open_pool

case_ranges.WANTED = 60
url, mark, place, *services = sys.argv[1:]

def tell(step, share, events):
    if step == place and (step != "reading" or events > 400):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    stores = {service: await open_pool(database_of(f"{mark}_{service}", url)) for service in services}
    await rebuild(stores["analytics"], stores, tell=tell)

asyncio.run(main())
"""


@pytest.mark.parametrize("place", rebuilding.STEPS)
async def test_killed_at_any_step_it_goes_on_where_it_was(house: House, postgres_url: str, place: str) -> None:
    await house.keep()
    lived = await house.tables()
    mark = house.databases["analytics"].name.removesuffix("_analytics").removeprefix("redress_")
    argv = [sys.executable, "-c", KILLED, postgres_url, mark, place, *SERVICES]
    killed = await asyncio.to_thread(subprocess.run, argv, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert await house.tables() == lived

    rebuilt = await until_alone(house)

    everything = CASES * len(COURSE)
    assert rebuilt.events == everything
    assert 400 < rebuilt.before < everything if place == "reading" else rebuilt.before == everything
    assert await house.tables() == lived


async def until_alone(house: House) -> rebuilding.RebuildReport:
    """Rebuild, once the server has noticed that the killed one is gone."""

    async def tried() -> rebuilding.RebuildReport | None:
        try:
            return await rebuild(house.pool, house.stores)
        except RebuildUnderWay:
            return None

    return await until(tried, "the killed one is gone")


async def test_an_outage_in_the_middle_costs_nothing(house: House, in_small_steps: None) -> None:
    await house.keep()
    lived = await house.tables()
    database = house.databases["analytics"]

    def hang_up(step: str, share: float, events: int) -> None:
        if events > 400:
            with psycopg.connect(database.url) as server:
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with pytest.raises(AWAY):
        await rebuild(house.pool, house.stores, tell=hang_up)
    assert await house.tables() == lived
    assert (await until_alone(house)).before > 400
    assert await house.tables() == lived


async def test_two_do_not_work_at_the_same_tables(house: House) -> None:
    async with BESIDE.alone(house.pool):
        with pytest.raises(RebuildUnderWay):
            await rebuild(house.pool, house.stores)


async def test_whoever_was_overtaken_in_a_lane_writes_nothing(house: House) -> None:
    async with house.pool.acquire() as connection:
        await BESIDE.begin(connection, "x", rebuilding.beginning(dict.fromkeys(SERVICES, 0)))
    slow, quick = (
        loading.StoreLoader(house.pool, house.stores, BESIDE.schema, "", lambda share, events: None) for _ in range(2)
    )
    await slow.prepare()
    await quick.prepare()
    await quick.run(CASES * 60)
    with pytest.raises(loading.LaneOvertaken):
        await slow.run(CASES * 60)
    count = await house.pool.fetchval(f"SELECT count(*) FROM {BESIDE.schema}.history")
    assert count == quick.events == CASES * len(COURSE)


async def test_a_site_alone_is_put_right_and_the_others_are_left(house: House) -> None:
    await house.keep()
    lived = await house.tables()
    await house.pool.execute("UPDATE cases SET customer = 'nobody'")
    await house.pool.execute("DELETE FROM stages WHERE site = 'KSH'")
    await house.pool.execute("DELETE FROM history WHERE case_id = $1", case_of(1))

    rebuilt = await rebuild(house.pool, house.stores, site="KSH")

    assert rebuilt.events == CASES // 2 * len(COURSE)
    rows = await house.pool.fetch("SELECT site, customer, count(*) FROM cases GROUP BY 1, 2 ORDER BY 1")
    assert [tuple(row) for row in rows] == [("KSH", FILED.customer, CASES // 2), ("TPE", "nobody", CASES // 2)]
    await house.pool.execute("UPDATE cases SET customer = $1", FILED.customer)
    assert await house.tables() == lived


async def test_an_event_that_fits_no_table_is_left_out_as_the_worker_leaves_it_out(
    house: House, in_small_steps: None
) -> None:
    await house.keep()
    lived = await house.tables()
    unfit = (replace(FILED, customer="a zero byte \x00"), *COURSE[1:2])
    house.record(*lives([5000], course=unfit[:1]))

    rebuilt = await rebuild(house.pool, house.stores)

    assert (rebuilt.events, rebuilt.unfit) == (CASES * len(COURSE), 1)
    assert await house.tables() == lived


async def test_a_store_that_was_set_back_takes_nothing_away_unasked(house: House) -> None:
    await house.keep()
    lived = await house.tables()
    await house.stores["finance"].execute("DELETE FROM stored_events WHERE notification_id > 10")

    with pytest.raises(StoreSetBack, match="finance"):
        await rebuild(house.pool, house.stores)
    assert await house.tables() == lived

    await rebuild(house.pool, house.stores, set_back=True)
    assert await house.pool.fetchval("SELECT count(*) FROM history WHERE service = 'finance'") == 10


async def test_a_store_that_is_not_there_is_no_empty_one(house: House) -> None:
    await house.keep()
    await house.stores["finance"].execute("DROP TABLE stored_events")
    with pytest.raises(NoStore, match="finance"):
        await rebuild(house.pool, house.stores)


async def test_too_large_a_span_is_divided(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.analytics.upkeep.stores.MOST", 30)
    assert (await rebuild(house.pool, house.stores)).events == CASES * len(COURSE)


async def test_a_planted_fault_in_bulk_rows_is_caught(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.keep()
    lived = await house.tables()

    class Forgetful(Rows):
        def _add(self, case: Any, position: int, state: bytes, site: str) -> None:
            if b"finance.loss-recorded" not in state:
                super()._add(case, position, state, site)

    monkeypatch.setattr(loading, "Rows", Forgetful)
    await rebuild(house.pool, house.stores)
    assert await house.tables() != lived
