"""Processes that stand still and go on later as if nothing had been, while others have taken their place."""

import asyncio
from contextlib import ExitStack

from shared.contracts.event import SERVICES
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.house import MORTALS, House


def frozen(name: str) -> Fault:
    """A process stands still for some seconds."""

    async def strike(scene: Scene) -> bool:
        with scene.house.frozen(name):
            await asyncio.sleep(scene.chance.uniform(0.5, 4.0))
        return True

    return Fault("freeze", f"freeze {name}", strike, lasting=True)


def replaced(name: str) -> Fault:
    """A service stands still until another has taken its place, and comes back while that one works."""

    async def strike(scene: Scene) -> bool:
        with await asyncio.to_thread(begun_beside, scene.house, name) as second:
            await asyncio.sleep(scene.chance.uniform(1.0, 3.0))
            await asyncio.to_thread(second.close)
        return True

    return Fault("replace", f"replace {name}", strike, lasting=True)


def begun_beside(house: House, name: str) -> ExitStack:
    """A second process of a service that has become ready while the first stood still; both run now."""
    with ExitStack() as both:
        with house.frozen(name):
            both.enter_context(house.doubled(name))
        return both.pop_all()


FREEZES = tuple(frozen(name) for name in MORTALS)
REPLACEMENTS = tuple(replaced(name) for name in SERVICES)
