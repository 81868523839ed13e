"""Everything that was said of a case, from the history."""

from uuid import UUID

from shared.contracts.envelope import Recorded
from shared.eventing.codec import decode
from shared.readmodel.pool import Pool

SELECT = "SELECT position, body FROM history WHERE case_id = $1 ORDER BY hlc, service, version"
REACHED = "SELECT EXISTS (SELECT FROM history WHERE case_id = $1 AND service = $2 AND position >= $3)"


async def recorded_of(pool: Pool, case: UUID) -> list[Recorded]:
    """All events of a case in causal order; none when nothing was heard of it. Raises Unreadable."""
    return [decode(row["body"], row["position"]) for row in await pool.fetch(SELECT, case)]


async def has_reached(pool: Pool, case: UUID, service: str, position: int) -> bool:
    """Whether the history of a case has what a service said at a position of its log, or something later."""
    return bool(await pool.fetchval(REACHED, case, service, position))
