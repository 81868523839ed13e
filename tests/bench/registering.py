"""Registers complaints over HTTP as fast as so many clients can, through the front door, beside Tryton."""

import asyncio
import time
from collections.abc import Sequence

from tests.bench import tryton
from tests.bench.ground import House
from tests.bench.load import Figures, Wanted, connected, drive
from tests.bench.rows import Row
from tests.bench.spending import Meter
from tests.journeys.complaints import COMPLAINTS, complaint
from tests.journeys.people import SALES

SECONDS = 8.0


def measure(house: House) -> Sequence[Row]:
    """The rows of registering, by the number of clients."""
    peer = tryton.figures()
    rows = []
    for clients in tryton.CLIENTS:
        meter = Meter(house)
        figures = asyncio.run(registering(house.address, clients, SECONDS))
        note = f"p50 {figures.percentile(50):.1f} ms, p99 {figures.percentile(99):.1f} ms, refused {figures.refused}"
        least = 10 if clients == 32 else None
        what, theirs = f"register a complaint over HTTP, {clients} users", peer.rate("register", clients)
        rows.append(Row(what, figures.rate, "/s", peer.source, theirs, at_least=least, note=note))
    return [*rows, meter.row(f"a complaint, {clients} users", figures.done)]


def filing(name: str) -> Wanted:
    """The request that registers a complaint of a customer, an order and a part of its own."""
    body = complaint(customer=f"Customer {name}", order=name, part=f"P-{name}")
    return Wanted(SALES, "POST", COMPLAINTS, body)


async def registering(address: str, clients: int, seconds: float) -> Figures:
    """Complaints that so many clients register, each its next after the answer."""
    async with connected(address, [SALES], clients) as lines:
        return await drive(lines, lambda who, turn: filing(f"{time.time_ns()}-{who}-{turn}"), seconds=seconds)
