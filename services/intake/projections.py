"""The complaints as intake looks them up: one row a case, for the list, the duplicate warning and superseded cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg

from shared.contracts import intake
from shared.contracts.envelope import Recorded
from shared.readmodels.projection import Handler, Projection
from shared.text.normal import normal

TABLE = """
    CREATE TABLE IF NOT EXISTS complaints (
        case_id uuid PRIMARY KEY,
        site text NOT NULL,
        state text NOT NULL,
        number text NOT NULL DEFAULT '',
        customer text NOT NULL,
        region text NOT NULL,
        order_number text NOT NULL,
        part text NOT NULL,
        complaint_class text NOT NULL DEFAULT '',
        filed_at timestamptz NOT NULL,
        accepted_at timestamptz,
        closed_at timestamptz,
        customer_accepts text NOT NULL DEFAULT '',
        supersedes uuid,
        successor uuid,
        customer_form text NOT NULL,
        order_form text NOT NULL,
        part_form text NOT NULL
    );
    CREATE INDEX IF NOT EXISTS complaints_by_customer ON complaints (customer_form);
    CREATE INDEX IF NOT EXISTS complaints_by_age ON complaints (filed_at DESC, case_id DESC)
"""
OPEN = ("filed", "returned", "accepted")
"""The states of a complaint that is still being handled; the others are ``closed`` and ``slip``."""
MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Complaint:
    """One row. ``customer_accepts`` is ``yes``, ``no`` or empty; ``number`` is empty until the case is accepted."""

    case: UUID
    site: str
    state: str
    number: str
    customer: str
    region: str
    order: str
    part: str
    complaint_class: str
    filed_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    customer_accepts: str
    supersedes: UUID | None
    successor: UUID | None


SELECT = """
    SELECT case_id, site, state, number, customer, region, order_number, part, complaint_class,
           filed_at, accepted_at, closed_at, customer_accepts, supersedes, successor
    FROM complaints
"""


async def complaint(pool: asyncpg.Pool, case: UUID) -> Complaint | None:
    """The row of a case, or None."""
    row = await pool.fetchrow(f"{SELECT} WHERE case_id = $1", case)
    return Complaint(*row) if row else None


async def alike(
    pool: asyncpg.Pool, sites: Sequence[str], customer: str, order: str, part: str, besides: Sequence[UUID]
) -> list[Complaint]:
    """The open complaints of the same customer and the same order or part, however written, newest first."""
    rows = await pool.fetch(
        f"""{SELECT}
        WHERE site = ANY($1) AND state = ANY($2) AND customer_form = $3
          AND (order_form = $4 OR part_form = $5) AND NOT case_id = ANY($6)
        ORDER BY filed_at DESC, case_id DESC LIMIT $7
        """,
        sites,
        OPEN,
        *map(normal, (customer, order, part)),
        besides,
        MOST_ALIKE,
    )
    return [Complaint(*row) for row in rows]


async def complaints(
    pool: asyncpg.Pool, sites: Sequence[str], states: Sequence[str], after: tuple[Any, ...] | None, limit: int
) -> list[Complaint]:
    """Complaints of these sites, in any of the states if some are named, newest first.

    ``after`` is (filed_at, case) of the row to go on from.
    """
    filed_at, case = after or (None, None)
    rows = await pool.fetch(
        f"""{SELECT}
        WHERE site = ANY($1) AND (cardinality($2::text[]) = 0 OR state = ANY($2))
          AND ($3::timestamptz IS NULL OR (filed_at, case_id) < ($3, $4::uuid))
        ORDER BY filed_at DESC, case_id DESC LIMIT $5
        """,
        sites,
        states,
        filed_at,
        case,
        limit,
    )
    return [Complaint(*row) for row in rows]


FILE = """
    INSERT INTO complaints (case_id, site, state, filed_at, supersedes, number, customer, region, order_number, part,
        customer_form, order_form, part_form)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

CORRECT = """
    UPDATE complaints SET state = 'filed', order_number = $2, part = $3, order_form = $4, part_form = $5
    WHERE case_id = $1
"""


async def filed(connection: asyncpg.Connection, recorded: Recorded) -> None:
    """A complaint form is a new row."""
    await enter(connection, recorded, "filed", supersedes=recorded.event.supersedes)


async def slip(connection: asyncpg.Connection, recorded: Recorded) -> None:
    """So is an anomaly slip; nobody works on it any more."""
    await enter(connection, recorded, "slip", number=recorded.event.number)


async def enter(
    connection: asyncpg.Connection, recorded: Recorded, state: str, *, supersedes: UUID | None = None, number: str = ""
) -> None:
    """A new row; beside what identifies the goods stands the form in which that is compared."""
    said, about = recorded.event, recorded.envelope
    row = (about.subject, about.site, state, about.time, supersedes, number)
    goods = (said.customer, said.region, said.order, said.part)
    await connection.execute(FILE, *row, *goods, *map(normal, (said.customer, said.order, said.part)))


async def corrected(connection: asyncpg.Connection, recorded: Recorded) -> None:
    """The form as it now stands is back with the GM Office."""
    said = recorded.event
    goods = (said.order, said.part, normal(said.order), normal(said.part))
    await connection.execute(CORRECT, recorded.envelope.subject, *goods)


def update(assignments: str, *told: str) -> Handler:
    """A handler that changes the row of the case; ``$2`` and on are the attributes of the recorded event so named."""
    statement = f"UPDATE complaints SET {assignments} WHERE case_id = $1"
    values = [attrgetter(name) for name in told]

    async def change(connection: asyncpg.Connection, recorded: Recorded) -> None:
        await connection.execute(statement, recorded.envelope.subject, *(value(recorded) for value in values))

    return change


COMPLAINTS = Projection(
    name="complaints",
    version=2,
    tables={"complaints": TABLE},
    handlers={
        intake.ComplaintFiled: filed,
        intake.AnomalySlipFiled: slip,
        intake.ComplaintWithdrawn: update("state = 'withdrawn'"),
        intake.FormReturned: update("state = 'returned'"),
        intake.FormCorrected: corrected,
        intake.CaseAccepted: update(
            "state = 'accepted', accepted_at = $2, number = $3, complaint_class = $4",
            "envelope.time",
            "event.number",
            "event.complaint_class",
        ),
        intake.NegotiationRecorded: update("customer_accepts = $2", "event.accepted"),
        intake.CaseClosed: update("state = 'closed', closed_at = $2", "envelope.time"),
        intake.CaseSuperseded: update("successor = $2", "event.successor"),
    },
)
