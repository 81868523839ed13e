"""The first event of a stream that is not as it was recorded. Pure: events in, a finding out."""

from collections.abc import Sequence

import msgspec

from shared.audit.diagnosis import Diagnosis, StreamEvents, broken
from shared.audit.evidence import Alteration, AuditFinding, LogEntry, SignedHead, StreamEvidence
from shared.eventstore.codec import NO_EVENT
from shared.eventstore.number_series import series_stream


def first_misfit(service: str, stream: str, entries: Sequence[LogEntry], known: StreamEvidence) -> AuditFinding | None:
    """The first event of a stream that is not as recorded; None when all are. ``entries`` come by version."""
    seen = StreamEvents(service, stream, entries)
    blame = _first(seen, known)
    if blame is None:
        return None
    position = None if blame.place is None else entries[blame.place].position
    series = series_of(stream, entries[0].state) if entries else ""
    return AuditFinding(service, stream, blame.version, position, blame.kind, blame.words, series)


def series_of(stream: str, state: bytes) -> str:
    """The key of the series that a stream is, as its first event tells; empty when it is the stream of no series."""
    try:
        key = str(msgspec.json.decode(state)["data"]["series"])
    except (*NO_EVENT, LookupError, TypeError):
        return ""
    return key if str(series_stream(key)) == stream else ""


def _first(seen: StreamEvents, known: StreamEvidence) -> Diagnosis | None:
    marks = {mark.head.version: mark for mark in known.marks}
    sure = 0
    for place in range(len(seen.entries)):
        if not seen.fits(place):
            return broken(seen, place, sure)
        mark = marks.get(place + 1)
        if mark is not None and mark.head.digest != seen.digests[place]:
            return _unlike(seen, mark, sure)
        blame = _misplaced(seen, place, known)
        if blame is not None:
            return blame
        sure = sure if mark is None else place + 1
    return _ending(len(seen.entries), known)


def _misplaced(seen: StreamEvents, place: int, known: StreamEvidence) -> Diagnosis | None:
    """What is wrong with where an event stands in the log."""
    position, version = seen.entries[place].position, place + 1
    if place and position <= seen.entries[place - 1].position:
        return Diagnosis(version, Alteration.REORDERED, f"in the log it stands before event {place}", place)
    if version > known.signed and position <= known.length:
        words = "it stands in a part of the log that a checkpoint covers, and the checkpoint does not know it"
        return Diagnosis(version, Alteration.INSERTED, words, place)
    if version <= known.signed and position > known.length:
        return Diagnosis(
            version, Alteration.REORDERED, "a checkpoint covers it, but in the log it stands after that", place
        )
    return None


def _ending(last: int, known: StreamEvidence) -> Diagnosis | None:
    """What is wrong with where the stream ends."""
    ends = f"the stream ends with event {last}" if last else "the whole stream is gone"
    if last < known.signed:
        first = next(mark.checkpoint for mark in known.marks if mark.head.version > last)
        words = f"{ends}, and checkpoint {first} knows more of it; it reached to event {known.signed}"
        return Diagnosis(last + 1, Alteration.TRUNCATED, words)
    if known.recorded is not None and last < known.recorded:
        words = f"{ends}, and the commands on record reach to event {known.recorded}"
        return Diagnosis(last + 1, Alteration.TRUNCATED, words)
    if known.recorded is not None and last > known.recorded:
        words = "no command on record led to it"
        return Diagnosis(known.recorded + 1, Alteration.INSERTED, words, known.recorded)
    return None


def _unlike(seen: StreamEvents, mark: SignedHead, sure: int) -> Diagnosis:
    """A signed event that is another one now: altered itself, or with others whose chain was made to fit."""
    version = mark.head.version
    broken_after = version < len(seen.entries) and not seen.follows(version)
    if version == sure + 1 or broken_after:
        words = f"its bytes are not those that checkpoint {mark.checkpoint} signed"
        return Diagnosis(version, Alteration.ALTERED, words, version - 1)
    words = (
        f"the chain was made anew: event {version} is not the one that checkpoint {mark.checkpoint} signed, "
        f"and what was changed lies somewhere from event {sure + 1} on"
    )
    return Diagnosis(sure + 1, Alteration.REWRITTEN, words, sure)
