"""The one way in for commands: those that come at the same time are recorded together, each caller gets his answer."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

from shared.clock import Clock
from shared.commands.aggregate_cache import AggregateCache, FolderSnapshot
from shared.commands.answers import Answer, Busy, KeyReused, StaleVersion, Unavailable, UnknownCase
from shared.commands.commit_queue import CommitQueue
from shared.commands.department import Department, Folder, Rules, RulesFor
from shared.commands.requests import CommandRequest, IncomingMessage, Job, Outcome
from shared.commands.writer import Writer
from shared.contracts.envelope import Recorded
from shared.contracts.refused import Refused
from shared.eventstore.codec import decode
from shared.eventstore.recorder import PredecessorChanged
from shared.eventstore.store import ALL, AWAY, Store
from shared.observability import metrics, tracing

T = TypeVar("T")

_OUTCOMES: tuple[tuple[type[Exception], str], ...] = (
    (Refused, "refused"),
    (StaleVersion, "stale"),
    (UnknownCase, "unknown-case"),
    (KeyReused, "key-reused"),
    (Unavailable, "unavailable"),
    (Busy, "busy"),
)


class Gate:
    """Where a service's commands are decided and recorded.

    ``rules_for`` gives the rules of a site under a pack; it is called for each command and should remember.
    ``waiting`` commands at most are held; ``group`` of them at most are recorded in one transaction; a command
    that cannot be recorded within ``patience`` seconds is given up. ``cached`` folders are kept at hand.
    """

    def __init__(
        self,
        department: Department,
        store: Store,
        rules_for: RulesFor,
        clock: Clock,
        *,
        waiting: int = 1000,
        group: int = 128,
        patience: float = 10.0,
        cached: int = 10_000,
    ) -> None:
        self._department = department
        self._store = store
        self.rules_for = rules_for
        self._limit = waiting
        self._group = group
        self._patience = patience
        self._cache = AggregateCache(cached)
        self._writer = Writer(department, store, rules_for, clock, self._cache)
        self._queue = CommitQueue(department.name, self._writer, store.probe, group=group, patience=patience)
        self._readers = ThreadPoolExecutor(2, f"{department.name}-reader")

    def start(self) -> None:
        """Begin to take commands, in the running event loop. The store need not be there yet."""
        self._queue.start()

    async def close(self, grace: float = 15.0) -> None:
        """Take no more, finish what waits within ``grace`` seconds, refuse the rest, give the store back."""
        await self._queue.close(grace)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._store.close)

    @property
    def department(self) -> Department:
        """Whose gate it is."""
        return self._department

    def missing(self) -> tuple[str, ...]:
        """What keeps commands from being recorded now, in words; empty when nothing does."""
        return self._queue.missing()

    def on_append(self, listener: Callable[[int], None]) -> None:
        """Have ``listener`` called in the event loop after something was recorded, with the last position known."""
        self._queue.on_append(listener)

    async def submit(self, request: CommandRequest) -> Answer:
        """Have a command decided and recorded.

        The same request again gives the first answer.

        Raises Refused and whatever else the department raises, UnknownCase, StaleVersion (also where what the caller
        needs to be true is not), KeyReused, Busy, and Unavailable (a Busy after which the command must be repeated
        under the same id).
        """
        with tracing.command(self._department.name, request.name, request.id, request.correlation):
            outcome = await self._put(request)
            metrics.COMMANDS.labels(self._department.name, _outcome_name(outcome)).inc()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

    async def hear(self, run: Sequence[IncomingMessage]) -> None:
        """Have a run of messages taken in one transaction, with their positions.

        Raises Busy when that could not be done; it may be tried again.
        """
        outcome = await self._queue.put(Job(messages=run))
        if isinstance(outcome, Exception):
            raise outcome

    async def folder(self, case: UUID, *, at: int | None = None) -> tuple[Folder, int, Rules]:
        """The folder of a case as it now is, or as it was ``at`` a version; its version, and its rules.

        Raises UnknownCase, Unavailable, and StaleVersion where the folder has not come so far.
        """
        return await (self._read(self._folder, case) if at is None else self._read(self._folder_at, case, at))

    async def events(self, case: UUID, *, after: int = 0, limit: int = ALL) -> list[Recorded]:
        """The events in the folder of a case, in order, after a version. Raises Unavailable."""
        return await self._read(self._events, case, after, limit)

    async def _put(self, request: CommandRequest) -> Outcome:
        if len(self._queue) >= self._limit:
            return Busy(1.0)
        try:
            outcome = await self._queue.put(Job(request))
        except Busy as busy:
            return busy
        assert outcome is not None
        return outcome

    async def _read(self, read: Callable[..., T], *arguments: object) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, read, *arguments)
        except AWAY as error:
            if isinstance(error, PredecessorChanged):
                self._cache.clear()
                self._writer.doubt(error)
            raise Unavailable(2.0, "the store is away") from error

    def _folder(self, case: UUID) -> tuple[Folder, int, Rules]:
        snapshot = self._cache.get(case) or FolderSnapshot(self._department.initial(case))
        rows = self._store.slices([(case, snapshot.seen, ALL)])
        snapshot = snapshot.after_rows(self._department, snapshot.newer(rows.get(case, ())))
        if snapshot.version == 0:
            raise UnknownCase(case)
        self._cache.put(case, snapshot)
        return snapshot.folder, snapshot.version, self.rules_for(snapshot.site, snapshot.pack, snapshot.pack_version)

    def _folder_at(self, case: UUID, version: int) -> tuple[Folder, int, Rules]:
        rows = self._store.slices([(case, 0, version)]).get(case, ())
        snapshot = FolderSnapshot(self._department.initial(case)).after_rows(self._department, rows)
        if snapshot.version == 0:
            raise UnknownCase(case)
        if snapshot.version < version:
            raise StaleVersion(snapshot.version)
        return snapshot.folder, snapshot.version, self.rules_for(snapshot.site, snapshot.pack, snapshot.pack_version)

    def _events(self, case: UUID, after: int, limit: int) -> list[Recorded]:
        rows = self._store.slices([(case, after, min(ALL, after + limit))])
        return [decode(row.state, row.position) for row in rows.get(case, ())]


def _outcome_name(outcome: Outcome) -> str:
    if isinstance(outcome, Answer):
        return "repeated" if outcome.repeated else "accepted" if outcome.events else "unchanged"
    return next((name for kind, name in _OUTCOMES if isinstance(outcome, kind)), "failed")
