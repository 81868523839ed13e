"""Whole cases from elsewhere: appended once, chained, and from then on like any other case."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError

from shared.audit.evidence import CheckpointEvidence
from shared.audit.log_reader import reading
from shared.audit.verification import verify
from shared.commands.answers import KeyReused
from shared.eventstore.chain import first_break
from tests.support.building import CLERK, Building, log_of, note, states_of, until
from tests.support.bulk import BulkAppender, CaseHistory, ImportedEvent
from tests.support.office import OFFICE, Closed, Noted, Opened

LONG_AGO = datetime(2019, 3, 1, tzinfo=UTC)


def told(*events: object) -> Sequence[ImportedEvent]:
    return [ImportedEvent(event, LONG_AGO + timedelta(days=day), CLERK) for day, event in enumerate(events)]


def history(*events: object, case: UUID | None = None) -> CaseHistory:
    return CaseHistory(uuid4(), case or uuid4(), "TPE", "test", 1, told(*events))


FIRST = history(Opened("first"), Noted("cracked"), Closed())
SECOND = history(Opened("second"), Noted("bent"))


@pytest.fixture
def bulk(building: Building) -> BulkAppender:
    return BulkAppender(OFFICE.name, building.store(), building.clock)


async def test_cases_are_appended_in_their_order_and_verify(building: Building, bulk: BulkAppender) -> None:
    assert bulk.append([FIRST, SECOND]) == 5

    store = building.store()
    names = ["testing.opened", "testing.noted", "testing.closed", "testing.opened", "testing.noted"]
    assert [name for _, name in log_of(store)] == names
    assert [first_break(states_of(store, each.case)) for each in (FIRST, SECOND)] == [None, None]
    with reading(building.database()) as log:
        verdict = verify(OFFICE.name, log, CheckpointEvidence())
    assert (verdict.events, verdict.findings) == (5, ())


async def test_what_was_taken_over_is_not_taken_over_again(building: Building, bulk: BulkAppender) -> None:
    bulk.append([FIRST])

    assert bulk.append([FIRST, SECOND]) == 2
    assert bulk.append([FIRST, SECOND]) == 0
    assert len(log_of(building.store())) == 5


async def test_the_same_id_with_other_events_is_refused_and_nothing_is_written(
    building: Building, bulk: BulkAppender
) -> None:
    bulk.append([FIRST])

    with pytest.raises(KeyReused):
        bulk.append([SECOND, replace(FIRST, told=told(Opened("another")))])

    assert len(log_of(building.store())) == 3


async def test_a_case_that_has_a_folder_is_left_alone(building: Building, bulk: BulkAppender) -> None:
    bulk.append([FIRST])

    with pytest.raises(IntegrityError):
        bulk.append([SECOND, history(Opened("first"), case=FIRST.case)])

    assert len(log_of(building.store())) == 3


async def test_work_goes_on_in_a_case_that_was_taken_over(building: Building, bulk: BulkAppender) -> None:
    bulk.append([SECOND])

    answer = await note(building.gate(), SECOND.case, "straightened")

    assert answer.version == 3
    assert first_break(states_of(building.store(), SECOND.case)) is None


async def test_who_writes_into_the_log_meanwhile_is_waited_for(building: Building, bulk: BulkAppender) -> None:
    """Else a reader of the log could pass over what gets its position first and is committed last."""
    bulk.append([FIRST])
    with building.store().connection() as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE stored_events IN ROW EXCLUSIVE MODE")
        appending = asyncio.create_task(asyncio.to_thread(bulk.append, [SECOND]))
        await until(lambda: waits_for_lock(other), "the append waits")
        other.execute("COMMIT")

    assert await appending == 2


def waits_for_lock(connection: psycopg.Connection[Any]) -> bool:
    """Whether somebody waits for the log."""
    waiting = "SELECT FROM pg_locks WHERE relation = 'stored_events'::regclass AND NOT granted"
    return connection.execute(waiting).fetchone() is not None
