"""Jobs that are decided together at one moment, and what one transaction has to write of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from eventsourcing.persistence import StoredEvent

from shared.commands.aggregate_cache import FolderSnapshot
from shared.commands.answers import Answer, KeyReused, StaleVersion, UnknownCase
from shared.commands.department import Department, Rules, RulesFor
from shared.commands.new_events import EventFactory
from shared.commands.numbering import Decision, Numbering
from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Recorded
from shared.contracts.refused import Refused
from shared.eventstore.codec import skim
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.recorder import AppendBatch, CommandRecord, Predecessor
from shared.eventstore.store import AWAY, EventRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PendingCommand:
    """A command that was decided on but is not recorded yet.

    ``first`` is the place of its first event among those gathered, ``last`` that of the folder's newest (None when
    the folder is as it was in the store, at ``position``).
    """

    record: CommandRecord
    events: tuple[Recorded, ...]
    first: int
    last: int | None
    position: int

    def answer(self, positions: Sequence[int], *, repeated: bool = False) -> Answer:
        """The answer, once the gathered events have their positions in the log."""
        events = tuple(
            Recorded(recorded.event, recorded.envelope, positions[self.first + place])
            for place, recorded in enumerate(self.events)
        )
        position = self.position if self.last is None else positions[self.last]
        return Answer(self.record.subject, self.record.after, position, events, repeated)


Pending = PendingCommand | CommandRecord | Exception | None
"""What is known of a job before it is recorded: decided now, recorded before, refused; None for messages."""


class CommandBatch:
    """One attempt at deciding a group at one moment.

    ``snapshots`` are the folders of all cases concerned as they were last seen. What is decided later in the group
    sees what was decided before. ``append`` is what has been gathered so far.
    """

    def __init__(
        self,
        department: Department,
        rules_for: RulesFor,
        stamps: HybridClock,
        snapshots: dict[UUID, FolderSnapshot],
        numbering: Numbering,
    ) -> None:
        self._department = department
        self._rules_for = rules_for
        self._stamps = stamps
        self._snapshots = snapshots
        self._numbering = numbering
        self._rows: dict[UUID, list[EventRow]] = {}
        self._newest: dict[UUID, int] = {}
        self.now = numbering.now
        self.append = AppendBatch()
        self.pending: dict[UUID, PendingCommand] = {}

    def catch_up(self, rows: Mapping[UUID, list[EventRow]]) -> None:
        """Take note of what was recorded since the folders were seen, given from their last events on.

        Raises PredecessorChanged.
        """
        self._rows = {case: [*snapshot.newer(rows.get(case, ()))] for case, snapshot in self._snapshots.items()}

    def seen(self) -> dict[UUID, int]:
        """After which version to read of each stream."""
        return {case: snapshot.seen for case, snapshot in self._snapshots.items()}

    @property
    def tips(self) -> Mapping[UUID, Predecessor]:
        """Where the series stand of which numbers were drawn."""
        return self._numbering.tips

    def decide_once(self, request: CommandRequest, known: Mapping[UUID, CommandRecord]) -> Pending:
        """Have a command decided, unless its id was used before: in this batch, or by what is ``known``.

        What stands in its way is returned, but for a store that is away: raises one of AWAY.
        """
        if request.id in known:
            return known[request.id] if known[request.id].digest == request.digest else KeyReused()
        if (earlier := self.pending.get(request.id)) is not None:
            return earlier if earlier.record.digest == request.digest else KeyReused()
        try:
            return self.decide(request)
        except AWAY:
            raise
        except (Refused, StaleVersion, UnknownCase) as refused:
            return refused
        except Exception as error:
            log.exception("a command failed", case=str(request.case), command=request.name)
            return error

    def decide(self, request: CommandRequest) -> PendingCommand:
        """Have the department decide, and gather what follows.

        Raises what the department raises, and StaleVersion, UnknownCase, UnreadableEvent, TooLarge, one of AWAY; then
        nothing of this command is gathered.
        """
        snapshot = self._snapshot(request.case)
        if request.expected is not None and request.expected != snapshot.version:
            raise StaleVersion(snapshot.version)
        if snapshot.version == 0 and request.opening is None:
            raise UnknownCase(request.case)
        for stamp in filter(None, (snapshot.stamp, request.after)):
            self._stamps.observe(stamp)
        rules = self._rules(snapshot, request)
        if request.provided is not None and not request.provided(snapshot.folder, rules):
            raise StaleVersion(snapshot.version)
        decision = self._numbering.decide(self._department.decide, snapshot.folder, request, rules)
        factory = EventFactory(self._department.name, self._stamps, self.now, request, rules)
        return self._gather(snapshot, decision, factory)

    def changed(self, positions: Sequence[int]) -> dict[UUID, FolderSnapshot]:
        """The folders after the group was recorded."""
        return {
            case: replace(snapshot, position=positions[self._newest[case]]) if case in self._newest else snapshot
            for case, snapshot in self._snapshots.items()
        }

    def _gather(self, before: FolderSnapshot, decision: Decision, factory: EventFactory) -> PendingCommand:
        request, after = factory.request, before
        recorded: list[Recorded] = []
        stored: list[StoredEvent] = []
        place = Predecessor(request.case, before.version, before.previous)
        for envelope, event in factory.make(decision.events, place):
            as_read, _ = skim(event.state)
            recorded.append(Recorded(as_read, envelope))
            stored.append(event)
            after = after.after(self._department, recorded[-1], event.state)
        numbers = [event for _, event in factory.make(decision.numbers, decision.tip)] if decision.tip else []

        first = len(self.append.events)
        if stored:
            self._newest[request.case] = first + len(stored) - 1
        self._snapshots[request.case] = after
        self.append.extend(place, stored)
        if decision.tip and numbers:
            self.append.extend(decision.tip, numbers)
            self._numbering.drawn(decision.tip.stream, numbers[-1])
        record = CommandRecord(request.id, request.digest, request.case, before.version, after.version)
        self.append.commands.append(record)
        newest = self._newest.get(request.case)
        self.pending[request.id] = PendingCommand(record, tuple(recorded), first, newest, after.position)
        return self.pending[request.id]

    def _snapshot(self, case: UUID) -> FolderSnapshot:
        if case in self._rows:
            self._snapshots[case] = self._snapshots[case].after_rows(self._department, self._rows[case])
            del self._rows[case]
        return self._snapshots[case]

    def _rules(self, snapshot: FolderSnapshot, request: CommandRequest) -> Rules:
        if snapshot.version:
            return self._rules_for(snapshot.site, snapshot.pack, snapshot.pack_version)
        assert request.opening is not None
        return self._rules_for(request.opening.site, request.opening.pack, request.opening.pack_version)
