"""A case with a thousand events as it was at a moment, over HTTP."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from services.analytics.readmodel.writer import hear, write
from shared.eventstore.codec import encode
from shared.postgres.databases import database_of
from shared.postgres.pool import open_pool
from tests.analytics.course import COURSE
from tests.analytics.recording import BEGAN, Departments
from tests.bench.ground import House
from tests.bench.load import Figures, Wanted, connected, drive
from tests.bench.rows import Row
from tests.journeys.people import GM_OFFICE

EVENTS = 1_000
SECONDS = 4.0
ENOUGH = 20.0


def measure(house: House) -> Sequence[Row]:
    """The row of the state of a case at a moment."""
    figures = asyncio.run(asking(house))
    note = f"p99 {figures.percentile(99):.1f} ms; read, decoded, folded and answered through the front door, one reader"
    what = f"as-of state of a case with {EVENTS:,} events, p50"
    return [Row(what, figures.percentile(50), "ms", at_most=ENOUGH, note=note)]


def in_round(event: Any, turn: int) -> Any:
    """An event of the course, in a round of its own where it belongs to one."""
    return replace(event, round=event.round + 10 * turn) if hasattr(event, "round") else event


async def asking(house: House) -> Figures:
    """What a reader gets who asks again and again for the end of a long case."""
    case = uuid4()
    departments = Departments(case, began=BEGAN)
    rounds = [in_round(event, turn) for turn in range(1, EVENTS) for event in COURSE][:EVENTS]
    told = departments.tell(rounds)
    heard = [hear(encode(each.event, each.envelope), each.position) for each in told]
    async with (
        await open_pool(database_of("analytics", house.servers.url)) as pool,
        pool.acquire() as connection,
        connection.transaction(),
    ):
        await write(connection, heard)
    at = told[-1].envelope.time.isoformat().replace("+00:00", "Z")
    wanted = Wanted(GM_OFFICE, "GET", f"/api/analytics/cases/{case}/history?at={at}")
    async with connected(house.address, [GM_OFFICE]) as (client,):
        answer = await client.ask(wanted)
        assert answer.json()["of"] == EVENTS, answer.body
        return await drive([client], lambda who, turn: wanted, seconds=SECONDS)
