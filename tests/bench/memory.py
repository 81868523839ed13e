"""The memory of the whole stack, Kafka apart: what its processes hold, shared pages divided among those who share."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil

from tests.bench.ground import House
from tests.bench.registering import registering
from tests.bench.rows import Row
from tests.bench.tryton import RECORDED_ON

MEBIBYTE = 1024**2
SETTLED = 5.0
"""Seconds after the start in which a stack comes to rest."""
CLIENTS, SECONDS = 32, 8.0
TRYTON_IDLE, TRYTON_LOADED = 168.0, 519.0
"""Mebibytes (PSS), recorded with Tryton's figures."""


def measure(house: House) -> Sequence[Row]:
    """The rows of memory: at rest, and under the load of 32 clients."""
    time.sleep(SETTLED)
    idle = held(house)
    loaded = asyncio.run(under_load(house))
    return [row("idle", idle, TRYTON_IDLE), row("loaded", loaded, TRYTON_LOADED)]


def row(state: str, by_part: dict[str, float], theirs: float) -> Row:
    """A figure of memory, its largest part named."""
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(by_part.items(), key=lambda part: -part[1]))
    what = f"memory (PSS) of the stack without Kafka, {state}"
    return Row(what, sum(by_part.values()), "MiB", RECORDED_ON, theirs, note=f"in MiB: {parts}")


async def under_load(house: House) -> dict[str, float]:
    """The most that was held while complaints were registered."""
    work = asyncio.create_task(registering(house.address, CLIENTS, SECONDS))
    most: dict[str, float] = {}
    while not work.done():
        await asyncio.sleep(1.0)
        now = await asyncio.to_thread(held, house)
        most = max(most, now, key=lambda each: sum(each.values()))
    await work
    return most


def held(house: House) -> dict[str, float]:
    """Mebibytes by the name of the process, Kafka left out."""
    return {name: sum(map(own, family)) for name, family in house.processes().items() if name != "kafka"}


def own(process: psutil.Process) -> float:
    """What a process alone holds; nothing when it has ended."""
    with suppress(psutil.NoSuchProcess):
        return float(process.memory_full_info().pss) / MEBIBYTE
    return 0.0
