"""The faults: each breaks one thing in a running house, and leaves it so that the house can heal by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from deploy.dev.services import SERVICES
from shared.clock import OffsetClock
from tests.chaos.house import MORTALS, House
from tests.chaos.launching.points import NAMES

COMES_THERE = 6.0
"""Seconds within which a service must come to the point at which it is to die."""

Break = Callable[[House, Random], Awaitable[bool]]
"""Breaks something; whether it could."""


@dataclass(frozen=True)
class Fault:
    """``weight`` says how often it comes beside the others; ``mortal`` names who dies of it."""

    name: str
    strike: Break
    weight: float = 1.0
    mortal: str = ""


def killed(name: str) -> Fault:
    """``kill -9`` of a process."""

    async def strike(house: House, chance: Random) -> bool:
        return await asyncio.to_thread(house.kill, name)

    return Fault(f"kill {name}", strike, mortal=name)


def dying(service: str, point: str) -> Fault:
    """A service kills itself at a point of an event's way."""

    async def strike(house: House, chance: Random) -> bool:
        return await asyncio.to_thread(house.has_die_at, service, point, COMES_THERE)

    return Fault(f"die {point}", strike, weight=0.5, mortal=service)


def frozen(name: str) -> Fault:
    """A process stands still for some seconds and then goes on as if nothing had been."""

    async def strike(house: House, chance: Random) -> bool:
        with house.frozen(name):
            await asyncio.sleep(chance.uniform(0.5, 8.0))
        return True

    return Fault(f"freeze {name}", strike, weight=0.5)


def replaced(name: str) -> Fault:
    """A service stands still until another has taken its place, and comes back while that one works."""

    async def strike(house: House, chance: Random) -> bool:
        with await asyncio.to_thread(begun_beside, house, name) as second:
            await asyncio.sleep(chance.uniform(1.0, 6.0))
            await asyncio.to_thread(second.close)
        return True

    return Fault(f"replace {name}", strike, weight=0.2)


def begun_beside(house: House, name: str) -> ExitStack:
    """A second process of a service that has become ready while the first stood still; both run now."""
    with ExitStack() as both:
        with house.frozen(name):
            both.enter_context(house.doubled(name))
        return both.pop_all()


async def wipe(house: House, chance: Random) -> bool:
    """Kafka loses everything it has."""
    await asyncio.to_thread(house.wipe_kafka)
    return True


async def forward(house: House, chance: Random) -> bool:
    """All clocks jump ahead, over due times."""
    hours = chance.choice((6, 20, 30, 100, 400))
    await asyncio.to_thread(OffsetClock(house.clock).advance, timedelta(hours=hours))
    return True


async def back(house: House, chance: Random) -> bool:
    """All clocks jump back a little."""
    await asyncio.to_thread(OffsetClock(house.clock).advance, -timedelta(minutes=chance.choice((1, 10, 90))))
    return True


KILLS = tuple(killed(name) for name in MORTALS)
DEATHS = tuple(dying(service, point) for service in SERVICES for point in NAMES)
FREEZES = tuple(frozen(name) for name in MORTALS)
REPLACEMENTS = tuple(replaced(name) for name in SERVICES)
WIPE = Fault("wipe kafka", wipe, weight=0.7, mortal="kafka")
FORWARD = Fault("clock forward", forward, weight=0.7)
BACK = Fault("clock back", back, weight=0.3)

ALL = (*KILLS, *DEATHS, *FREEZES, *REPLACEMENTS, WIPE, FORWARD, BACK)
SERVICE_KILLS = tuple(fault for fault in KILLS if fault.mortal in SERVICES)
SERVICES_AND_KAFKA = tuple(fault for fault in KILLS if fault.mortal in (*SERVICES, "kafka"))


def drawn(faults: Sequence[Fault], house: House, chance: Random) -> Fault | None:
    """One of the faults that the house would survive now; None when there is none."""
    possible = [fault for fault in faults if not fault.mortal or house.may_die(fault.mortal)]
    return chance.choices(possible, [fault.weight for fault in possible])[0] if possible else None
