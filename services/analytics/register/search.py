"""The case register and tracking table: searched, filtered, a page at a time (P1.13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.http.paging import Moment, Page
from shared.postgres.pool import Connection, Pool
from shared.text.normal import normal, words
from shared.text.pieces import pieces

KEY = (Moment, UUID)
"""The types of the register's sort key: filed, case."""

COLUMNS = """
    cases.case_id, cases.site, cases.pack, cases.pack_version, cases.state, cases.number, cases.customer, cases.region,
    cases.order_number, cases.part, cases.demand, cases.reason, cases.defective, cases.unit, cases.complaint_class,
    cases.reference, cases.filed, cases.accepted, cases.closed, cases.due, cases.missed, cases.supersedes,
    cases.superseded_by, cases.cause, cases.responsible, cases.disposition, cases.amount, cases.loss, cases.currency,
    cases.booked_loss
"""

LATE = "(cases.missed IS NOT NULL OR coalesce(cases.closed IS NULL AND cases.due < $1, false))"
"""Whether the case missed its own limit, closed or open."""
STEP_LATE = """
    coalesce((SELECT true FROM stages WHERE stages.case_id = cases.case_id
        AND (stages.missed IS NOT NULL OR stages.closed IS NULL AND stages.due < $1) LIMIT 1), false)
"""
"""Whether a step was or is late, whatever became of the case. Asked case by case: ``EXISTS`` would read all stages."""
MEASURES = f"{LATE} AS late, {STEP_LATE} AS step_late"

CONDITIONS = {
    "state": "state = {}",
    "complaint_class": "complaint_class = {}",
    "region": "region = {}",
    "department": """EXISTS (
        SELECT FROM stages WHERE stages.case_id = cases.case_id AND stages.owner = {}
            AND stages.closed IS NULL AND stages.opened IS NOT NULL)""",
}
"""What each filter that has a value asks of a case."""

FEW = 10_000
"""So many cases that have a word are looked up; a word of more is asked of the newest cases, one after another."""
SELECT_HAVING = f"""
    SELECT case_id FROM sought WHERE pieces @> $1::integer[] AND strpos(words, $2) > 0 LIMIT {FEW + 1}
"""
"""The cases that have a word, if they are few: an index finds the texts by its pieces."""
AMONG = "case_id = ANY({})"
HAVING = """coalesce((
    SELECT true FROM sought WHERE sought.case_id = cases.case_id AND strpos(sought.words, {}) > 0 LIMIT 1), false)
"""
"""What a word that is sought asks of a case: to be one of the few that have it, or to have it."""

SELECT_NUMBERED = "SELECT DISTINCT case_id FROM sought WHERE number = $1 AND site = ANY($2) LIMIT 2"

PLANNED_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
"""How many texts have a word decides how cases are found: a plan for any word would be one for none."""

SELECT = f"""
    SELECT {COLUMNS}, {MEASURES}
    FROM (
        SELECT found.* FROM (VALUES {{sites}}) AS sites (site) CROSS JOIN LATERAL (
            SELECT filed, case_id FROM cases
            WHERE cases.site = sites.site AND filed IS NOT NULL {{conditions}}
            ORDER BY filed DESC, case_id DESC LIMIT {{limit}}
        ) AS found
        ORDER BY found.filed DESC, found.case_id DESC LIMIT {{limit}}
    ) AS newest JOIN cases USING (case_id)
    ORDER BY newest.filed DESC, newest.case_id DESC
"""
"""Each site's newest are read from the index, in its order; then the newest of these with all that is told of them."""

SELECT_STAGES = """
    SELECT * FROM stages WHERE case_id = ANY($1) AND opened IS NOT NULL AND (NOT $2 OR closed IS NULL)
    ORDER BY opened, stage, owner, round
"""

SELECT_CASE = f"SELECT {COLUMNS}, {MEASURES} FROM cases WHERE case_id = $2"


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the register is wanted; an empty filter lets everything through.

    ``sought`` are words, each of them part of some text of the case (``readmodel/sought.py``), in whichever order and
    however written; ``department`` is one that has the case now;
    ``late`` whether only cases that missed their own limit; ``step_late`` whether only those with a step that was late.
    """

    sought: str = ""
    state: str = ""
    complaint_class: str = ""
    region: str = ""
    department: str = ""
    late: bool = False
    step_late: bool = False


def statement(
    sites: Sequence[str], now: datetime, filters: Filters, page: Page, having: Mapping[str, Sequence[UUID] | None]
) -> tuple[str, list[Any]]:
    """The query and its values, given the cases that have each word, None where they are many.

    Only what is asked for stands in it, so that PostgreSQL need not plan it each time.
    """
    values: list[Any] = [now]

    def held(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    conditions = [asked.format(held(value)) for name, asked in CONDITIONS.items() if (value := getattr(filters, name))]
    for word, cases in having.items():
        conditions.append(HAVING.format(held(word)) if cases is None else AMONG.format(held(cases)))
    if filters.late:
        conditions.append(LATE)
    if filters.step_late:
        conditions.append(STEP_LATE)
    if page.after:
        conditions.append(f"(filed, case_id) < ({', '.join(map(held, page.after))})")
    query = SELECT.format(
        sites=", ".join(f"({held(site)}::text)" for site in sites),
        conditions="".join(f" AND {each}" for each in conditions),
        limit=page.limit + 1,
    )
    return query, values


async def register(
    pool: Pool, sites: Sequence[str], now: datetime, filters: Filters, page: Page
) -> list[dict[str, Any]]:
    """The cases of some sites, newest first, each with its open ``stages``; one more than the page's limit."""
    if not sites:
        return []
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        if filters.sought:
            await connection.execute(PLANNED_ANEW)
        having = {word: await cases_having(connection, word) for word in words(filters.sought)}
        query, values = statement(sites, now, filters, page, having)
        found = await connection.fetch(query, *values)
        opened = await connection.fetch(SELECT_STAGES, [row["case_id"] for row in found], True)
    rows = {row["case_id"]: {**row, "stages": []} for row in found}
    for stage in opened:
        rows[stage["case_id"]]["stages"].append(dict(stage))
    return list(rows.values())


async def cases_having(connection: Connection, word: str) -> Sequence[UUID] | None:
    """The cases that have a word in some text; None where they are many, or the word is too short to tell."""
    if not (indexed := pieces(word)):
        return None
    rows = await connection.fetch(SELECT_HAVING, indexed, word)
    return sorted({row["case_id"] for row in rows}) if len(rows) <= FEW else None


async def numbered(pool: Pool, sites: Sequence[str], told: str) -> list[UUID]:
    """The cases with this number, or with a slip of this number, at some sites; two at most: then it leads to none."""
    rows = await pool.fetch(SELECT_NUMBERED, normal(told), list(sites))
    return [row["case_id"] for row in rows]


async def case_row(pool: Pool, case: UUID, now: datetime) -> dict[str, Any] | None:
    """The register's row of a case with all its ``stages``; None when nothing was heard of it."""
    async with pool.acquire() as connection:
        row = await connection.fetchrow(SELECT_CASE, now, case)
        stages = await connection.fetch(SELECT_STAGES, [case], False)
    return {**row, "stages": [dict(stage) for stage in stages]} if row else None
