"""Servers that lose what they had, or have no room for more."""

import asyncio

from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.waits import became

REFUSED_WITHIN = 15.0
"""Seconds within which a full disk must have shown: a gate tries for ten before it says that it cannot."""


async def wipe(scene: Scene) -> bool:
    """Kafka loses everything it has."""
    await asyncio.to_thread(scene.house.wipe_kafka)
    return True


async def fill(scene: Scene) -> bool:
    """PostgreSQL's disk is full until somebody has been refused because of it, and a moment longer."""
    disk = scene.house.disk
    if disk is None:
        return False
    refused = scene.people.refusals()
    with scene.house.excused("postgres"), disk.full():
        shown = await became(lambda: scene.people.refusals() > refused, REFUSED_WITHIN)
        await asyncio.sleep(scene.chance.uniform(0.5, 2.0))
    return shown


WIPE = Fault("wipe kafka", "wipe kafka", wipe, mortal="kafka")
FULL = Fault("full disk", "full disk of postgres", fill, mortal="postgres")
