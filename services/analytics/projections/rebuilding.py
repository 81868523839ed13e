"""Builds the read models anew from the five stores, beside the live tables, and puts them in their place."""

from collections.abc import AsyncIterator, Mapping

from services.analytics.projections.tables import CREATE, NAMES
from services.analytics.projections.writing import Heard, write
from shared.eventing.codec import decode
from shared.readmodel.pool import Connection, Pool

PAGE = 2000
BESIDE = "rebuilding"
"""The schema in which the new tables grow."""

SELECT_STORED = """
    SELECT notification_id, state FROM stored_events
    WHERE notification_id > $1 AND topic LIKE $2 ORDER BY notification_id LIMIT $3
"""

SELECT_NEWER = """
    SELECT live.position, live.body FROM public.history AS live
    WHERE NOT EXISTS (
        SELECT FROM rebuilding.history AS built
        WHERE (built.case_id, built.service, built.version) = (live.case_id, live.service, live.version)
    )
    ORDER BY live.service, live.position
"""


async def rebuild(pool: Pool, stores: Mapping[str, Pool]) -> int:
    """Replace the tables by what the stores say; how many events they hold.

    ``stores`` are the services' databases by name. The live tables are read and written meanwhile; what they
    learnt after a store was read is taken over at the end, in the transaction that exchanges the tables. The
    same events always give the same rows, byte for byte.
    """
    async with pool.acquire() as connection:
        await connection.execute(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE; CREATE SCHEMA {BESIDE}")
        await connection.execute(f"SET search_path = {BESIDE}")
        try:
            for statement in CREATE:
                await connection.execute(statement)
            for service, store in stores.items():
                async for batch in stored(store, service):
                    async with connection.transaction():
                        await write(connection, batch)
            async with connection.transaction():
                await take_over_newer(connection)
                count = int(await connection.fetchval("SELECT count(*) FROM history"))
                await exchange(connection)
        finally:
            await connection.execute("RESET search_path")
        await connection.execute(f"DROP SCHEMA {BESIDE} CASCADE")
    return count


async def stored(store: Pool, service: str) -> AsyncIterator[list[Heard]]:
    """What a service said, from its own store, in the order of its log; copies of what it heard are left out."""
    position = 0
    while True:
        rows = await store.fetch(SELECT_STORED, position, f"{service}.%", PAGE)
        if not rows:
            return
        yield [heard(row["notification_id"], row["state"]) for row in rows]
        position = rows[-1]["notification_id"]


async def take_over_newer(connection: Connection) -> None:
    """Keep writers out of the live tables, and write what these have and the new ones lack."""
    await connection.execute(f"LOCK TABLE {', '.join(f'public.{name}' for name in NAMES)} IN EXCLUSIVE MODE")
    rows = await connection.fetch(SELECT_NEWER)
    for start in range(0, len(rows), PAGE):
        await write(connection, [heard(row["position"], row["body"]) for row in rows[start : start + PAGE]])


async def exchange(connection: Connection) -> None:
    """Put the new tables in the place of the live ones."""
    for name in NAMES:
        await connection.execute(f"DROP TABLE public.{name}")
        await connection.execute(f"ALTER TABLE {BESIDE}.{name} SET SCHEMA public")


def heard(position: int, body: bytes) -> Heard:
    """An event as the tables take it. Raises Unreadable."""
    return Heard(decode(body, position), body)
