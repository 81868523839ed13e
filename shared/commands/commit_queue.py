"""Carries jobs to the writer's thread in groups: those that came while the group before was being recorded."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import structlog

from shared.commands.answers import Answer, Busy, Unavailable
from shared.commands.requests import Job, Outcome
from shared.commands.writer import Writer
from shared.eventstore.store import AWAY
from shared.loop import Backoff, Outage
from shared.postgres.databases import PATIENCE

log = structlog.get_logger(__name__)

T = TypeVar("T")

IDLE = 2.0
"""Seconds without a job after which the store is asked whether it is still there."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    job: Job
    outcome: asyncio.Future[Outcome | None]
    until: float


class CommitQueue:
    """Groups of at most ``group`` commands; a job that cannot be recorded within ``patience`` seconds is given up."""

    def __init__(self, name: str, writer: Writer, probe: Callable[[], None], *, group: int, patience: float) -> None:
        self._name = name
        self._writer = writer
        self._probe = probe
        self._group = group
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, f"{name}-writer")
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._outage = Outage(f"{name} store")
        self._backoff = Backoff()
        self._open = False
        self._closing = False
        self._listeners: list[Callable[[int], None]] = []
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many jobs wait."""
        return len(self._queue)

    def start(self) -> None:
        """Begin, in the running event loop. The store need not be there yet."""
        self._task = asyncio.create_task(self._run(), name=f"{self._name} commits")

    async def close(self, grace: float) -> None:
        """Take no more, finish what waits within ``grace`` seconds, refuse the rest."""
        self._closing = True
        self._arrived.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=grace)
            self._task.cancel()
            await asyncio.wait([self._task], timeout=grace)
        self._give_up(self._queue, Busy(2.0, "the service is closing"))
        await asyncio.to_thread(self._thread.shutdown)

    def missing(self) -> tuple[str, ...]:
        """What keeps jobs from being recorded now, in words."""
        return () if self._open and self._outage.trouble is None else (f"store: {self._outage.trouble or 'starting'}",)

    def on_append(self, listener: Callable[[int], None]) -> None:
        """Have ``listener`` called in the event loop after something was recorded, with the last position known."""
        self._listeners.append(listener)

    async def put(self, job: Job) -> Outcome | None:
        """Have a job recorded; what became of it. Raises Busy and Unavailable."""
        if self._closing:
            raise Busy(2.0, "the service is closing")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(job, loop.create_future(), loop.time() + self._patience)
        self._queue.append(waiting)
        self._arrived.set()
        try:
            async with asyncio.timeout(self._patience + 2 * PATIENCE):
                return await waiting.outcome
        except TimeoutError:
            raise Unavailable(2.0, "the store did not answer in time") from None

    async def _run(self) -> None:
        await self._until_there(self._writer.open)
        self._open = True
        while self._queue or not self._closing:
            if self._queue:
                await self._record(self._next_group())
                await asyncio.sleep(0)
                continue
            self._arrived.clear()
            try:
                async with asyncio.timeout(IDLE):
                    await self._arrived.wait()
            except TimeoutError:
                await self._until_there(self._probe)

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._queue and size < self._group:
            waiting = self._queue.popleft()
            if not waiting.outcome.done():
                group.append(waiting)
                size += max(1, len(waiting.job.messages))
        return group

    async def _record(self, group: list[_Waiting]) -> None:
        while group:
            try:
                outcomes = await self._in_thread(self._writer.process, [waiting.job for waiting in group])
            except AWAY as error:
                self._away(error)
                await self._pause(group)
                await self._until_there(self._probe, group)
                group = [waiting for waiting in group if not waiting.outcome.done()]
            except Exception as error:
                log.exception("a group could not be recorded")
                return self._settle(group, [error] * len(group))
            else:
                self._well()
                return self._settle(group, outcomes)

    async def _until_there(self, probe: Callable[[], None], held: Sequence[_Waiting] = ()) -> None:
        """Try until the store answers. It is well then, unless it did not take what is held: its disk may be full."""
        while True:
            try:
                await self._in_thread(probe)
            except Exception as error:
                self._away(error)
            else:
                if not held:
                    self._well()
                return
            await self._pause(held)
            if self._closing:
                return

    async def _pause(self, held: Sequence[_Waiting]) -> None:
        """Give up what has waited too long, held or not, and wait a little before the next try."""
        now = asyncio.get_running_loop().time()
        late = [waiting for waiting in (*held, *self._queue) if self._closing or waiting.until < now]
        self._give_up(late, Unavailable(2.0, "the store is away"))
        if not self._closing:
            await asyncio.sleep(self._backoff.pause())

    def _well(self) -> None:
        self._outage.ends()
        self._backoff.reset()

    def _away(self, error: Exception) -> None:
        self._outage.begins(error, expected=isinstance(error, AWAY))
        self._writer.forget()

    def _settle(self, group: Sequence[_Waiting], outcomes: Sequence[Outcome | None]) -> None:
        position = 0
        for waiting, outcome in zip(group, outcomes, strict=True):
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)
            if isinstance(outcome, Answer):
                position = max(position, outcome.position)
        for listener in self._listeners:
            listener(position)

    def _give_up(self, late: Sequence[_Waiting] | deque[_Waiting], reason: Busy) -> None:
        for waiting in late:
            if not waiting.outcome.done():
                waiting.outcome.set_result(reason)

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
