"""Reads a service's log of events as read models need it: in order, only what they hear, with the position reached."""

from collections.abc import Collection
from dataclasses import dataclass

from shared.contracts.envelope import Recorded
from shared.eventstore.codec import decode
from shared.postgres.pool import Connection

_READ = """
    SELECT notification_id, CASE WHEN topic = ANY($2::text[]) THEN state END AS state
    FROM stored_events WHERE notification_id > $1 ORDER BY notification_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some events of the log, and the position up to which it was read; ``entries`` counts what was passed over too."""

    events: tuple[Recorded, ...]
    position: int
    entries: int


async def read_log(connection: Connection, after: int, limit: int, names: Collection[str]) -> LogPage:
    """At most ``limit`` entries after a position; of them the events with these wire names. Raises Unreadable."""
    rows = await connection.fetch(_READ, after, list(names), limit)
    events = tuple(decode(row["state"], row["notification_id"]) for row in rows if row["state"] is not None)
    return LogPage(events, rows[-1]["notification_id"] if rows else after, len(rows))
