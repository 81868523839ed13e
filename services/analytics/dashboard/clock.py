"""Notices that the clock was moved, so that open pages tell the same time as the server."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from shared.clock import Clock
from shared.loop import Loop

LOOK_EVERY = 0.5
"""Seconds between two looks."""
JUMP = timedelta(seconds=2)
"""By how much more, or less, than passed meanwhile a clock moves that was moved."""


class ClockWatch(Loop):
    """Calls ``moved`` each time the clock has jumped, forward or back."""

    def __init__(self, clock: Clock, moved: Callable[[], None]) -> None:
        super().__init__("analytics clock watch")
        self._clock = clock
        self._moved = moved

    async def session(self) -> None:
        """See :class:`Loop`."""
        passing = asyncio.get_running_loop().time
        told, since = self._clock.now(), passing()
        self.connected()
        while not self.stopping.is_set():
            await self.pause(LOOK_EVERY)
            now, passed = self._clock.now(), timedelta(seconds=passing() - since)
            if abs(now - told - passed) > JUMP:
                self._moved()
            told, since = now, passing()
