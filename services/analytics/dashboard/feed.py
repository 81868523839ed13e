"""What the worker tells, as it tells it: passed on to every page that watches and everybody who waits."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from services.analytics.readmodel.connection import make_tables
from services.analytics.readmodel.ingestion import KEPT
from services.analytics.readmodel.notifications import WORD, WorkerStatus, heard
from shared.loop import Loop, within
from shared.postgres.pool import AWAY, Pool, borrowed

MOST_PENDING = 200
"""So many cases are remembered for a page that does not keep up; above that it is told that something changed."""

PROBE_EVERY = 5.0
"""Seconds between two questions whether the server is still there: a line that was cut says nothing by itself."""


@dataclass(eq=False)
class Watcher:
    """Somebody who watches some sites. What he has not taken yet is one notice, however much it gathers."""

    sites: frozenset[str]
    cases: set[str] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, cases: dict[str, list[str]]) -> None:
        """Something changed in these cases of these sites; an empty list stands for any case of the site."""
        concerned = [cases[site] for site in self.sites & cases.keys()]
        if not concerned:
            return
        if all(concerned) and (self.cases or not self.news.is_set()):
            self.cases.update(*concerned)
        else:
            self.cases.clear()
        if len(self.cases) > MOST_PENDING:
            self.cases.clear()
        self.news.set()

    async def take(self, seconds: float) -> list[str] | None:
        """The cases that changed since the last time, none named for any; None when nothing did for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            return None
        taken = sorted(self.cases)
        self.cases.clear()
        self.news.clear()
        return taken


class Feed(Loop):
    """Listens to PostgreSQL on a connection of its own. ``word`` is what the worker said last, None at first."""

    expected = AWAY

    def __init__(self, pool: Pool) -> None:
        super().__init__("analytics feed")
        self._pool = pool
        self._watchers: set[Watcher] = set()
        self.word: WorkerStatus | None = None

    async def session(self) -> None:
        """See :class:`Loop`."""
        await make_tables(self._pool)
        async with borrowed(self._pool) as connection:
            gone = asyncio.Event()
            connection.add_termination_listener(lambda _: gone.set())
            await connection.add_listener(KEPT, self._kept)
            await connection.add_listener(WORD, self._spoken)
            self.connected()
            self.tell_all()
            ends = [asyncio.ensure_future(gone.wait()), asyncio.ensure_future(self.stopping.wait())]
            try:
                while not (gone.is_set() or self.stopping.is_set()):
                    await asyncio.wait(ends, timeout=PROBE_EVERY, return_when=asyncio.FIRST_COMPLETED)
                    await within(PROBE_EVERY, connection.execute("SELECT 1"))
            finally:
                for end in ends:
                    end.cancel()

    @property
    def rates(self) -> dict[str, Any]:
        """The rates of the moment; empty while the worker has said nothing."""
        return self.word.rates if self.word else {}

    def wake(self) -> None:
        """See :class:`Loop`: at the end, whoever watches is told to leave."""
        self.tell_all()

    def tell_all(self) -> None:
        """Everybody who watches is told that anything may look otherwise now."""
        self._tell({site: [] for watcher in self._watchers for site in watcher.sites})

    @contextmanager
    def watching(self, sites: frozenset[str]) -> Iterator[Watcher]:
        """Have a watcher of these sites told, inside the block."""
        watcher = Watcher(sites)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def until(self, true: Callable[[], Awaitable[bool]], sites: frozenset[str], seconds: float) -> bool:
        """Wait until something is true of the rows of some sites; False when that takes longer."""
        with self.watching(sites) as watcher:
            try:
                async with asyncio.timeout(seconds):
                    while not await true():
                        await watcher.take(seconds)
            except TimeoutError:
                return False
        return True

    def _kept(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        self._tell(json.loads(payload))

    def _spoken(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        self.word = heard(payload)

    def _tell(self, cases: dict[str, list[str]]) -> None:
        for watcher in self._watchers:
            watcher.tell(cases)
