"""Analytics compares itself with every store: names what does not fit, fills what it lacks, and only that unasked."""

import asyncio
from typing import Any

import pytest

from services.analytics.upkeep import comparison, reconciliation
from services.analytics.upkeep.comparison import Discrepancy, DiscrepancyKind
from services.analytics.upkeep.operations import RECONCILE, last_reconcile, note
from services.analytics.upkeep.reconciliation import ReconciliationResult, RepairAction, reconcile
from services.analytics.upkeep.repair import RepairResult
from tests.analytics.course import COURSE
from tests.analytics.generating import case_of, lives
from tests.analytics.house import CASES, House
from tests.analytics.recording import BEGAN

CASE = case_of(3)
EVENTS = CASES * len(COURSE)


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on its way in these stores."""
    monkeypatch.setattr(reconciliation, "ON_THE_WAY", 0.0)


async def reconciled(house: House, doing: RepairAction) -> tuple[ReconciliationResult, list[Discrepancy]]:
    """Reconcile; what came of it and what was reported."""
    found: list[Discrepancy] = []
    result = await reconcile(house.pool, house.stores, doing, report=found.append, tell=lambda share, events: None)
    return result, found


async def position_of(house: House, service: str, version: int) -> int:
    """Where an event of the case stands in its service's log."""
    return int(
        await house.stores[service].fetchval(
            "SELECT notification_id FROM stored_events WHERE originator_id = $1 AND originator_version = $2",
            *(CASE, version),
        )
    )


async def test_where_everything_is_kept_nothing_is_found(house: House) -> None:
    await house.keep()
    result, found = await reconciled(house, RepairAction.FILL)
    assert (result, found) == (ReconciliationResult(events=EVENTS), [])


async def test_a_span_at_a_time_gives_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.analytics.upkeep.case_ranges.WANTED", 60)
    monkeypatch.setattr(comparison, "MOST", 100)
    await house.keep()
    await house.pool.execute("DELETE FROM history WHERE (case_id, service) = ($1, 'finance')", CASE)
    result, found = await reconciled(house, RepairAction.NOTHING)
    assert (result.events, [(each.table, each.kind) for each in found]) == (
        EVENTS, [("history", DiscrepancyKind.MISSING), ("cases", DiscrepancyKind.DIFFERENT)],
    )  # fmt: skip


FAULTS: dict[str, tuple[str, tuple[str, str, DiscrepancyKind, int]]] = {
    "an event is missing": (
        "DELETE FROM history WHERE case_id = $1 AND type = 'intake.stage-closed' AND version = 4",
        ("history", "intake", DiscrepancyKind.MISSING, 1),
    ),
    "a service is missing": (
        "DELETE FROM history WHERE case_id = $1 AND service = 'investigation'",
        ("history", "investigation", DiscrepancyKind.MISSING, 3),
    ),
    "an event is altered": (
        "UPDATE history SET body = replace(convert_from(body, 'UTF8'), 'brittle', 'perfect')::bytea "
        "WHERE case_id = $1 AND type = 'investigation.cause-reported'",
        ("history", "investigation", DiscrepancyKind.DIFFERENT, 1),
    ),
    "an event stands at another position": (
        "UPDATE history SET position = position + 1 WHERE case_id = $1 AND (service, version) = ('intake', 1)",
        ("history", "intake", DiscrepancyKind.DIFFERENT, 1),
    ),
    "an event is said to be another person's": (
        "UPDATE history SET actor = 'nobody' WHERE case_id = $1 AND (service, version) = ('intake', 2)",
        ("history", "intake", DiscrepancyKind.DIFFERENT, 1),
    ),
    "the row of the register is missing": (
        "DELETE FROM cases WHERE case_id = $1", ("cases", "", DiscrepancyKind.MISSING, 1),
    ),
    "an amount is altered": (
        "UPDATE cases SET amount = 9 WHERE case_id = $1", ("cases", "", DiscrepancyKind.DIFFERENT, 1),
    ),
    "an amount is written otherwise": (
        "UPDATE cases SET amount = 900.0 WHERE case_id = $1", ("cases", "", DiscrepancyKind.DIFFERENT, 1),
    ),
    "stages are missing": (
        "DELETE FROM stages WHERE case_id = $1 AND stage = 'opinion'", ("stages", "", DiscrepancyKind.MISSING, 2),
    ),
    "a stage is invented": (
        "INSERT INTO stages (case_id, stage, owner, round, site) VALUES ($1, 'lunch', 'sales', 1, 'TPE')",
        ("stages", "", DiscrepancyKind.EXTRA, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "expected"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_planted_fault_is_named_and_repaired(
    house: House, fault: str, expected: tuple[str, str, DiscrepancyKind, int]
) -> None:
    await house.keep()
    lived = await house.tables()
    await house.pool.execute(fault, CASE)
    spoilt = await house.tables()

    looked, found = await reconciled(house, RepairAction.NOTHING)
    assert [each.case for each in found] == [CASE] * len(found)
    assert expected in [(each.table, each.service, each.kind, each.count) for each in found]
    assert (looked.left.total() > 0, await house.tables()) == (True, spoilt)

    repaired, again = await reconciled(house, RepairAction.REPAIR)
    assert (again, repaired.left.total()) == (found, 0)
    assert await house.tables() == lived


async def test_of_missing_events_the_first_position_is_told(house: House) -> None:
    await house.keep()
    await house.pool.execute("DELETE FROM history WHERE case_id = $1 AND service = 'intake' AND version >= 5", CASE)
    _, found = await reconciled(house, RepairAction.NOTHING)
    first = await position_of(house, "intake", 5)
    assert [each.position for each in found if each.table == "history"] == [first]


async def test_unasked_it_fills_what_is_missing_and_leaves_what_differs(house: House) -> None:
    await house.keep()
    lived = await house.tables()
    other = case_of(4)
    await house.pool.execute("DELETE FROM history WHERE case_id = $1 AND service = 'approval'", CASE)
    await house.pool.execute("UPDATE cases SET customer = 'nobody' WHERE case_id = $1", other)

    result, _ = await reconciled(house, RepairAction.FILL)

    assert (result.mended.filled, result.mended.replaced) == (3, 0)
    assert result.left == {DiscrepancyKind.DIFFERENT: 1}
    assert await house.pool.fetchval("SELECT customer FROM cases WHERE case_id = $1", other) == "nobody"
    await reconciled(house, RepairAction.REPAIR)
    assert await house.tables() == lived


async def test_what_was_altered_beyond_reading_is_not_removed_when_the_case_is_filled(house: House) -> None:
    await house.keep()
    first = (
        "(case_id, service, version) = (SELECT case_id, service, min(version) FROM history GROUP BY 1, 2 "
        "HAVING (case_id, service) = ($1, 'approval'))"
    )
    await house.pool.execute(f"UPDATE history SET body = 'no event' WHERE {first}", CASE)
    await house.pool.execute("DELETE FROM history WHERE case_id = $1 AND service = 'finance'", CASE)

    result, _ = await reconciled(house, RepairAction.FILL)

    body = await house.pool.fetchval(f"SELECT body FROM history WHERE {first}", CASE)
    assert (body, result.mended.filled, result.mended.unfit) == (b"no event", 1, 1)


async def test_an_earlier_event_that_is_filled_in_does_not_undo_a_later_one(house: House) -> None:
    """The case is closed; its acceptance comes afterwards, and sets the state no more."""
    await house.keep()
    lived = await house.tables()
    await house.pool.execute("DELETE FROM history WHERE case_id = $1 AND type = 'intake.case-accepted'", CASE)
    await reconciled(house, RepairAction.FILL)
    assert await house.tables() == lived


async def test_what_no_store_has_is_named_and_never_removed(house: House) -> None:
    await house.keep()
    lived = await house.tables()
    await house.stores["finance"].execute(
        "DELETE FROM stored_events WHERE originator_id = $1 AND topic LIKE 'finance.%'", CASE
    )
    result, found = await reconciled(house, RepairAction.REPAIR)
    assert [(each.service, each.kind, each.count) for each in found] == [("finance", DiscrepancyKind.EXTRA, 1)]
    assert (result.left, await house.tables()) == ({DiscrepancyKind.EXTRA: 1}, lived)


async def test_what_lies_beyond_the_end_of_a_log_is_named(house: House) -> None:
    await house.keep()
    await house.stores["finance"].execute("DELETE FROM stored_events WHERE notification_id > 38")
    _, found = await reconciled(house, RepairAction.FILL)
    assert sorted((each.service, each.kind, each.position or 0) for each in found) == [
        ("finance", DiscrepancyKind.EXTRA, 39), ("finance", DiscrepancyKind.EXTRA, 40),
    ]  # fmt: skip


async def test_empty_tables_are_filled_from_nothing(house: House) -> None:
    result, _ = await reconciled(house, RepairAction.FILL)
    filled = await house.tables()
    await house.keep()
    assert (result.mended, result.left.total()) == (RepairResult(filled=EVENTS), 0)
    assert await house.tables() == filled


async def test_while_the_worker_runs_each_event_is_kept_once(house: House) -> None:
    """The worker brings everything, in its own batches, while all of it is being filled in."""
    together = asyncio.gather(house.keep(), reconciled(house, RepairAction.FILL), house.keep())
    await together
    kept = await house.tables()
    assert len(kept["history"]) == EVENTS
    result, found = await reconciled(house, RepairAction.NOTHING)
    assert (found, result.left.total()) == ([], 0)


async def test_what_is_recorded_after_it_began_is_not_said_to_be_missing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.keep()
    true_heads = reconciliation.heads

    async def heads(stores: Any) -> dict[str, int]:
        ends = await true_heads(stores)
        await asyncio.to_thread(house.record, *lives([900]))
        return ends

    monkeypatch.setattr(reconciliation, "heads", heads)
    assert (await reconciled(house, RepairAction.NOTHING))[1] == []


async def test_what_is_on_its_way_is_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "ON_THE_WAY", 30.0)
    bringing = asyncio.create_task(house.keep())
    result, found = await reconciled(house, RepairAction.NOTHING)
    await bringing
    assert (found, result.events) == ([], EVENTS)


async def test_the_last_one_is_remembered(house: House) -> None:
    assert await last_reconcile(house.pool) is None
    for events in (1, 2):
        await note(house.pool, RECONCILE, BEGAN, ReconciliationResult(events=events).figures())
    last = await last_reconcile(house.pool)
    assert last is not None
    assert (last.at, last.result["events"], last.result["left"]) == (BEGAN, 2, 0)


async def test_a_digest_that_leaves_the_bytes_out_would_miss_what_was_altered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in a sentence that no row shows is found by the bytes and nothing else."""
    await house.keep()
    await house.pool.execute(FAULTS["an event is altered"][0], CASE)
    assert [each.kind for each in (await reconciled(house, RepairAction.NOTHING))[1]] == [DiscrepancyKind.DIFFERENT]
    for statement, bytes_ in (("SELECT_KEPT", "sha256(body)"), ("SELECT_STORED", "sha256(state)")):
        blind = getattr(comparison, statement).replace(f" || {bytes_}", "")
        monkeypatch.setattr(comparison, statement, blind)
    assert (await reconciled(house, RepairAction.NOTHING))[1] == []
