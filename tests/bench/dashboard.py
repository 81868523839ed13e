"""From the accepted command to the changed dashboard in a browser, beside Faust alone, beside asking each second."""

import asyncio
from collections.abc import Sequence

from tests.bench.faust_alone import heard_after
from tests.bench.ground import House
from tests.bench.rows import Row
from tests.bench.watching import watching

RATES = (20, 50)
"""Commands a second."""
ENOUGH = 250.0
"""Milliseconds that 99 of 100 must not exceed at the highest rate."""
POLLED = 990.0
"""Milliseconds after which 99 of 100 have been seen by who asks every second, if asking took no time."""


def measure(house: House) -> Sequence[Row]:
    """The rows of the dashboard, by the rate of commands."""
    rows = []
    for rate in RATES:
        seen = asyncio.run(watching(house.address, rate))
        note = f"p50 {seen.p50:.0f} ms; {len(seen.delays)} of {seen.sent} seen; asking every second: {POLLED:.0f} ms"
        most = ENOUGH if rate == max(RATES) else None
        rows.append(Row(f"command to changed dashboard, p99, {rate}/s", seen.p99, "ms", at_most=most, note=note))
    alone = asyncio.run(heard_after(house.servers.bootstrap, max(RATES)))
    note = f"p50 {alone.p50:.0f} ms; from the send to the entry in the table; no store, no rows, no page, no browser"
    return [*rows, Row(f"Faust alone with a table, p99, {max(RATES)}/s", alone.p99, "ms", note=note)]
