"""Approval's list of slips: who was urged and who was asked why he was late, and what he answered (P1.25, P1.26)."""

from collections.abc import Sequence
from typing import Any

from shared.contracts import approval, intake
from shared.contracts.envelope import Recorded
from shared.http.paging import Page
from shared.postgres.pool import Connection, Pool
from shared.readmodels.projection import Projection

URGING, INQUIRY = "urging", "inquiry"

TABLES = {
    "slips": """
        CREATE TABLE IF NOT EXISTS slips (
            position bigint PRIMARY KEY, kind text NOT NULL, number text NOT NULL, site text NOT NULL,
            case_id uuid NOT NULL, department text NOT NULL, stage text NOT NULL, round integer NOT NULL,
            due timestamptz NOT NULL, used text NOT NULL, allowed text NOT NULL, own text NOT NULL,
            issued timestamptz NOT NULL, answered timestamptz, reason text,
            UNIQUE (site, number, kind)
        );
        CREATE INDEX IF NOT EXISTS slips_of_site ON slips (site, position DESC)
    """,
    "numbered_cases": """
        CREATE TABLE IF NOT EXISTS numbered_cases (case_id uuid PRIMARY KEY, number text NOT NULL)
    """,
}

INSERT = "INSERT INTO slips VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
ANSWER = "UPDATE slips SET answered = $4, reason = $5 WHERE kind = $1 AND site = $2 AND number = $3"
NUMBER = "INSERT INTO numbered_cases VALUES ($1, $2) ON CONFLICT DO NOTHING"
SELECT = """
    SELECT slips.*, numbered_cases.number AS case_number FROM slips LEFT JOIN numbered_cases USING (case_id)
    WHERE site = ANY($1) AND ($2::bigint IS NULL OR position < $2)
        AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR department = $4)
    ORDER BY position DESC LIMIT $5
"""


async def issue(connection: Connection, recorded: Recorded) -> None:
    """A slip of either kind was issued."""
    slip, around = recorded.event, recorded.envelope
    kind = URGING if isinstance(slip, approval.UrgingSlipIssued) else INQUIRY
    whose = (slip.department, slip.stage, slip.round, slip.due, slip.used, slip.allowed, slip.own)
    await connection.execute(
        INSERT, recorded.position, kind, slip.number, around.site, around.subject, *whose, around.time
    )


async def answer(connection: Connection, recorded: Recorded) -> None:
    """A department gave its reason."""
    given, around = recorded.event, recorded.envelope
    await connection.execute(ANSWER, INQUIRY, around.site, given.number, around.time, given.reason)


async def number(connection: Connection, recorded: Recorded) -> None:
    """A case got its number, under which people know it."""
    await connection.execute(NUMBER, recorded.envelope.subject, recorded.event.number)


SLIPS = Projection(
    name="slips",
    version=2,
    tables=TABLES,
    handlers={
        approval.UrgingSlipIssued: issue,
        approval.InquirySlipIssued: issue,
        approval.InquiryAnswered: answer,
        intake.CaseAccepted: number,
    },
)


async def slips(
    pool: Pool, sites: Sequence[str], page: Page, *, kind: str | None = None, department: str | None = None
) -> list[dict[str, Any]]:
    """The slips of some sites, newest first; one more than the page holds. Of one kind or department only, if named."""
    after = page.after[0] if page.after else None
    rows = await pool.fetch(SELECT, list(sites), after, kind, department, page.limit + 1)
    return [dict(row) for row in rows]
