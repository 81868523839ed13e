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
from shared.commands.department import Condition, Department, Folder, Rules, RulesFor
from shared.commands.requests import CaseOpening, CommandRequest, IncomingMessage, Job, Outcome, digest_of, id_of
from shared.commands.writer import Writer
from shared.contracts.commands import Command
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
    that cannot be recorded within ``patience`` seconds is given up. ``shelf`` folders are kept at hand.
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
        shelf: int = 10_000,
    ) -> None:
        self._department = department
        self._store = store
        self.rules_for = rules_for
        self._limit = waiting
        self._group = group
        self._patience = patience
        self._shelf = AggregateCache(shelf)
        self._writer = Writer(department, store, rules_for, clock, self._shelf)
        self._pump = CommitQueue(department.name, self._writer, store.probe, group=group, patience=patience)
        self._readers = ThreadPoolExecutor(2, f"{department.name}-reader")

    def start(self) -> None:
        """Begin to take commands, in the running event loop. The store need not be there yet."""
        self._pump.start()

    async def close(self, grace: float = 15.0) -> None:
        """Take no more, finish what waits within ``grace`` seconds, refuse the rest, give the store back."""
        await self._pump.close(grace)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._store.close)

    @property
    def department(self) -> Department:
        """Whose gate it is."""
        return self._department

    def missing(self) -> tuple[str, ...]:
        """What keeps commands from being recorded now, in words; empty when nothing does."""
        return self._pump.missing()

    def on_append(self, listener: Callable[[int], None]) -> None:
        """Have ``listener`` called in the event loop after something was recorded, with the last position known."""
        self._pump.on_append(listener)

    async def submit(
        self,
        case: UUID,
        command: Command,
        *,
        command_id: UUID | str,
        expected: int | None = None,
        provided: Condition | None = None,
        correlation: UUID | None = None,
        causation: UUID | None = None,
        site: str | None = None,
    ) -> Answer:
        """Have a command decided and recorded.

        ``command_id`` again with the same command gives the first answer. ``expected`` is the version of the folder
        that the caller saw, ``provided`` what else must be true of it when the command is decided; otherwise it is
        stale. ``site`` is needed by a command that may open the case.

        Raises Refused and whatever else the department raises, UnknownCase, StaleVersion, KeyReused, Busy, and
        Unavailable (a Busy after which the command must be repeated under the same id).
        """
        wish = CommandRequest(
            case=case,
            command=command,
            id=id_of(command_id),
            digest=digest_of(case, command),
            expected=expected,
            provided=provided,
            opening=None if site is None else CaseOpening(site),
            correlation=correlation,
            causation=causation,
        )
        with tracing.command(self._department.name, type(command).__name__, wish.id, correlation):
            outcome = await self._put(wish)
            metrics.COMMANDS.labels(self._department.name, _outcome_name(outcome)).inc()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

    async def hear(self, run: Sequence[IncomingMessage]) -> None:
        """Have a run of heard messages taken in one transaction, with their positions.

        Raises Busy when that could not be done; it may be tried again.
        """
        outcome = await self._pump.put(Job(heard=run))
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

    async def _put(self, wish: CommandRequest) -> Outcome:
        if len(self._pump) >= self._limit:
            return Busy(1.0)
        try:
            outcome = await self._pump.put(Job(wish=wish))
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
                self._shelf.clear()
                self._writer.doubt(error)
            raise Unavailable(2.0, "the store is away") from error

    def _folder(self, case: UUID) -> tuple[Folder, int, Rules]:
        held = self._shelf.get(case) or FolderSnapshot(self._department.initial(case))
        rows = self._store.slices([(case, held.seen, ALL)])
        held = held.after_rows(self._department, held.newer(rows.get(case, ())))
        if held.version == 0:
            raise UnknownCase(case)
        self._shelf.put(case, held)
        return held.folder, held.version, self.rules_for(held.site, held.pack, held.pack_version)

    def _folder_at(self, case: UUID, version: int) -> tuple[Folder, int, Rules]:
        rows = self._store.slices([(case, 0, version)]).get(case, ())
        held = FolderSnapshot(self._department.initial(case)).after_rows(self._department, rows)
        if held.version == 0:
            raise UnknownCase(case)
        if held.version < version:
            raise StaleVersion(held.version)
        return held.folder, held.version, self.rules_for(held.site, held.pack, held.pack_version)

    def _events(self, case: UUID, after: int, limit: int) -> list[Recorded]:
        rows = self._store.slices([(case, after, min(ALL, after + limit))])
        return [decode(row.state, row.position) for row in rows.get(case, ())]


def _outcome_name(outcome: Outcome) -> str:
    if isinstance(outcome, Answer):
        return "repeated" if outcome.repeated else "accepted" if outcome.events else "unchanged"
    return next((name for kind, name in _OUTCOMES if isinstance(outcome, kind)), "failed")
