"""The newest fifty of the register over HTTP, with a hundred thousand cases in the read models, beside Tryton."""

import asyncio
from collections.abc import Sequence

from shared.postgres.databases import database_of
from tests.bench import tryton
from tests.bench.filling import load
from tests.bench.ground import House
from tests.bench.load import Figures, Wanted, connected, drive
from tests.bench.rows import Row
from tests.bench.spending import Meter
from tests.journeys.people import GM_OFFICE

CASES = 100_000
SECONDS = 6.0
NEWEST = Wanted(GM_OFFICE, "GET", "/api/analytics/register?limit=50")


def measure(house: House) -> Sequence[Row]:
    """The rows of the list, by the number of clients."""
    asyncio.run(load(None, database_of("analytics", house.servers.url), 0, CASES))
    peer = tryton.figures()
    rows = []
    for clients in tryton.CLIENTS:
        meter = Meter(house)
        figures = asyncio.run(reading(house.address, clients))
        note = f"p50 {figures.percentile(50):.1f} ms, p99 {figures.percentile(99):.1f} ms; Tryton had 10,000 cases"
        least = 10 if clients == 32 else None
        what, theirs = f"newest 50 of {CASES:,} cases over HTTP, {clients} users", peer.rate("list", clients)
        rows.append(Row(what, figures.rate, "/s", peer.source, theirs, at_least=least, note=note))
    return [*rows, meter.row(f"a list, {clients} users", figures.done)]


async def reading(address: str, clients: int) -> Figures:
    """Pages that so many clients read."""
    async with connected(address, [GM_OFFICE], clients) as lines:
        return await drive(lines, lambda who, turn: NEWEST, seconds=SECONDS)
