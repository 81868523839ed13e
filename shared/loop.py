"""Loops that outlive what they depend on: tried again with backoff, an outage told once, ended on request."""

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")


QUIET = 60.0
"""Seconds in which the same trouble is not logged again."""
STEADY = 10.0
"""Seconds of work after which a loop that fails is tried again soon."""
START = 5.0
"""Seconds after the start in which it is no news that something is not there yet."""


class Outage:
    """Whether something is away; its begin and its end are logged once each."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since: float | None = None
        self._told = ("", 0.0)
        self._quiet_until = time.monotonic() + START
        self.trouble: str | None = None

    def begins(self, error: BaseException, *, expected: bool = True) -> None:
        """It is away, or still is. What was not expected is logged with where it happened."""
        self.trouble = f"{type(error).__name__}: {error}".strip()
        now = time.monotonic()
        told, at = self._told
        if expected and now < self._quiet_until:
            return
        if self._since is None and (told != self.trouble or now - at > QUIET):
            self._since, self._told = now, (self.trouble, now)
            log.warning("away", what=self._what, trouble=self.trouble, exc_info=None if expected else error)

    def ends(self) -> None:
        """It is there."""
        self._quiet_until = 0.0
        if self._since is not None:
            log.info("back", what=self._what, seconds=round(time.monotonic() - self._since, 1))
        self._since = self.trouble = None


class Backoff:
    """Growing pauses, each a little random: from ``first`` seconds, doubled up to ``most``."""

    def __init__(self, first: float = 0.1, most: float = 3.0) -> None:
        self._first = first
        self._most = most
        self._next = first

    def pause(self) -> float:
        """How many seconds to wait this time."""
        pause, self._next = self._next, min(self._most, self._next * 2)
        return pause * random.uniform(0.8, 1.2)

    def reset(self) -> None:
        """It went well: begin with the shortest pause again."""
        self._next = self._first


REST = 2.0
"""So many times as long as it worked a loop rests."""
LONGEST_REST = 0.1
"""Seconds that a rest lasts at most."""


class Loop(ABC):
    """Work that goes on in the background until :meth:`close`.

    A subclass says in :meth:`session` what to do from connecting to disconnecting. It calls :meth:`connected` once
    all it needs is there, looks at ``stopping`` between two pieces of work, and lets trouble out: then the session is
    begun anew after a pause. ``expected`` names the kinds of trouble that need no explanation in the log.
    """

    expected: tuple[type[BaseException], ...] = (OSError,)

    def __init__(self, name: str) -> None:
        self.name = name
        self.stopping = asyncio.Event()
        self._outage = Outage(name)
        self._backoff = Backoff()
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._supervise(), name=self.name)

    async def close(self, grace: float = 10.0) -> None:
        """End: what is held is finished, within ``grace`` seconds."""
        self.stopping.set()
        self.wake()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=grace)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._connected.clear()

    def missing(self) -> tuple[str, ...]:
        """What keeps it from working now, in words; empty when nothing does."""
        if self._connected.is_set():
            return ()
        return (f"{self.name}: {self._outage.trouble or 'starting'}",)

    async def ready(self, seconds: float = 30.0) -> None:
        """Wait until it works. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self._connected.wait()

    def wake(self) -> None:
        """Have it look for work now. A loop that looks often enough by itself does nothing."""
        return

    def connected(self) -> None:
        """To be called by the session: all that it needs is there."""
        self._outage.ends()
        self._connected.set()

    def away(self, error: BaseException) -> None:
        """To be called by a session that goes on although something is away."""
        self._outage.begins(error, expected=isinstance(error, self.expected))
        self._connected.clear()

    async def rest(self, began: float) -> None:
        """Rest after work that began at this moment (``time.monotonic()``), for a multiple of what it took.

        What comes meanwhile gathers, and many cost little more than one: so a busy house gets more done, and an idle
        one loses nothing, for nothing follows the rest.
        """
        await asyncio.sleep(min(LONGEST_REST, REST * (time.monotonic() - began)))

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than until the loop is to end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    @abstractmethod
    async def session(self) -> None:
        """Connect, work until ``stopping``, disconnect. Trouble is raised."""

    async def _supervise(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                await self._session()
            except Exception as error:
                self.away(error)
                if time.monotonic() - began > STEADY:
                    self._backoff.reset()
                await self.pause(self._backoff.pause())

    async def _session(self) -> None:
        """A session out of which a cancellation comes only when this loop was cancelled.

        aiokafka lets those of its own tasks out, and an await that is cut short so would end the loop for good.
        """
        try:
            await self.session()
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise ConnectionError("a task of the client was cancelled") from error


async def within(seconds: float, wanted: Awaitable[T]) -> T:
    """Wait at most so long. Raises TimeoutError."""
    return await asyncio.wait_for(wanted, seconds)
