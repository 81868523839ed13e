"""The figures of the moment: what is open and overdue, where, and what happened last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.readmodel.pool import Pool

LATELY = timedelta(days=30)
"""How far back closed cases are counted."""
NEWEST = 15

OPEN = """
    SELECT count(*) AS open, count(*) FILTER (WHERE due < $2) AS overdue
    FROM cases WHERE closed IS NULL AND filed IS NOT NULL AND site = ANY($1)
"""
CLOSED = """
    SELECT count(*) AS closed, count(*) FILTER (WHERE missed IS NOT NULL) AS closed_late
    FROM cases WHERE site = ANY($1) AND closed >= $2 AND state = 'closed'
"""
STAGES = """
    SELECT stage, owner, count(*) AS open, count(*) FILTER (WHERE due < $2) AS overdue, min(due) AS next_due
    FROM stages WHERE closed IS NULL AND opened IS NOT NULL AND site = ANY($1)
    GROUP BY stage, owner ORDER BY overdue DESC, open DESC, stage, owner
"""
LATE = """
    SELECT stages.*, cases.number, cases.customer FROM stages LEFT JOIN cases USING (case_id)
    WHERE stages.closed IS NULL AND stages.opened IS NOT NULL AND stages.site = ANY($1) AND stages.due < $2
    ORDER BY stages.due, stages.case_id, stages.stage, stages.owner LIMIT $3
"""
EVENTS = """
    SELECT newest.*, cases.number, cases.customer
    FROM unnest($1::text[]) AS wanted (site) CROSS JOIN LATERAL (
        SELECT case_id, service, version, hlc, site, at, type, actor FROM history
        WHERE history.site = wanted.site ORDER BY hlc DESC LIMIT $2
    ) AS newest LEFT JOIN cases USING (case_id)
    ORDER BY newest.hlc DESC LIMIT $2
"""
BY_SITE = """
    SELECT site, count(*) AS open, count(*) FILTER (WHERE due < $1) AS overdue
    FROM cases WHERE closed IS NULL AND filed IS NOT NULL GROUP BY site
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Cases open, of them overdue; closed lately, of them late; stages by name and department; who is late; events."""

    open: int
    overdue: int
    closed: int
    closed_late: int
    stages: list[dict[str, Any]]
    late: list[dict[str, Any]]
    newest: list[dict[str, Any]]


async def figures(pool: Pool, sites: Sequence[str], now: datetime) -> Figures:
    """The figures of some sites."""
    wanted = list(sites)
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        opened = await connection.fetchrow(OPEN, wanted, now)
        closed = await connection.fetchrow(CLOSED, wanted, now - LATELY)
        stages = await connection.fetch(STAGES, wanted, now)
        late = await connection.fetch(LATE, wanted, now, NEWEST)
        newest = await connection.fetch(EVENTS, wanted, NEWEST)
    return Figures(**opened, **closed, stages=plain(stages), late=plain(late), newest=plain(newest))


async def by_site(pool: Pool, now: datetime) -> dict[str, tuple[int, int]]:
    """Open and overdue cases of every site."""
    return {row["site"]: (row["open"], row["overdue"]) for row in await pool.fetch(BY_SITE, now)}


def plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows as dicts."""
    return [dict(row) for row in rows]
