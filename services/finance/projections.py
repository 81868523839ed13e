"""Finance's list of losses: what each complaint really cost, and by which formula (P1.30)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from shared.contracts import finance, intake
from shared.contracts.envelope import Recorded
from shared.http.paging import Page
from shared.postgres.pool import Connection, Pool
from shared.readmodels.projection import Projection

TABLES = {
    "losses": """
        CREATE TABLE IF NOT EXISTS losses (
            position bigint PRIMARY KEY, site text NOT NULL, case_id uuid NOT NULL, disposition text NOT NULL,
            inputs jsonb NOT NULL, formula text NOT NULL, amount numeric NOT NULL, currency text NOT NULL,
            recorded timestamptz NOT NULL, remark text NOT NULL
        );
        CREATE INDEX IF NOT EXISTS losses_of_site ON losses (site, position DESC)
    """,
    "numbered_cases": """
        CREATE TABLE IF NOT EXISTS numbered_cases (case_id uuid PRIMARY KEY, number text NOT NULL)
    """,
}

INSERT = "INSERT INTO losses VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
NUMBER = "INSERT INTO numbered_cases VALUES ($1, $2) ON CONFLICT DO NOTHING"
SELECT = """
    SELECT losses.*, numbered_cases.number AS case_number FROM losses LEFT JOIN numbered_cases USING (case_id)
    WHERE site = ANY($1) AND ($2::bigint IS NULL OR position < $2)
    ORDER BY position DESC LIMIT $3
"""


async def record(connection: Connection, recorded: Recorded) -> None:
    """A loss was recorded; its inputs are kept as they were written, as text."""
    loss, around = recorded.event, recorded.envelope
    inputs = msgspec.json.encode({name: str(value) for name, value in loss.inputs.items()}).decode()
    money = (loss.loss.amount, loss.loss.currency)
    await connection.execute(
        INSERT,
        *(recorded.position, around.site, around.subject, loss.disposition, inputs, loss.formula),
        *(*money, around.time, loss.remark),
    )


async def number(connection: Connection, recorded: Recorded) -> None:
    """A case got its number, under which people know it."""
    await connection.execute(NUMBER, recorded.envelope.subject, recorded.event.number)


LOSSES = Projection(name="losses", tables=TABLES, handlers={finance.LossRecorded: record, intake.CaseAccepted: number})


async def losses(pool: Pool, sites: Sequence[str], page: Page) -> list[dict[str, Any]]:
    """The losses of some sites, newest first, one more than the page's limit."""
    after = page.after[0] if page.after else None
    rows = await pool.fetch(SELECT, list(sites), after, page.limit + 1)
    return [{**row, "inputs": msgspec.json.decode(row["inputs"])} for row in rows]
