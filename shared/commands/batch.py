"""Decides a group of commands on fresh folders, and gathers what one transaction has to write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from shared.commands.aggregate_cache import FolderSnapshot
from shared.commands.answers import Answer, StaleVersion, UnknownCase
from shared.commands.department import Department, Rules, RulesFor
from shared.commands.requests import CommandRequest
from shared.contracts.commands import Command, Draw, draw_of
from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode, schema_of, skim
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.number_series import NumberDrawn, series_stream
from shared.eventstore.recorder import AppendBatch, CommandRecord, Predecessor
from shared.eventstore.store import EventRow


@dataclass(frozen=True, slots=True)
class PendingCommand:
    """A wish that was decided on but is not recorded yet.

    ``first`` is the place of its first event among those gathered, ``last`` that of the folder's newest (None when
    the folder is as it was in the store, at ``position``).
    """

    taken: CommandRecord
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
        return Answer(self.taken.subject, self.taken.after, position, events, repeated)


SeriesTips = dict[UUID, tuple[int, str]]
"""Where series stand: stream -> the serial drawn last, and the digest of the event that says so."""


class CommandBatch:
    """One attempt at deciding a group at one moment.

    ``folders`` are those of all cases concerned as they were last seen. What is decided later in the group sees what
    was decided before. ``append`` is what has been gathered so far, ``tips`` where the series drawn of then stand.
    """

    def __init__(
        self,
        department: Department,
        rules_for: RulesFor,
        stamps: HybridClock,
        now: datetime,
        folders: dict[UUID, FolderSnapshot],
    ) -> None:
        self._department = department
        self._rules_for = rules_for
        self._stamps = stamps
        self._folders = folders
        self._rows: dict[UUID, list[EventRow]] = {}
        self._newest: dict[UUID, int] = {}
        self._keys: dict[tuple[str, str, int, str], tuple[str, UUID]] = {}
        self.now = now
        self.tips: SeriesTips = {}
        self.append = AppendBatch()
        self.decided: dict[UUID, PendingCommand] = {}

    def series_of(self, wish: CommandRequest) -> UUID | None:
        """The stream of the series that a command draws numbers of.

        Raises what its rules raise, and UnreadableEvent.
        """
        held = self._held(wish.case)
        draw = draw_of(wish.command, held.folder)
        if draw is None or (held.version == 0 and wish.opening is None):
            return None
        return self._series(draw, self._rules(held, wish))[1]

    def catch_up(self, rows: dict[UUID, list[EventRow]]) -> None:
        """Take note of what was recorded since the folders were seen, given from their last events on.

        Raises NotAsRead.
        """
        self._rows = {case: [*held.newer(rows.get(case, ()))] for case, held in self._folders.items()}

    def decide(self, wish: CommandRequest) -> PendingCommand:
        """Have the department decide, and gather what follows.

        Raises what the department raises, and StaleVersion, UnknownCase, UnreadableEvent, TooLarge; then nothing of
        this wish is gathered.
        """
        held = self._held(wish.case)
        if wish.expected is not None and wish.expected != held.version:
            raise StaleVersion(held.version)
        if held.version == 0 and wish.opening is None:
            raise UnknownCase(wish.case)
        for stamp in filter(None, (held.stamp, wish.after)):
            self._stamps.observe(stamp)
        rules = self._rules(held, wish)
        if wish.provided is not None and not wish.provided(held.folder, rules):
            raise StaleVersion(held.version)
        command = self._with_serial(wish, held, rules)
        said = tuple(self._department.decide(held.folder, command, rules, self.now))
        return self._gather(wish, held, rules, said)

    def changed(self, positions: Sequence[int]) -> dict[UUID, FolderSnapshot]:
        """The folders after the group was recorded."""
        return {
            case: replace(held, position=positions[self._newest[case]]) if case in self._newest else held
            for case, held in self._folders.items()
        }

    def _gather(
        self, wish: CommandRequest, held: FolderSnapshot, rules: Rules, said: tuple[Event, ...]
    ) -> PendingCommand:
        first = len(self.append.events)
        before = held.version
        below = Predecessor(wish.case, before, held.previous)
        draw = draw_of(wish.command, held.folder)
        recorded: list[Recorded] = []
        stored: list[StoredEvent] = []
        for event in said:
            envelope = self._envelope(wish, rules, event, wish.case, held.version + 1, held.previous)
            state = encode(event, envelope)
            as_read, _ = skim(state)
            recorded.append(Recorded(as_read, envelope))
            held = held.after(self._department, recorded[-1], state)
            stored.append(StoredEvent(wish.case, held.version, envelope.type, state))
        numbers = self._draw(draw, wish, rules, said)

        if stored:
            self._newest[wish.case] = first + len(stored) - 1
            self.append.below.setdefault(below.stream, below)
        self._folders[wish.case] = held
        self.append.events += stored + numbers
        taken = CommandRecord(wish.id, wish.digest, wish.case, before, held.version)
        self.append.commands.append(taken)
        self.decided[wish.id] = PendingCommand(
            taken, tuple(recorded), first, self._newest.get(wish.case), held.position
        )
        return self.decided[wish.id]

    def _draw(
        self, draw: Draw | None, wish: CommandRequest, rules: Rules, said: tuple[Event, ...]
    ) -> list[StoredEvent]:
        if draw is None:
            return []
        key, stream = self._series(draw, rules)
        serial, previous = self.tips.get(stream, (0, ""))
        below = Predecessor(stream, serial, previous)
        drawn = []
        for _ in filter(lambda event: isinstance(event, draw.event), said):
            serial += 1
            event = NumberDrawn(series=key, serial=serial, case=wish.case)
            state = encode(event, self._envelope(wish, rules, event, stream, serial, previous))
            previous = digest(state)
            drawn.append(StoredEvent(stream, serial, schema_of(event)[0], state))
        if drawn:
            self.tips[stream] = (serial, previous)
            self.append.below.setdefault(below.stream, below)
        return drawn

    def _series(self, draw: Draw, rules: Rules) -> tuple[str, UUID]:
        called = (rules.site, rules.pack.id, rules.pack.version, draw.series)
        if called not in self._keys:
            key = rules.series(draw.series, self.now)
            self._keys[called] = (key, series_stream(key))
        return self._keys[called]

    def _envelope(
        self, wish: CommandRequest, rules: Rules, event: Event, stream: UUID, version: int, previous: str
    ) -> Envelope:
        name, schema = schema_of(event)
        return Envelope(
            id=uuid4(),
            source=self._department.name,
            type=name,
            subject=stream,
            time=self.now,
            version=version,
            schema=schema,
            site=rules.site,
            actor=wish.actor,
            correlation=wish.correlation or wish.id,
            causation=wish.causation,
            pack=rules.pack.id,
            pack_version=rules.pack.version,
            hlc=self._stamps.tick(),
            previous=previous,
        )

    def _with_serial(self, wish: CommandRequest, held: FolderSnapshot, rules: Rules) -> Command:
        draw = draw_of(wish.command, held.folder)
        if draw is None:
            return wish.command
        _, stream = self._series(draw, rules)
        return replace(wish.command, serial=self.tips.get(stream, (0, ""))[0] + 1)

    def _held(self, case: UUID) -> FolderSnapshot:
        if case in self._rows:
            self._folders[case] = self._folders[case].after_rows(self._department, self._rows[case])
            del self._rows[case]
        return self._folders[case]

    def _rules(self, held: FolderSnapshot, wish: CommandRequest) -> Rules:
        if held.version:
            return self._rules_for(held.site, held.pack, held.pack_version)
        assert wish.opening is not None
        return self._rules_for(wish.opening.site, wish.opening.pack, wish.opening.pack_version)
