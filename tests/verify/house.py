"""Five stores with the folders of a few cases, one of which stands in three of them."""

from dataclasses import replace
from uuid import UUID, uuid5

from shared.audit.evidence import LogEntry
from shared.contracts.intake import CaseAccepted
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode
from shared.postgres.databases import Database
from tests.support.building import envelope_of
from tests.verify.generating import case_of, chain, fill

CASE = case_of(100)
TWIN, OTHER = case_of(101), case_of(102)
FOLDERS = {
    "intake": {OTHER: 3, CASE: 4, TWIN: 1},
    "investigation": {CASE: 6},
    "approval": {OTHER: 2, CASE: 5, case_of(104): 1},
    "finance": {OTHER: 4, case_of(105): 2},
}
"""How many events each case has in each store; intake's cases have one more. Analytics has no store yet."""
NUMBERS = {CASE: "261101", TWIN: "261102", OTHER: "261102"}


def furnish(databases: dict[str, Database]) -> None:
    """Fill the stores."""
    for service, folders in FOLDERS.items():
        entries: list[LogEntry] = []
        for case, length in folders.items():
            entries += chain(case, length, service)
            if service == "intake":
                entries.append(accepted(entries[-1], NUMBERS[case]))
        fill(databases[service], (entry._replace(position=place) for place, entry in enumerate(entries, 1)))


def accepted(last: LogEntry, number: str) -> LogEntry:
    """The event that gives a case its number, after the last of its events."""
    said = CaseAccepted(number, "quality-anomaly", None)
    case = UUID(last.stream)
    envelope = replace(
        envelope_of(said, case), id=uuid5(case, number), version=last.version + 1, previous=digest(last.state)
    )
    return LogEntry(0, last.stream, last.version + 1, "intake.case-accepted", encode(said, envelope))
