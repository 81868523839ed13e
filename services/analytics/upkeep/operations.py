"""When something was last done to the read models as a whole, and how it came out: for whoever looks after them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.audit.operations import CREATE, NOTE, SELECT
from shared.postgres.pool import Pool

RECONCILE, REBUILD = "reconcile", "rebuild"


@dataclass(frozen=True, slots=True)
class Operation:
    """What was done last, when, and its figures by name."""

    at: datetime
    result: dict[str, Any]


async def note(pool: Pool, what: str, at: datetime, result: dict[str, Any]) -> None:
    """Remember how an operation came out; only the last one of each kind is kept."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('redress operations'))")
        await connection.execute(CREATE)
        await connection.execute(NOTE, what, at, json.dumps(result))


async def last_reconcile(pool: Pool) -> Operation | None:
    """When analytics was last compared with the stores, and what was found; None when it never was."""
    return await last(pool, RECONCILE)


async def last_rebuild(pool: Pool) -> Operation | None:
    """When the read models were last built anew; None when they never were."""
    return await last(pool, REBUILD)


async def last(pool: Pool, what: str) -> Operation | None:
    """The last operation of a kind."""
    if await pool.fetchval("SELECT to_regclass('operations')") is None:
        return None
    row = await pool.fetchrow(SELECT, what)
    return Operation(row["at"], json.loads(row["result"])) if row else None
