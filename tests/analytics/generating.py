"""Five stores filled in bulk: cases that go the course, several at a time, and the copies of what departments hear."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

import psycopg

from shared.contracts import approval, intake
from shared.contracts.event import SERVICES, Event
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode
from shared.eventstore.store import Store
from shared.postgres.databases import Database
from tests.analytics.course import COURSE
from tests.analytics.recording import Departments

CASES = UUID("3c1f8a52-6c0e-5b7b-9f5e-1d2c3b4a5f60")
HEARD = (intake.StageOpened, intake.StageClosed, intake.CaseAccepted, intake.CaseClosed)
HEARERS = ("analytics", "approval")
TOGETHER = 50
"""So many cases go on by turns."""


def case_of(number: int) -> UUID:
    """The case of a number."""
    return uuid5(CASES, str(number))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a store's log, without its position."""

    service: str
    case: UUID
    version: int
    topic: str
    state: bytes


def life(case: UUID, site: str, course: Iterable[Event] = COURSE) -> Iterator[list[Entry]]:
    """What a case leaves in the stores, event by event: its owner's, and the copies of those who hear it."""
    told = Departments(case, site=site).tell(numbered(said, case) for said in course)
    reached = dict.fromkeys(SERVICES, 0)
    last = dict.fromkeys(SERVICES, "")
    for recorded in told:
        owner = recorded.envelope.source
        hearers = [name for name in HEARERS if name != owner and isinstance(recorded.event, HEARD)]
        state = encode(recorded.event, replace(recorded.envelope, version=reached[owner] + 1, previous=last[owner]))
        entries = []
        for service in (owner, *hearers):
            reached[service] += 1
            entries.append(Entry(service, case, reached[service], recorded.envelope.type, state))
            last[service] = digest(state)
        yield entries


def numbered(said: Event, case: UUID) -> Event:
    """The event with a number that no other case has, where numbers may not come twice."""
    return replace(said, number=f"U-{case.hex[:10]}") if isinstance(said, approval.UrgingSlipIssued) else said


def lives(
    numbers: Iterable[int], sites: tuple[str, ...] = ("TPE",), course: Iterable[Event] = COURSE
) -> Iterator[Entry]:
    """The lives of these cases, in the order in which the stores learn of them."""
    waiting = list(numbers)
    course = tuple(course)
    for first in range(0, len(waiting), TOGETHER):
        some = waiting[first : first + TOGETHER]
        for turn in zip(*(life(case_of(number), sites[number % len(sites)], course) for number in some), strict=True):
            for entries in turn:
                yield from entries


def fill(databases: Mapping[str, Database], entries: Iterable[Entry]) -> None:
    """Add entries to the stores, which are made when they are not there."""
    logs: dict[str, list[Entry]] = {service: [] for service in databases}
    for entry in entries:
        logs[entry.service].append(entry)
    for service, database in databases.items():
        store = Store(database)
        store.prepare()
        store.close()
        with (
            psycopg.connect(database.url) as connection,
            connection.cursor() as cursor,
            cursor.copy(
                "COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT binary)"
            ) as copy,
        ):
            copy.set_types(("uuid", "int8", "text", "bytea"))
            for each in logs[service]:
                copy.write_row((each.case, each.version, each.topic, each.state))
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("ANALYZE stored_events")
