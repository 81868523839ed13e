"""The one writer of a service's store: takes a group of jobs, decides them, and records them in one transaction."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import random
from uuid import UUID

import structlog
from eventsourcing.persistence import IntegrityError, PersistenceError

from shared.clock import Clock
from shared.commands.aggregate_cache import AggregateCache, FolderSnapshot
from shared.commands.answers import Answer, Busy, KeyReused, StaleVersion, UnknownCase
from shared.commands.batch import CommandBatch, PendingCommand, SeriesTips
from shared.commands.department import Department, RulesFor, command_name
from shared.commands.messages import MessageBatch, tracked
from shared.commands.requests import CommandRequest, Job, Outcome
from shared.contracts.refused import Refused
from shared.eventstore.chain import digest
from shared.eventstore.codec import UnreadableEvent, decode, head
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.recorder import CommandRecord, PredecessorChanged
from shared.eventstore.store import AWAY, EventRow, Lookup, LookupQuery, Store
from shared.observability import metrics, tracing

log = structlog.get_logger(__name__)

TRIES = 20
"""How often a job is decided anew when another process records into the same streams meanwhile."""

MOST_SERIES = 1000
"""Of so many series it is kept at hand where they stand."""

Pending = PendingCommand | CommandRecord | Exception | None
"""What is known of a job before the append: decided now, taken before, refused, or a run of heard messages."""


class Writer:
    """Blocking, and to be called from one thread at a time.

    ``shelf`` holds folders that need not be read again. They are brought up to date before each group, and checked when
    a lone command is recorded, so a second process may write to the same store.
    """

    def __init__(
        self, department: Department, store: Store, rules_for: RulesFor, clock: Clock, shelf: AggregateCache
    ) -> None:
        self._department = department
        self._store = store
        self._rules_for = rules_for
        self._clock = clock
        self._shelf = shelf
        self._tips: SeriesTips = {}
        self._stamps = HybridClock(clock, department.name)
        self._append_seconds = metrics.APPEND_SECONDS.labels(department.name)
        self._not_as_read = metrics.NOT_AS_READ.labels(department.name)

    def open(self) -> None:
        """Make ready what the first group needs. Raises one of AWAY."""
        self._store.prepare()
        last = self._store.last()
        if last is not None:
            with suppress(UnreadableEvent):
                self._stamps.observe(head(last.state).hlc)

    def forget(self) -> None:
        """Have everything read anew: a store that was away may have come back as an older copy of itself."""
        self._shelf.clear()
        self._tips.clear()
        self._store.forget()

    def process(self, jobs: Sequence[Job]) -> list[Outcome | None]:
        """Record the jobs; what became of each job's wish (None for a run of heard messages), in their order.

        When others got ahead, or the store does not take one of them, the jobs are done one by one on fresh folders.
        Raises one of AWAY when the store went away: then it is not known which were recorded, and doing the same
        jobs again is right, because command ids are looked up first, or stand in the way when they are recorded.
        """
        try:
            if len(jobs) == 1 and jobs[0].wish and (answer := self._unasked(jobs[0].wish)):
                return [answer]
            return self._together(jobs)
        except PredecessorChanged as error:
            self.doubt(error)
            raise
        except AWAY:
            raise
        except PersistenceError:
            metrics.APPEND_CONFLICTS.labels(self._department.name).inc()
        return [self._alone(job) for job in jobs]

    def doubt(self, error: PredecessorChanged) -> None:
        """Tell operators that the store does not hold what was read of it."""
        self._not_as_read.inc()
        log.error("an older copy took over, or somebody altered events: verify the store", events=str(error))

    def _unasked(self, wish: CommandRequest) -> Answer | None:
        """Decide on the folder as it was seen last, without asking the store first: that saves one of two waits.

        New events are an answer: the store takes them only when nobody else wrote to the folder and the command's id
        is new. Anything else may be so because the folder is old, or the command was taken before: then None, and
        nothing was recorded.
        """
        if self._shelf.get(wish.case) is None and wish.opening is None:
            return None
        began = tracing.now()
        try:
            desk = self._desk(self._folders([wish]))
            if (stream := desk.series_of(wish)) is not None:
                if stream not in self._tips:
                    return None
                desk.tips = {stream: self._tips[stream]}
            decided = desk.decide(wish)
            return decided.answer(self._record(desk, began)) if decided.events else None
        except AWAY:
            raise
        except Exception:
            log.debug("told once the store was asked", command=command_name(wish.command), exc_info=True)
            return None

    def _alone(self, job: Job) -> Outcome | None:
        for turn in range(TRIES):
            try:
                return self._together([job])[0]
            except AWAY:
                raise
            except IntegrityError:
                time.sleep(0.002 * (turn + 1) * random())
            except PersistenceError as error:
                log.exception("the store does not take this", cases=[str(wish.case) for wish in job.wishes])
                return error
        return Busy(1.0, "others keep changing this folder")

    def _together(self, jobs: Sequence[Job]) -> list[Outcome | None]:
        began = tracing.now()
        wishes = [wish for job in jobs for wish in job.wishes]
        folders = self._folders(wishes)
        desk = self._desk(folders)
        drawn = self._drawn(desk, wishes)
        look = self._store.look(self._ask(jobs, wishes, folders, drawn))
        desk.catch_up(look.streams)
        desk.tips = tips_of(look.tips)
        if unseen := self._drawn(desk, wishes) - drawn:
            desk.tips |= tips_of(self._store.tips(unseen))
        hearing = MessageBatch(desk, look)
        pending: list[Pending] = []
        for job in jobs:
            hearing.take(job.heard)
            pending.append(self._take(job.wish, look, desk) if job.wish else None)
        positions = self._record(desk, began)
        return self._outcomes(pending, positions, look)

    def _folders(self, wishes: Sequence[CommandRequest]) -> dict[UUID, FolderSnapshot]:
        return {
            wish.case: self._shelf.get(wish.case) or FolderSnapshot(self._department.initial(wish.case))
            for wish in wishes
        }

    def _desk(self, folders: dict[UUID, FolderSnapshot]) -> CommandBatch:
        return CommandBatch(self._department, self._rules_for, self._stamps, self._clock.now(), folders)

    def _ask(
        self,
        jobs: Sequence[Job],
        wishes: Sequence[CommandRequest],
        folders: dict[UUID, FolderSnapshot],
        drawn: set[UUID],
    ) -> LookupQuery:
        heard = [one for job in jobs for one in job.heard]
        return LookupQuery(
            commands=[wish.id for wish in wishes],
            streams={case: held.seen for case, held in folders.items()},
            tips=drawn,
            trackings=list(tracked(heard)),
            events=[one.origin.event for one in heard],
            subjects=list({one.origin.subject for one in heard}),
        )

    def _drawn(self, desk: CommandBatch, wishes: Sequence[CommandRequest]) -> set[UUID]:
        """The streams of the series that commands draw of, as far as the folders at hand tell."""
        streams = set()
        for wish in wishes:
            try:
                streams.add(desk.series_of(wish))
            except Exception:
                log.debug("told when the command is decided", command=command_name(wish.command), exc_info=True)
        return {stream for stream in streams if stream is not None}

    def _record(self, desk: CommandBatch, began: int) -> Sequence[int]:
        """Record what the desk gathered; the positions of its events. What was seen of it is kept at hand."""
        positions: Sequence[int] = ()
        if desk.append:
            with self._append_seconds.time():
                positions = self._store.append(desk.append)
        tracing.appended(self._department.name, ((one.taken.id, one.events) for one in desk.decided.values()), began)
        for case, held in desk.changed(positions).items():
            self._shelf.put(case, held)
        if len(self._tips) > MOST_SERIES:
            self._tips.clear()
        self._tips |= desk.tips
        return positions

    def _take(self, wish: CommandRequest, look: Lookup, desk: CommandBatch) -> Pending:
        if wish.id in look.commands:
            known, _ = look.commands[wish.id]
            return known if known.digest == wish.digest else KeyReused()
        if wish.id in desk.decided:
            earlier = desk.decided[wish.id]
            return earlier if earlier.taken.digest == wish.digest else KeyReused()
        try:
            return desk.decide(wish)
        except (Refused, StaleVersion, UnknownCase) as refused:
            return refused
        except Exception as error:
            log.exception("a command failed", case=str(wish.case), command=command_name(wish.command))
            return error

    def _outcomes(self, pending: Sequence[Pending], positions: Sequence[int], look: Lookup) -> list[Outcome | None]:
        before = [taken for taken in pending if isinstance(taken, CommandRecord)]
        rows = self._store.slices([(taken.subject, taken.before, taken.after) for taken in before]) if before else {}
        outcomes: list[Outcome | None] = []
        answered: set[UUID] = set()
        for one in pending:
            if isinstance(one, PendingCommand):
                outcomes.append(one.answer(positions, repeated=one.taken.id in answered))
                answered.add(one.taken.id)
            elif isinstance(one, CommandRecord):
                outcomes.append(_first_answer(one, look.commands[one.id][1], rows.get(one.subject, [])))
            else:
                outcomes.append(one)
        return outcomes


def _first_answer(taken: CommandRecord, position: int, rows: Sequence[EventRow]) -> Answer:
    events = {row.version: decode(row.state, row.position) for row in rows if taken.before < row.version <= taken.after}
    return Answer(taken.subject, taken.after, position, tuple(events.values()), repeated=True)


def tips_of(rows: Mapping[UUID, EventRow]) -> SeriesTips:
    """Where series stand, of the newest event of each."""
    return {stream: (row.version, digest(row.state)) for stream, row in rows.items()}
