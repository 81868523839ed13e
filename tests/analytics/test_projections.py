"""Events become rows once, however often and in whichever order the departments' events arrive."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.readmodel.tables import NAMES
from services.analytics.readmodel.writer import LoggedEvent, hear, write
from shared.contracts import intake
from shared.contracts.envelope import Recorded
from shared.contracts.event import SERVICES, Event
from shared.eventstore.codec import encode
from tests.analytics.course import COURSE, FILED, SUCCESSOR, days
from tests.analytics.recording import BEGAN, CASE, Departments

RECORDED = Departments().tell(COURSE)


def heard(recorded: Recorded) -> LoggedEvent:
    return hear(encode(recorded.event, recorded.envelope), recorded.position)


async def keep(pool: asyncpg.Pool, recorded: list[Recorded]) -> list[LoggedEvent]:
    async with pool.acquire() as connection, connection.transaction():
        return await write(connection, [heard(each) for each in recorded])


async def tables(pool: asyncpg.Pool) -> dict[str, list[str]]:
    """Every row of every table as PostgreSQL writes it."""
    return {
        name: [row["line"] for row in await pool.fetch(f"SELECT t::text AS line FROM {name} AS t ORDER BY 1")]
        for name in NAMES
    }


async def test_P1_13_the_register_shows_a_case_from_filing_to_closing(pool: asyncpg.Pool) -> None:
    times = {type(each.event): each.envelope.time for each in RECORDED}
    await keep(pool, RECORDED)

    row = dict(await pool.fetchrow("SELECT * FROM cases"))

    assert row == {
        "case_id": CASE,
        "site": "TPE",
        "pack": "glzd194",
        "pack_version": 1,
        "state": "closed",
        "number": "261101",
        "customer": "Formosa Fasteners",
        "region": "domestic",
        "order_number": "SO-77",
        "part": "M8x40",
        "demand": "return",
        "reason": "cracks at the head",
        "defective": Decimal(20),
        "unit": "piece",
        "complaint_class": "quality-anomaly",
        "reference": "",
        "filed": times[intake.ComplaintFiled],
        "accepted": times[intake.CaseAccepted],
        "closed": times[intake.CaseClosed],
        "due": BEGAN + days(13),
        "missed": BEGAN + days(13),
        "supersedes": None,
        "superseded_by": SUCCESSOR,
        "cause": "material",
        "responsible": "manufacturing",
        "disposition": "discount",
        "amount": Decimal("900.00"),
        "loss": Decimal("900.00"),
        "currency": "TWD",
        "booked_loss": Decimal("950.00"),
    }


async def test_P1_23_a_stage_shows_who_had_it_until_when_and_whether_it_was_late(pool: asyncpg.Pool) -> None:
    await keep(pool, RECORDED)

    rows = await pool.fetch(
        "SELECT stage, owner, round, level, rule, due, time_limit, outcome, missed FROM stages ORDER BY opened, owner"
    )

    half = BEGAN + days(0.5)
    assert [tuple(row) for row in rows] == [
        ("endorsement", "sales", 1, "supervisor", "P1.9", None, None, "done", None),
        ("registration", "gm-office", 1, "", "P1.13", half, "0.5 d", "sent-back", None),
        ("registration", "gm-office", 2, "", "P1.13", half, "0.5 d", "done", None),
        ("cause", "quality", 1, "", "P1.13", BEGAN + days(5), "5 d", "done", BEGAN + days(5)),
        ("opinion", "rd", 1, "", "P1.13", None, None, "done", None),
        ("opinion", "manager-office", 1, "", "P1.13", None, None, "done", None),
        ("loss", "accounting", 1, "", "P1.30", None, None, "done", None),
    ]


async def test_P1_1_an_anomaly_slip_is_in_the_register_and_done(pool: asyncpg.Pool) -> None:
    slip = intake.AnomalySlipFiled("A-1", "Formosa Fasteners", "domestic", "SO-77", "M8", "scratched")
    (recorded,) = Departments().tell([slip])

    await keep(pool, [recorded])

    row = await pool.fetchrow("SELECT number, state, filed, closed FROM cases")
    assert tuple(row) == ("A-1", "anomaly", recorded.envelope.time, recorded.envelope.time)


def said(recorded: list[Recorded]) -> list[tuple[Event, int]]:
    """What was recorded, and where."""
    return [(each.event, each.position) for each in recorded]


async def test_an_event_that_comes_again_changes_nothing(pool: asyncpg.Pool) -> None:
    first = await keep(pool, RECORDED)
    before = await tables(pool)

    again = await keep(pool, RECORDED[3:9])

    assert ([(each.event, each.position) for each in first], again) == (said(RECORDED), [])
    assert await tables(pool) == before


async def test_an_event_that_comes_twice_in_a_batch_is_one(pool: asyncpg.Pool) -> None:
    kept = await keep(pool, [RECORDED[0], RECORDED[0]])

    assert [(each.event, each.position) for each in kept] == said(RECORDED[:1])


async def test_a_batch_is_kept_whole_or_not_at_all(pool: asyncpg.Pool) -> None:
    other = Departments(UUID("0d4c1e5a-0000-5000-8000-00000000000f"))
    unfit = other.say(replace(FILED, customer="a zero byte \x00"))

    with pytest.raises(asyncpg.PostgresError):
        await keep(pool, [*RECORDED, unfit])

    assert await tables(pool) == {name: [] for name in NAMES}


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_departments_may_be_heard_in_any_order_of_each_other(pool: asyncpg.Pool, chance: Any) -> None:
    """Kafka keeps the order of a department's events, not of two departments'; batches end anywhere."""
    await pool.execute(f"TRUNCATE {', '.join(NAMES)}")
    await keep(pool, RECORDED)
    expected = await tables(pool)
    await pool.execute(f"TRUNCATE {', '.join(NAMES)}")
    waiting = {service: [each for each in RECORDED if each.envelope.source == service] for service in SERVICES}

    while any(waiting.values()):
        service = chance.choice([name for name, events in waiting.items() if events])
        many = chance.randint(1, len(waiting[service]))
        await keep(pool, waiting[service][:many])
        del waiting[service][:many]

    assert await tables(pool) == expected
