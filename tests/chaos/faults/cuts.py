"""The network between a process and its parts: cut, silent, deaf to answers, slow."""

import asyncio

from deploy.dev.services import MODULES
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.launching.cables import DEAF, PULLED, SILENT, SLOW
from tests.chaos.launching.lines import DOOR, KAFKA, POSTGRES

LASTS = {PULLED: (0.1, 3.0), SILENT: (0.5, 5.0), DEAF: (0.1, 1.5), SLOW: (1.0, 4.0)}
"""Seconds, from and to."""
KINDS = {PULLED: "cut", SILENT: "silence", DEAF: "lose answers", SLOW: "delay"}


def broken(name: str, part: str, mode: str) -> Fault:
    """The line between a process and one of its parts is broken in one way for a while."""

    async def strike(scene: Scene) -> bool:
        with scene.house.broken(f"{name} {part}", mode):
            await asyncio.sleep(scene.chance.uniform(*LASTS[mode]))
        return True

    return Fault(KINDS[mode], f"{KINDS[mode]} {name} {part}", strike, lasting=True)


CUTS = tuple(broken(name, part, mode) for name in MODULES for part in (POSTGRES, KAFKA, DOOR) for mode in LASTS)
