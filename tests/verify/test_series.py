"""A series of numbers has no command of its own; nothing else passes for one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from deploy.cli.verifying import sentence
from shared.audit.evidence import CheckpointEvidence, LogEntry
from shared.audit.verification import verify
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode
from shared.eventstore.number_series import NumberDrawn, series_stream
from tests.support.building import envelope_of
from tests.support.office import Noted
from tests.verify.generating import case_of

KEY = "number/TPE"
SERIES, CASE = series_stream(KEY), case_of(1)


@dataclass
class Stored:
    """A log of one stream, to which no command on record led."""

    entries: list[LogEntry]

    def length(self) -> int:
        return len(self.entries)

    def batches(self, after: int = 0) -> Iterator[list[LogEntry]]:
        yield self.entries[after:]

    def stream(self, stream: str) -> list[LogEntry]:
        return [entry for entry in self.entries if entry.stream == stream]

    def recorded(self) -> Mapping[str, int]:
        return {}


def stored(stream: UUID, *events: NumberDrawn | Noted) -> Stored:
    """These events as a stream whose chain is right."""
    entries: list[LogEntry] = []
    for version, event in enumerate(events, 1):
        previous = digest(entries[-1].state) if entries else ""
        envelope = replace(envelope_of(event, stream), source="testing", version=version, previous=previous)
        entries.append(LogEntry(version, str(stream), version, envelope.type, encode(event, envelope)))
    return Stored(entries)


def found(log: Stored) -> list[str]:
    return [sentence(finding) for finding in verify("testing", log, CheckpointEvidence()).findings]


FIRST, SECOND = (NumberDrawn(KEY, serial, CASE) for serial in (1, 2))


def test_the_numbers_of_a_series_are_as_recorded() -> None:
    assert found(stored(SERIES, FIRST, SECOND)) == []


def test_a_series_does_not_go_on_as_a_case() -> None:
    assert found(stored(SERIES, FIRST, Noted("forged"), SECOND)) == [
        "testing, series number/TPE, event 1 (position 1): inserted; no command on record led to it."
    ]


def test_a_case_does_not_begin_as_a_series() -> None:
    for events in ((FIRST,), (FIRST, Noted("forged"))):
        assert found(stored(CASE, *events)) == [
            f"testing, case {CASE}, event 1 (position 1): inserted; no command on record led to it."
        ]
