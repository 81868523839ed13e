"""The one writer of a service's store: takes a group of jobs, decides them, and records them in one transaction."""

import time
from collections.abc import Sequence
from contextlib import suppress
from random import random
from uuid import UUID

import structlog
from eventsourcing.persistence import IntegrityError, PersistenceError

from shared.clock import Clock
from shared.commands.aggregate_cache import AggregateCache, FolderSnapshot
from shared.commands.answers import Answer, Busy
from shared.commands.batch import CommandBatch, Pending, PendingCommand
from shared.commands.department import Department, RulesFor
from shared.commands.messages import MessageBatch, tracked
from shared.commands.numbering import Numbering, ReadTip, at_hand, in_store
from shared.commands.requests import CommandRequest, Job, Outcome
from shared.eventstore.codec import UnreadableEvent, decode, head
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.recorder import CommandRecord, Predecessor, PredecessorChanged
from shared.eventstore.store import AWAY, EventRow, Lookup, LookupQuery, Store
from shared.observability import metrics, tracing

log = structlog.get_logger(__name__)

TRIES = 20
"""How often a job is decided anew when another process records into the same streams meanwhile."""

MOST_SERIES = 1000
"""Of so many series it is kept at hand where they stand."""


class Writer:
    """Blocking, and to be called from one thread at a time.

    ``cache`` holds folders that need not be read again. They are brought up to date before each group, and checked when
    a lone command is recorded, so a second process may write to the same store.
    """

    def __init__(
        self, department: Department, store: Store, rules_for: RulesFor, clock: Clock, cache: AggregateCache
    ) -> None:
        self._department = department
        self._store = store
        self._rules_for = rules_for
        self._clock = clock
        self._cache = cache
        self._tips: dict[UUID, Predecessor] = {}
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
        self._cache.clear()
        self._tips.clear()
        self._store.forget()

    def process(self, jobs: Sequence[Job]) -> list[Outcome | None]:
        """Record the jobs; what became of each job's command (None for a run of messages), in their order.

        When others got ahead, or the store does not take one of them, the jobs are done one by one on fresh folders.
        Raises one of AWAY when the store went away: then it is not known which were recorded, and doing the same
        jobs again is right, because command ids are looked up first, or stand in the way when they are recorded.
        """
        try:
            return self._at_hand(jobs) or self._looked_up(jobs)
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

    def _at_hand(self, jobs: Sequence[Job]) -> list[Outcome | None] | None:
        """Decide a lone command on the folder as it was seen last, without asking the store: that saves a wait.

        New events are an answer: the store takes them only when nobody else wrote to the folder and the command's id
        is new. Anything else may be so because the folder is old, or the command was recorded before: then None, and
        nothing was recorded.
        """
        request = jobs[0].request if len(jobs) == 1 else None
        if request is None or (self._cache.get(request.case) is None and request.opening is None):
            return None
        began = tracing.now()
        try:
            batch = self._batch([request], at_hand(self._tips))
            pending = batch.decide(request)
            return [pending.answer(self._record(batch, began))] if pending.events else None
        except AWAY:
            raise
        except Exception:
            log.debug("told once the store was asked", command=request.name, exc_info=True)
            return None

    def _alone(self, job: Job) -> Outcome | None:
        for turn in range(TRIES):
            try:
                return self._looked_up([job])[0]
            except AWAY:
                raise
            except IntegrityError:
                time.sleep(0.002 * (turn + 1) * random())
            except PersistenceError as error:
                cases = [str(request.case) for request in job.requests]
                log.exception("the store does not take this", cases=cases)
                return error
        return Busy(1.0, "others keep changing this folder")

    def _looked_up(self, jobs: Sequence[Job]) -> list[Outcome | None]:
        """Decide and record the jobs on what the store says."""
        began = tracing.now()
        batch = self._batch([request for job in jobs for request in job.requests], in_store(self._store))
        lookup = self._store.lookup(_query(jobs, batch))
        batch.catch_up(lookup.streams)
        messages = MessageBatch(batch, lookup)
        pending: list[Pending] = []
        for job in jobs:
            messages.take(job.messages)
            pending.append(batch.decide_once(job.request, lookup.commands) if job.request else None)
        return self._outcomes(pending, self._record(batch, began), lookup)

    def _batch(self, requests: Sequence[CommandRequest], read: ReadTip) -> CommandBatch:
        snapshots = {
            one.case: self._cache.get(one.case) or FolderSnapshot(self._department.initial(one.case))
            for one in requests
        }
        numbering = Numbering(self._clock.now(), read)
        return CommandBatch(self._department, self._rules_for, self._stamps, snapshots, numbering)

    def _record(self, batch: CommandBatch, began: int) -> Sequence[int]:
        """Record what the batch gathered; the positions of its events. What was seen of it is kept at hand."""
        positions: Sequence[int] = ()
        if batch.append:
            with self._append_seconds.time():
                positions = self._store.append(batch.append)
        tracing.appended(self._department.name, ((id, one.events) for id, one in batch.pending.items()), began)
        for case, snapshot in batch.changed(positions).items():
            self._cache.put(case, snapshot)
        if len(self._tips) > MOST_SERIES:
            self._tips.clear()
        self._tips |= batch.tips
        return positions

    def _outcomes(self, pending: Sequence[Pending], positions: Sequence[int], lookup: Lookup) -> list[Outcome | None]:
        earlier = [(one.subject, one.before, one.after) for one in pending if isinstance(one, CommandRecord)]
        rows = self._store.slices(earlier) if earlier else {}
        outcomes: list[Outcome | None] = []
        answered: set[UUID] = set()
        for one in pending:
            if isinstance(one, PendingCommand):
                outcomes.append(one.answer(positions, repeated=one.record.id in answered))
                answered.add(one.record.id)
            elif isinstance(one, CommandRecord):
                outcomes.append(_first_answer(one, lookup.positions[one.id], rows.get(one.subject, [])))
            else:
                outcomes.append(one)
        return outcomes


def _query(jobs: Sequence[Job], batch: CommandBatch) -> LookupQuery:
    messages = [message for job in jobs for message in job.messages]
    return LookupQuery(
        commands=[request.id for job in jobs for request in job.requests],
        streams=batch.seen(),
        trackings=list(tracked(messages)),
        events=[message.origin.event for message in messages],
        subjects=list({message.origin.subject for message in messages}),
    )


def _first_answer(record: CommandRecord, position: int, rows: Sequence[EventRow]) -> Answer:
    rows = [row for row in rows if record.before < row.version <= record.after]
    events = {row.version: decode(row.state, row.position) for row in rows}
    return Answer(record.subject, record.after, position, tuple(events.values()), repeated=True)
