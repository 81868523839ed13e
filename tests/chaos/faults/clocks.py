"""Clocks that jump, and deaths at the moment at which somebody is to be told that he is late."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg

from shared.clock import OffsetClock
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.stores import connect

NEXT = "SELECT min(at) FROM deadline_moments WHERE at > %s AND percent = 100"
COMES_THERE = 4.0
"""Seconds within which it must come to that."""
BEFORE = timedelta(seconds=0.7)
"""So long before a due time the clock is set."""


async def forward(scene: Scene) -> bool:
    """All clocks jump ahead, over due times."""
    hours = scene.chance.choice((6, 20, 30, 100, 400))
    await asyncio.to_thread(OffsetClock(scene.house.clock).advance, timedelta(hours=hours))
    return True


async def back(scene: Scene) -> bool:
    """All clocks jump back a little."""
    minutes = scene.chance.choice((1, 10, 90))
    await asyncio.to_thread(OffsetClock(scene.house.clock).advance, -timedelta(minutes=minutes))
    return True


async def die_when_due(scene: Scene) -> bool:
    """A deadline falls due, and who is to say so dies around that moment."""
    if not await asyncio.to_thread(set_before_due, scene):
        return False
    await asyncio.sleep(scene.chance.uniform(0.3, 2.3))
    return await asyncio.to_thread(scene.house.kill, "analytics")


def dying_at(point: str) -> Fault:
    """A deadline falls due, and who is to say so dies just before or just after he does."""

    async def strike(scene: Scene) -> bool:
        if not await asyncio.to_thread(set_before_due, scene):
            return False
        return await asyncio.to_thread(scene.house.has_die_at, "analytics", point, COMES_THERE)

    return Fault("die when due", f"kill analytics {point} when due", strike, mortal="analytics")


def set_before_due(scene: Scene) -> bool:
    """Move all clocks to shortly before the next due time; False when there is none."""
    clock = OffsetClock(scene.house.clock)
    try:
        with connect(scene.house.database_url, "analytics") as connection:
            found = connection.execute(NEXT, (clock.now(),)).fetchone()
    except psycopg.OperationalError:
        return False
    due: datetime | None = found[0] if found else None
    if due is None or due - BEFORE <= clock.now():
        return False
    clock.set(due.astimezone(UTC) - BEFORE)
    return True


FORWARD = Fault("clock forward", "clock forward", forward)
BACK = Fault("clock back", "clock back", back)
DUE = (
    Fault("die when due", "kill analytics when due", die_when_due, mortal="analytics"),
    *(dying_at(point) for point in ("before the alert", "after the alert", "before append", "after append")),
)
