"""Processes that die: at random, at a named point of their work, in the middle of a commit, or asked to end."""

import asyncio
import signal

from deploy.dev.services import WORKER
from shared.contracts.event import SERVICES
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.house import MORTALS
from tests.chaos.launching.points import ALERTS, COMMIT, NAMES, WORKS

COMES_THERE = 3.0
"""Seconds within which a service must come to the point at which it is to die."""


def killed(name: str) -> Fault:
    """``kill -9`` of a process."""

    async def strike(scene: Scene) -> bool:
        return await asyncio.to_thread(scene.house.kill, name)

    return Fault("kill", f"kill {name}", strike, mortal=name)


def ended(name: str, how: signal.Signals) -> Fault:
    """A server is asked to end, as when its machine is restarted."""

    async def strike(scene: Scene) -> bool:
        return await asyncio.to_thread(scene.house.kill, name, how)

    return Fault("restart", f"restart {name}", strike, mortal=name)


def dying(service: str, point: str) -> Fault:
    """A service kills itself at a point of an event's way."""

    async def strike(scene: Scene) -> bool:
        return await asyncio.to_thread(scene.house.has_die_at, service, point, COMES_THERE)

    return Fault("kill at a point", f"kill {service} {point}", strike, mortal=service)


def falling(service: str, point: str) -> Fault:
    """PostgreSQL is killed when a service comes to a point: nobody knows what of the commit is there."""

    async def strike(scene: Scene) -> bool:
        return await asyncio.to_thread(scene.house.has_die_at, service, point, COMES_THERE, "postgres")

    return Fault("kill postgres in a commit", f"kill postgres {point} of {service}", strike, mortal="postgres")


KILLS = tuple(killed(name) for name in MORTALS)
RESTARTS = (ended("kafka", signal.SIGTERM), ended("postgres", signal.SIGINT))
DEATHS = (
    *(dying(service, point) for service in SERVICES for point in (*NAMES, COMMIT)),
    *(dying(WORKER, point) for point in WORKS),
    *(dying("analytics", point) for point in ALERTS),
)
FALLS = tuple(falling(service, point) for service in SERVICES for point in (COMMIT, "before append", "after append"))
