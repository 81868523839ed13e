"""The figures of the moment: what is open and overdue, where, and what happened last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.postgres.pool import Pool

LATELY = timedelta(days=30)
"""How far back closed cases are counted."""
NEWEST = 15

OPEN = """
    SELECT coalesce(sum(number), 0)::bigint AS open,
        (coalesce(sum(number) FILTER (WHERE day < $3), 0) + (
            SELECT count(*) FROM cases
            WHERE closed IS NULL AND filed IS NOT NULL AND site = ANY($1) AND due >= $4 AND due < $2
        ))::bigint AS overdue
    FROM tallies WHERE site = ANY($1) AND kind = 'open' AND stage = '' AND owner = ''
"""
CLOSED = """
    SELECT (coalesce(sum(number) FILTER (WHERE kind = 'closed'), 0) + first.closed)::bigint AS closed,
        (coalesce(sum(number) FILTER (WHERE kind = 'closed late'), 0) + first.late)::bigint AS closed_late
    FROM (
        SELECT count(*) AS closed, count(*) FILTER (WHERE missed IS NOT NULL) AS late
        FROM cases WHERE site = ANY($1) AND closed >= $2 AND closed < $4 AND state = 'closed'
    ) AS first LEFT JOIN tallies ON site = ANY($1) AND kind IN ('closed', 'closed late')
        AND stage = '' AND owner = '' AND day >= $3
    GROUP BY first.closed, first.late
"""
STAGES = """
    SELECT stage, owner, sum(number)::bigint AS open, sum(tallied.passed + today.passed)::bigint AS overdue,
        min(first.due) AS next_due
    FROM (
        SELECT site, stage, owner, sum(number) AS number, coalesce(sum(number) FILTER (WHERE day < $3), 0) AS passed
        FROM tallies WHERE kind = 'stage' AND site = ANY($1) GROUP BY site, stage, owner
    ) AS tallied CROSS JOIN LATERAL (
        SELECT count(*) AS passed FROM stages AS s
        WHERE (s.site, s.stage, s.owner) = (tallied.site, tallied.stage, tallied.owner)
            AND s.closed IS NULL AND s.opened IS NOT NULL AND s.due >= $4 AND s.due < $2
    ) AS today CROSS JOIN LATERAL (
        SELECT min(s.due) AS due FROM stages AS s
        WHERE (s.site, s.stage, s.owner) = (tallied.site, tallied.stage, tallied.owner)
            AND s.closed IS NULL AND s.opened IS NOT NULL
    ) AS first
    GROUP BY stage, owner ORDER BY overdue DESC, open DESC, stage, owner
"""
LATE = """
    SELECT late.*, cases.number, cases.customer, cases.part
    FROM unnest($1::text[]) AS wanted (site) CROSS JOIN LATERAL (
        SELECT * FROM stages
        WHERE stages.site = wanted.site AND closed IS NULL AND opened IS NOT NULL AND due < $2
        ORDER BY due, case_id, stage, owner LIMIT $3
    ) AS late LEFT JOIN cases USING (case_id)
    ORDER BY late.due, late.case_id, late.stage, late.owner LIMIT $3
"""
EVENTS = """
    SELECT newest.*, cases.number, cases.customer, cases.part
    FROM unnest($1::text[]) AS wanted (site) CROSS JOIN LATERAL (
        SELECT case_id, service, version, hlc, site, at, type, actor FROM history
        WHERE history.site = wanted.site ORDER BY hlc DESC LIMIT $2
    ) AS newest LEFT JOIN cases USING (case_id)
    ORDER BY newest.hlc DESC LIMIT $2
"""
BY_SITE = """
    SELECT site, sum(number)::bigint AS open,
        (coalesce(sum(number) FILTER (WHERE day < $2), 0) + (
            SELECT count(*) FROM cases
            WHERE closed IS NULL AND filed IS NOT NULL AND cases.site = tallies.site AND due >= $3 AND due < $1
        ))::bigint AS overdue
    FROM tallies WHERE kind = 'open' GROUP BY site
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
    """The figures of some sites.

    What is counted by day is taken from the tallies; only the day in which a bound falls is counted row by row.
    """
    wanted, since = list(sites), now - LATELY
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        opened = await connection.fetchrow(OPEN, wanted, now, *begun(now))
        closed = await connection.fetchrow(CLOSED, wanted, since, *ended(since))
        stages = await connection.fetch(STAGES, wanted, now, *begun(now))
        late = await connection.fetch(LATE, wanted, now, NEWEST)
        newest = await connection.fetch(EVENTS, wanted, NEWEST)
    return Figures(**opened, **closed, stages=plain(stages), late=plain(late), newest=plain(newest))


async def by_site(pool: Pool, now: datetime) -> dict[str, tuple[int, int]]:
    """Open and overdue cases of every site."""
    return {row["site"]: (row["open"], row["overdue"]) for row in await pool.fetch(BY_SITE, now, *begun(now))}


def begun(moment: datetime) -> tuple[date, datetime]:
    """The day (UTC) of a moment, and when it began."""
    day = moment.astimezone(UTC).date()
    return day, datetime.combine(day, time(), UTC)


def ended(moment: datetime) -> tuple[date, datetime]:
    """The day (UTC) after that of a moment, and when it begins."""
    return begun(moment + timedelta(days=1))


def plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows as dicts."""
    return [dict(row) for row in rows]
