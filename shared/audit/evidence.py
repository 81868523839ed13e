"""What verification goes by: events as they lie in a store, what they say of themselves, what others know of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec


class LogEntry(NamedTuple):
    """An event as it lies in the store. ``stream`` is the case's id (or that of a series) as text."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes


class ChainFields(msgspec.Struct, frozen=True, gc=False):
    """What an event says of its own place."""

    source: str
    type: str
    subject: str
    streamversion: int
    prevhash: str = ""


read_told = msgspec.json.Decoder(ChainFields).decode
"""From the stored bytes. Raises msgspec.MsgspecError when they are no event."""


class StreamHead(NamedTuple):
    """Where a stream stands: its last version, and the digest of that event."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What a checkpoint signed: that a stream ended with this event."""

    checkpoint: int
    head: StreamHead


@dataclass(frozen=True, slots=True)
class StreamEvidence:
    """What is known of one stream beside its events.

    ``marks``: what checkpoints signed, oldest first. ``length``: the log position up to which the last checkpoint
    reaches. ``recorded``: the version after the last command on record, 0 without any; None where commands say nothing.
    """

    marks: tuple[SignedHead, ...] = ()
    length: int = 0
    recorded: int | None = None

    @property
    def signed(self) -> int:
        """The version up to which checkpoints know the stream."""
        return self.marks[-1].head.version if self.marks else 0


class LogBound(NamedTuple):
    """How far a log reached at a checkpoint, and the digest of what it gained since the one before."""

    checkpoint: int
    length: int
    log: str


@dataclass(frozen=True, slots=True)
class CheckpointEvidence:
    """What all checkpoints say of one store.

    ``heads``: what the last one that knew anything new of a stream says of it. ``earlier``: what those before it said,
    by stream and version, oldest first.
    """

    bounds: list[LogBound] = field(default_factory=list)
    heads: dict[str, SignedHead] = field(default_factory=dict)
    earlier: dict[tuple[str, int], SignedHead] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """The log position up to which the last checkpoint reaches."""
        return self.bounds[-1].length if self.bounds else 0

    def add(self, stream: str, mark: SignedHead) -> None:
        """Take note of what one more checkpoint says of a stream."""
        before = self.heads.get(stream)
        if before is not None:
            self.earlier[stream, before.head.version] = before
        self.heads[stream] = mark

    def marks_of(self, streams: Iterable[str]) -> dict[str, tuple[SignedHead, ...]]:
        """All that was signed of some streams, oldest first."""
        found: dict[str, list[SignedHead]] = {stream: [] for stream in streams}
        for (stream, _), mark in self.earlier.items() if found else ():
            if stream in found:
                found[stream].append(mark)
        last = {stream: (self.heads[stream],) if stream in self.heads else () for stream in found}
        return {stream: (*marks, *last[stream]) for stream, marks in found.items()}


class Alteration(StrEnum):
    """What was done to an event."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """The first event of a stream that is not as it was recorded, and in ``words`` what does not fit.

    ``version`` counts from 1. ``position`` is the event's place in the log, None where there is no such event.
    ``stream`` and ``version`` are empty and 0 when the order of the log as a whole does not fit. ``series`` is the
    key when the stream is not a case but a series of numbers.
    """

    service: str
    stream: str
    version: int
    position: int | None
    kind: Alteration
    words: str
    series: str = ""
