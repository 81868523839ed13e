"""Walks the log of a store once, in bulk, and finds the streams in which something does not fit. Pure."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from shared.audit.chain_check import first_misfit, series_of
from shared.audit.evidence import (
    Alteration,
    AuditFinding,
    CheckpointEvidence,
    LogBound,
    LogEntry,
    SignedHead,
    StreamEvidence,
    StreamHead,
    read_told,
)
from shared.contracts.event import wire_name
from shared.eventstore.codec import NO_EVENT
from shared.eventstore.number_series import NumberDrawn

EXAMINED = 100
"""Of how many streams of a store it is said what exactly does not fit; the others are counted."""
NOTHING = StreamHead(0, "")
NUMBER = wire_name(NumberDrawn)
OUTSIDE = SignedHead(0, NOTHING)


class Log(Protocol):
    """A store as verification reads it: all from one moment."""

    def length(self) -> int:
        """The last position of the log."""
        ...

    def batches(self, after: int = 0) -> Iterable[list[LogEntry]]:
        """The events after a position, in the order of the log."""
        ...

    def stream(self, stream: str) -> list[LogEntry]:
        """The events of one stream by version."""
        ...

    def recorded(self) -> Mapping[str, int]:
        """The version after the last command on record, by stream."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one store: the first misfit of each stream concerned, those first noticed first.

    ``covered``: how many events stand in the part of the log that checkpoints vouch for. ``further``: how many more
    streams do not fit, beside those in ``findings``.
    """

    service: str
    events: int
    streams: int
    covered: int
    findings: tuple[AuditFinding, ...] = ()
    further: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class LogWalk:
    """Goes along a log from its beginning, or from where ``heads`` stand. Takes some 5 µs an event.

    ``heads``: where the streams stand. ``series``: those of numbers only; the command that draws one is on record
    for a case. ``suspects``: streams with something that does not fit, in the order noticed.
    ``unlike``: the parts of the log, between checkpoints, whose digest is not the one signed.
    """

    def __init__(self, service: str, signed: CheckpointEvidence, heads: dict[str, StreamHead] | None = None) -> None:
        self.heads: dict[str, StreamHead] = {} if heads is None else heads
        self.series: set[str] = set()
        self.suspects: dict[str, None] = {}
        self.unlike: list[LogBound] = []
        self.events = 0
        self.covered = 0
        self._service = service
        self._signed = signed
        self._bounds = list(reversed(signed.bounds))
        self._log = sha256()

    def take(self, batch: Iterable[LogEntry]) -> None:
        """The next events of the log."""
        heads, signed, suspects, service = self.heads, self._signed, self.suspects, self._service
        signed_heads, earlier, length, series = signed.heads, signed.earlier, signed.length, self.series
        for position, stream, version, topic, state in batch:
            before, link = heads.get(stream, NOTHING)
            digest = sha256(state).hexdigest()
            heads[stream] = StreamHead(version, digest)
            self.events += 1
            while self._bounds and position > self._bounds[-1].length:
                self._close()
            self._log.update(b"%d %b\n" % (position, digest.encode()))
            if (topic == NUMBER) != (stream in series):
                self._sort(stream, before, topic, state)
            try:
                told = read_told(state)
            except NO_EVENT:
                suspects[stream] = None
                continue
            if (
                told.prevhash != link
                or version != before + 1
                or told.streamversion != version
                or told.subject != stream
                or told.type != topic
                or told.source != service
            ):
                suspects[stream] = None
            if length:
                self.covered += position <= length
                last = signed_heads.get(stream, OUTSIDE)
                if (position <= length) != (version <= last.head.version):
                    suspects[stream] = None
                mark = last if version == last.head.version else earlier.get((stream, version), last)
                if mark.head.version == version and mark.head.digest != digest:
                    suspects[stream] = None

    def finish(self, recorded: Mapping[str, int]) -> None:
        """The log ends here: whatever should have come, and did not, is noticed."""
        while self._bounds:
            self._close()
        for stream, mark in self._signed.heads.items():
            if self.heads.get(stream, NOTHING).version < mark.head.version:
                self.suspects[stream] = None
        for stream, version in recorded.items():
            if self.heads.get(stream, NOTHING).version != version:
                self.suspects[stream] = None
        for stream in self.heads:
            if stream not in recorded and stream not in self.series:
                self.suspects[stream] = None

    @property
    def log(self) -> str:
        """The digest of the log since the last checkpoint."""
        return self._log.hexdigest()

    def _sort(self, stream: str, before: int, topic: str, state: bytes) -> None:
        """A series begins with a number of the key that names its stream, and has nothing but numbers."""
        if topic == NUMBER and not before and series_of(stream, state):
            self.series.add(stream)
        else:
            self.series.discard(stream)

    def _close(self) -> None:
        bound = self._bounds.pop()
        if self._log.hexdigest() != bound.log:
            self.unlike.append(bound)
        self._log = sha256()


def verify(
    service: str, log: Log, signed: CheckpointEvidence, walked: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Verify a whole store against itself and against what checkpoints signed.

    ``walked`` is told, now and then, the position reached.
    """
    walk = LogWalk(service, signed)
    with nothing_collected():
        for batch in log.batches():
            walk.take(batch)
            walked(batch[-1].position)
    recorded = log.recorded()
    walk.finish(recorded)
    suspects = list(walk.suspects)[:EXAMINED]
    marks = signed.marks_of(suspects)
    findings = []
    for stream in suspects:
        reached = recorded.get(stream, None if stream in walk.series else 0)
        known = StreamEvidence(marks[stream], signed.length, reached)
        found = first_misfit(service, stream, log.stream(stream), known)
        assert found is not None, f"{service} {stream}: the walk and the naming disagree"
        findings.append(found)
    if walk.unlike and not findings:
        findings.append(_out_of_order(service, walk.unlike[0]))
    verdict = Verdict(service, walk.events, len(walk.heads), walk.covered, tuple(findings))
    return replace(verdict, further=len(walk.suspects) - len(suspects))


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Without Python's search for cycles: there are none, and it looks at every stream again and again (a fifth)."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _out_of_order(service: str, bound: LogBound) -> AuditFinding:
    words = (
        f"every stream fits, but the order of the log up to position {bound.length} is not the one that "
        f"checkpoint {bound.checkpoint} signed"
    )
    return AuditFinding(service, "", 0, bound.length, Alteration.REORDERED, words)
