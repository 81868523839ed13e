"""How far each partition of the topics has been kept: what the streams start from, whatever Kafka believes."""

from collections.abc import Mapping

import structlog

from shared.messaging.subscription import Place
from shared.postgres.pool import Connection, Pool

log = structlog.get_logger(__name__)

SELECT = """
    SELECT topic, partition, next_offset FROM positions
    WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::integer[]))
"""
BEGIN = """
    INSERT INTO positions SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset
"""
ADVANCE = f"{BEGIN} WHERE positions.next_offset < excluded.next_offset"


async def begin(pool: Pool, bounds: Mapping[Place, tuple[int, int]]) -> dict[Place, int]:
    """Where to begin in each partition, given the first offset that Kafka has of it and the one after the last.

    It is where the last transaction ended. Where Kafka's messages were lost, or expired before they were kept,
    that is told, and it begins with the first there is.
    """
    places = sorted(bounds)
    known = {(row["topic"], row["partition"]): row["next_offset"] for row in await pool.fetch(SELECT, *columns(places))}
    starts: dict[Place, int] = {}
    for place in places:
        first, end = bounds[place]
        start = known.get(place, first)
        if not first <= start <= end:
            log.error("kafka lost messages: compare with the stores", topic=place[0], partition=place[1],
                      kept=start, first=first, end=end)  # fmt: skip
            start = first
        starts[place] = start
    await pool.execute(BEGIN, *columns(places), [starts[place] for place in places])
    return starts


async def forget(pool: Pool, place: Place) -> None:
    """Begin with the first there is, the next time."""
    log.error("kafka has another topic: everything is kept again", topic=place[0], partition=place[1])
    await pool.execute("DELETE FROM positions WHERE (topic, partition) = ($1, $2)", *place)


async def advance(connection: Connection, reached: Mapping[Place, int]) -> None:
    """Note the offset after the last message kept of each partition; the caller holds the transaction."""
    places = sorted(reached)
    await connection.execute(ADVANCE, *columns(places), [reached[place] for place in places])


def columns(places: list[Place]) -> tuple[list[str], list[int]]:
    """Places as two columns."""
    return [topic for topic, _ in places], [partition for _, partition in places]
