"""Everything that was said of a case, from the history."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.contracts.envelope import Recorded
from shared.contracts.event import Event
from shared.eventstore.codec import EventSummary, decode, skim
from shared.postgres.pool import Pool

SELECT = "SELECT position, body FROM history WHERE case_id = $1 ORDER BY hlc, service, version"
SELECT_NEWEST = """
    SELECT newest.position, newest.body FROM unnest($1::uuid[]) AS asked (case_id) CROSS JOIN LATERAL (
        SELECT position, body FROM history WHERE case_id = asked.case_id
        ORDER BY hlc DESC, service DESC, version DESC LIMIT 1
    ) AS newest
"""
SELECT_TYPES = """
    SELECT case_id, type, max(at) AS at FROM history
    WHERE case_id = ANY($1::uuid[]) AND type = ANY($2::text[]) GROUP BY case_id, type
"""
REACHED = "SELECT EXISTS (SELECT FROM history WHERE case_id = $1 AND service = $2 AND position >= $3)"


class CaseFileEvent(NamedTuple):
    """One event, with as much around it as a case is folded from; ``recorded`` reads the rest of its ``body``."""

    event: Event
    envelope: EventSummary
    body: bytes
    position: int

    @property
    def recorded(self) -> Recorded:
        """The event in its whole envelope."""
        return decode(self.body, self.position)


async def said_of(pool: Pool, case: UUID) -> list[CaseFileEvent]:
    """All events of a case in causal order; none when nothing was heard of it. Raises UnreadableEvent."""
    return [CaseFileEvent(*skim(body), body, position) for position, body in await pool.fetch(SELECT, case)]


async def newest_of(pool: Pool, cases: Sequence[UUID]) -> list[Recorded]:
    """The last event of each of these cases. Raises UnreadableEvent."""
    return [decode(body, position) for position, body in await pool.fetch(SELECT_NEWEST, cases)]


async def newest_by_type(pool: Pool, cases: Sequence[UUID], types: Sequence[str]) -> dict[UUID, dict[str, datetime]]:
    """When each of these types of events was said last, by case."""
    found: dict[UUID, dict[str, datetime]] = {}
    for case, type, at in await pool.fetch(SELECT_TYPES, cases, types):
        found.setdefault(case, {})[type] = at
    return found


async def has_reached(pool: Pool, case: UUID, service: str, position: int) -> bool:
    """Whether the history of a case has what a service said at a position of its log, or something later."""
    return bool(await pool.fetchval(REACHED, case, service, position))
