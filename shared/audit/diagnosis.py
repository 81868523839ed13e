"""What was done to a stream, told from its events where one does not fit what stands before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.audit.evidence import Alteration, ChainFields, LogEntry, read_told
from shared.eventstore.chain import digest
from shared.eventstore.codec import NO_EVENT

HEX_DIGEST = 64


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A version, what was done to it, what does not fit; and at which place (from 0) it lies now, if anywhere."""

    version: int
    kind: Alteration
    words: str
    place: int | None = None


@dataclass(slots=True)
class StreamEvents:
    """The events of one stream by version; for each what it tells (None: it is no event) and its digest."""

    service: str
    id: str
    entries: Sequence[LogEntry]
    told: list[ChainFields | None] = field(init=False)
    digests: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.told = [_told(entry.state) for entry in self.entries]
        self.digests = [digest(entry.state) for entry in self.entries]

    def link(self, place: int) -> str:
        """What the event at a place has to name as the one before."""
        return self.digests[place - 1] if place else ""

    def names(self, place: int, link: str) -> bool:
        """Whether there is an event at a place that names this one as the one before."""
        told = self.told[place] if place < len(self.told) else None
        return told is not None and told.prevhash == link

    def follows(self, place: int) -> bool:
        """Whether there is an event at a place, and it names the one that stands before it."""
        return self.names(place, self.link(place))

    def fits(self, place: int) -> bool:
        """Whether everything about the event at a place is as it has to be."""
        entry, told = self.entries[place], self.told[place]
        return (
            told is not None
            and self.follows(place)
            and entry.version == told.streamversion == place + 1
            and (told.source, told.subject, told.type) == (self.service, self.id, entry.topic)
        )


def broken(seen: StreamEvents, place: int, sure: int) -> Diagnosis:
    """What was done, where the event at a place is the first that does not fit.

    ``sure`` is the last version before it that is as a checkpoint signed it.
    """
    entry, told, version = seen.entries[place], seen.told[place], place + 1
    if entry.version < version:
        return Diagnosis(
            entry.version, Alteration.INSERTED, "it stands under a number that was never given or is taken", place
        )
    if told is None:
        if entry.version > version:
            return Diagnosis(version, Alteration.REMOVED, _gap(place, entry.version))
        return Diagnosis(version, Alteration.ALTERED, "its bytes are no event", place)
    if (told.source, told.subject) != (seen.service, seen.id):
        in_line = seen.follows(place) and _elsewhere(seen, place) is None
        kind = Alteration.ALTERED if in_line else Alteration.INSERTED
        return Diagnosis(entry.version, kind, f"it says that {told.source} said it in {told.subject}", place)
    if seen.follows(place):
        return _mislabelled(entry, told, place)
    elsewhere = _elsewhere(seen, place)
    if elsewhere is not None:
        return _displaced(seen, place, told, elsewhere)
    if _forks(seen, place, told):
        return _pushed_in(seen, place, told)
    if max(entry.version, told.streamversion) > version:
        return Diagnosis(version, Alteration.REMOVED, _gap(place, told.streamversion))
    if told.streamversion < version:
        return Diagnosis(version, Alteration.INSERTED, f"it says that it is event {told.streamversion}", place)
    return _unlinked(seen, place, told, sure)


def _gap(place: int, next_version: int) -> str:
    before = f"event {place} is followed by" if place else "the stream begins with"
    return f"it is missing: {before} event {next_version}"


def _mislabelled(entry: LogEntry, told: ChainFields, place: int) -> Diagnosis:
    """An event that follows the one before it, but under a wrong number or name."""
    version = place + 1
    if entry.version == told.streamversion > version:
        return Diagnosis(version, Alteration.REMOVED, _gap(place, entry.version))
    if entry.version == told.streamversion:
        return Diagnosis(
            version, Alteration.ALTERED, f"it is stored as {entry.topic!r}, but says that it is {told.type!r}", place
        )
    words = f"it is stored under number {entry.version}, but says that it is event {told.streamversion}"
    return Diagnosis(version, Alteration.ALTERED, words, place)


def _elsewhere(seen: StreamEvents, place: int) -> int | None:
    """Where the event lies, further on, that belongs to a place."""
    for other in range(place + 1, len(seen.entries)):
        told = seen.told[other]
        if told is not None and told.streamversion == place + 1 and told.prevhash == seen.link(place):
            return other
    return None


def _displaced(seen: StreamEvents, place: int, told: ChainFields, elsewhere: int) -> Diagnosis:
    """Another event stands where the one at ``elsewhere`` belongs: one of the stream's own, or a stranger."""
    version, where = place + 1, seen.entries[elsewhere].version
    own = {*seen.digests[:place], *seen.digests[place + 1 :]}
    if told.streamversion > version and told.prevhash in own:
        words = f"it is stored under number {where}"
        if seen.entries[place].version == version:
            words += f", and event {told.streamversion} under number {version}"
        return Diagnosis(version, Alteration.REORDERED, words, elsewhere)
    words = f"it is not the one that followed event {place}" if place else "it is not the one the stream began with"
    return Diagnosis(version, Alteration.INSERTED, f"{words}, which is stored under number {where}", place)


def _forks(seen: StreamEvents, place: int, told: ChainFields) -> bool:
    """Whether the event at a place says that it follows an earlier one than the last."""
    return 1 <= told.streamversion <= place and told.prevhash == seen.link(told.streamversion - 1)


def _pushed_in(seen: StreamEvents, place: int, told: ChainFields) -> Diagnosis:
    """Two events follow the same one; names the one that the rest of the stream, or else the log, speaks against."""
    version, other = place + 1, told.streamversion
    if seen.digests[place] in seen.digests[:place]:
        return Diagnosis(version, Alteration.INSERTED, f"it is a copy of event {other}", place)
    went_on_before = seen.names(place + 1, seen.digests[place - 1])
    came_later = seen.entries[place].position > seen.entries[other - 1].position
    if went_on_before or (came_later and not seen.follows(place + 1)):
        return Diagnosis(
            version, Alteration.INSERTED, f"it says that it is event {other}, and there is another one", place
        )
    words = f"the event that had its number is stored under {version}"
    return Diagnosis(other, Alteration.INSERTED, words, other - 1)


def _unlinked(seen: StreamEvents, place: int, told: ChainFields, sure: int) -> Diagnosis:
    """The number is right, but it names another event before it: that one was altered, or this one."""
    version = place + 1
    if place == 0:
        return Diagnosis(1, Alteration.ALTERED, "it is the first, but names an event before it", place)
    if sure == place or len(told.prevhash) != HEX_DIGEST:
        return Diagnosis(version, Alteration.ALTERED, f"it does not name event {place} as the one before it", place)
    words = f"its bytes are not those whose hash event {version} names"
    if version < len(seen.entries) and not seen.follows(version):
        words += f"; nor are those of event {version} the ones that event {version + 1} names"
    return Diagnosis(place, Alteration.ALTERED, words, place - 1)


def _told(state: bytes) -> ChainFields | None:
    try:
        return read_told(state)
    except NO_EVENT:
        return None
