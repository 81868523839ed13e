"""The runner: rows follow the log, once each, and can be made anew from nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Recorded
from shared.postgres.pool import Connection, Pool, open_pool
from shared.readmodels.log import read_log
from shared.readmodels.projection import Projection
from shared.readmodels.runner import Runner
from tests.support.building import Building, note, open_case, until
from tests.support.cable import Cable
from tests.support.office import Noted, Number, Opened

TABLES = {
    "cases": "CREATE TABLE IF NOT EXISTS cases (id uuid PRIMARY KEY, title text NOT NULL, notes integer NOT NULL)",
    "notes": """
        CREATE TABLE IF NOT EXISTS notes (
            position bigint PRIMARY KEY, id uuid NOT NULL REFERENCES cases, text text NOT NULL, at timestamptz NOT NULL
        );
        CREATE INDEX IF NOT EXISTS notes_of_case ON notes (id)
    """,
}


async def opened(connection: Connection, recorded: Recorded) -> None:
    await connection.execute("INSERT INTO cases VALUES ($1, $2, 0)", recorded.envelope.subject, recorded.event.title)


async def noted(connection: Connection, recorded: Recorded) -> None:
    case, around = recorded.envelope.subject, recorded.envelope
    await connection.execute("UPDATE cases SET notes = notes + 1 WHERE id = $1", case)
    await connection.execute(
        "INSERT INTO notes VALUES ($1, $2, $3, $4)", recorded.position, case, recorded.event.text, around.time
    )


NOTEBOOK = Projection("notebook", TABLES, {Opened: opened, Noted: noted})


async def in_bulk(connection: Connection, run: Sequence[Recorded]) -> None:
    for recorded in run:
        await (opened if isinstance(recorded.event, Opened) else noted)(connection, recorded)


def runner(building: Building, pool: Pool, projection: Projection = NOTEBOOK) -> Runner:
    """A started runner."""
    made = Runner("testing", projection, pool)
    building.start(made)
    return made


async def rows(pool: Pool) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch("SELECT id, text FROM notes ORDER BY position")]


async def counted(pool: Pool) -> dict[UUID, int]:
    return {row["id"]: row["notes"] for row in await pool.fetch("SELECT id, notes FROM cases")}


async def position(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT position FROM projections WHERE name = 'notebook'"))


async def test_rows_follow_the_log(building: Building, pool: Pool) -> None:
    gate = building.gate()
    follower = runner(building, pool)
    gate.on_append(lambda _: follower.wake())
    case = await open_case(gate)
    await note(gate, case, "a")
    answer = await note(gate, case, "b")
    assert await follower.wait_for(answer.position, 10)
    assert await rows(pool) == [(case, "a"), (case, "b")]
    assert await position(pool) == answer.position == follower.position


async def test_who_has_just_acted_waits_a_bounded_time(building: Building, pool: Pool) -> None:
    gate = building.gate()
    case = await open_case(gate)
    follower = Runner("testing", NOTEBOOK, pool)
    assert not await follower.wait_for(1, 0.05)
    building.start(follower)
    assert await follower.wait_for((await note(gate, case, "a")).position, 10)
    assert not await follower.wait_for(follower.position + 1, 0.05)


async def test_rows_and_position_change_together_or_not_at_all(building: Building, pool: Pool) -> None:
    gate = building.gate()
    case = await open_case(gate)
    failing = True

    async def fails(connection: Connection, recorded: Recorded) -> None:
        await noted(connection, recorded)
        if failing:
            raise RuntimeError("after the rows were written")

    follower = runner(building, pool, replace(NOTEBOOK, handlers={Opened: opened, Noted: fails}))
    await follower.wait_for(1, 10)
    answer = await note(gate, case, "a")
    await until(follower.missing, "it says what is missing")
    assert follower.missing() == ("testing notebook: RuntimeError: after the rows were written",)
    assert (await rows(pool), await position(pool)) == ([], 1)
    failing = False
    assert await follower.wait_for(answer.position, 10)
    assert (await rows(pool), await counted(pool)) == ([(case, "a")], {case: 1})


async def test_a_restart_goes_on_where_it_was(building: Building, pool: Pool) -> None:
    gate = building.gate()
    case = await open_case(gate)
    first = runner(building, pool)
    assert await first.wait_for((await note(gate, case, "a")).position, 10)
    await building.down(first)
    answer = await note(gate, case, "b")
    assert await runner(building, pool).wait_for(answer.position, 10)
    assert await counted(pool) == {case: 2}


async def test_two_runners_do_not_do_it_twice(building: Building, pool: Pool) -> None:
    gate = building.gate()
    followers = [runner(building, pool), runner(building, pool)]
    for follower in followers:
        gate.on_append(lambda _, follower=follower: follower.wake())
    case = await open_case(gate)
    answers = [await note(gate, case, f"{number}") for number in range(60)]
    for follower in followers:
        assert await follower.wait_for(answers[-1].position, 10)
    assert await counted(pool) == {case: 60}
    assert [text for _, text in await rows(pool)] == [f"{number}" for number in range(60)]


async def filled(building: Building) -> int:
    """Some cases with what this read model hears and what it does not; the last position."""
    gate = building.gate(waiting=2000)
    cases = await asyncio.gather(*(open_case(gate, f"案 {number}") for number in range(30)))
    answers = await asyncio.gather(*(note(gate, case, f"{number}") for number in range(40) for case in cases))
    await asyncio.gather(*(gate.submit(CommandRequest.of(case, Number(), command_id=uuid4())) for case in cases))
    return max(answer.position for answer in answers)


async def test_a_rebuild_from_nothing_gives_byte_equal_rows(building: Building, pool: Pool) -> None:
    last = await filled(building)
    follower = runner(building, pool)
    assert await follower.wait_for(last, 30)
    await building.down(follower)
    async with pool.acquire() as connection:
        before = await NOTEBOOK.digest(connection)
        await connection.execute("UPDATE notes SET text = 'spoilt' WHERE position % 7 = 0")
        assert await NOTEBOOK.digest(connection) != before
        await Runner("testing", NOTEBOOK, pool).rebuild()
        assert await NOTEBOOK.digest(connection) == before
        await connection.execute("DROP TABLE notes, cases, projections")
        await Runner("testing", NOTEBOOK, pool).rebuild()
        assert await NOTEBOOK.digest(connection) == before


async def test_bulk_gives_the_same_rows_as_one_by_one(building: Building, pool: Pool) -> None:
    await filled(building)
    bulk = Projection("notebook", TABLES, bulk=in_bulk, hears=(Opened, Noted))
    async with pool.acquire() as connection:
        await Runner("testing", NOTEBOOK, pool).rebuild()
        singly = await NOTEBOOK.digest(connection)
        await Runner("testing", bulk, pool).rebuild()
        assert await bulk.digest(connection) == singly


async def test_during_a_rebuild_the_old_rows_are_seen_and_a_running_runner_waits(
    building: Building, pool: Pool
) -> None:
    last = await filled(building)
    follower = runner(building, pool)
    assert await follower.wait_for(last, 30)
    seen: list[int] = []

    async def watched(connection: Connection, recorded: Recorded) -> None:
        await noted(connection, recorded)
        if recorded.position % 100 == 0:
            seen.append(await pool.fetchval("SELECT count(*) FROM notes"))

    await Runner("testing", replace(NOTEBOOK, handlers={Opened: opened, Noted: watched}), pool).rebuild()
    assert seen
    assert set(seen) == {1200}
    assert await pool.fetchval("SELECT count(*) FROM notes") == 1200
    assert follower.missing() == ()


async def test_a_new_version_of_a_read_model_is_filled_from_the_log(building: Building, pool: Pool) -> None:
    gate = building.gate()
    case = await open_case(gate)
    answer = await note(gate, case, "a")
    old = runner(building, pool)
    assert await old.wait_for(answer.position, 10)
    await building.down(old)

    async def shouted(connection: Connection, recorded: Recorded) -> None:
        around = recorded.envelope
        await connection.execute(
            "INSERT INTO notes VALUES ($1, $2, $3, $4, true)",
            *(recorded.position, around.subject, recorded.event.text.upper(), around.time),
        )

    tables = TABLES | {"notes": TABLES["notes"].replace("at timestamptz NOT NULL", "at timestamptz, loud boolean")}
    new = Projection("notebook", tables, {Opened: opened, Noted: shouted}, version=2)
    assert await runner(building, pool, new).wait_for(answer.position, 10)
    assert await rows(pool) == [(case, "A")]


async def test_what_it_does_not_hear_moves_the_position_all_the_same(building: Building, pool: Pool) -> None:
    gate = building.gate()
    answer = await gate.submit(CommandRequest.of(await open_case(gate), Number(how_many=3), command_id=uuid4()))
    deaf = Projection("notebook", TABLES, {Opened: opened})
    assert await runner(building, pool, deaf).wait_for(answer.position, 10)


async def test_it_waits_for_a_store_that_is_not_there_yet(building: Building, pool: Pool) -> None:
    follower = runner(building, pool)
    await until(follower.missing, "it says what is missing")
    gate = building.gate()
    case = await open_case(gate)
    assert await follower.wait_for((await note(gate, case, "a")).position, 20)


async def test_it_waits_out_an_absence_of_the_server(building: Building) -> None:
    gate = building.gate()
    database = building.database()
    cable = Cable(database.host, database.port)
    await cable.plug()
    pool = await open_pool(replace(database, host="127.0.0.1", port=cable.port))
    case = await open_case(gate)
    follower = runner(building, pool)
    assert await follower.wait_for((await note(gate, case, "a")).position, 10)
    await cable.pull()
    await until(follower.missing, "it says what is missing")
    answer = await note(gate, case, "b")
    await cable.plug()
    assert await follower.wait_for(answer.position, 20)
    assert await counted(pool) == {case: 2}
    await building.down(follower)
    await pool.close()
    await cable.pull()


async def test_who_stands_still_in_the_middle_is_replaced(
    building: Building, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = building.gate()
    case = await open_case(gate)
    assert await runner(building, pool).wait_for((await note(gate, case, "a")).position, 10)
    monkeypatch.setattr("shared.postgres.pool.PATIENCE", 1)
    frozen = await open_pool(building.database())
    async with frozen.acquire() as connection:
        await connection.execute("BEGIN; SELECT * FROM projections FOR UPDATE")
        second = runner(building, pool)
        assert await second.wait_for((await note(gate, case, "b")).position, 10)
    frozen.terminate()


async def test_the_lag_is_measured(building: Building, pool: Pool) -> None:
    last = await filled(building)
    follower = runner(building, pool)
    assert await follower.wait_for(last, 30)
    labels = {"service": "testing", "projection": "notebook"}
    await until(lambda: REGISTRY.get_sample_value("redress_projection_lag_events", labels) == 0, "nothing waits")


@pytest.mark.parametrize(("after", "limit", "expected"), [(0, 2, ["a"]), (2, 9, ["b"]), (3, 9, [])])
async def test_the_log_is_read_in_stretches_of_what_is_wanted(
    building: Building, pool: Pool, after: int, limit: int, expected: list[str]
) -> None:
    gate = building.gate()
    case = await open_case(gate)
    for text in "ab":
        await note(gate, case, text)
    async with pool.acquire() as connection:
        stretch = await read_log(connection, after, limit, ["testing.noted"])
    assert [one.event.text for one in stretch.events] == expected
    assert (stretch.position, stretch.entries) == (min(3, after + limit), min(3, after + limit) - after)
