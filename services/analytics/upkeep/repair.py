"""Fills what analytics lacks of some cases, once, while the worker goes on: a case is written anew from its events."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from services.analytics.readmodel.bulk import ROWS
from services.analytics.readmodel.fitting import write_fitting
from services.analytics.readmodel.ingestion import KEPT, notice
from services.analytics.readmodel.writer import LoggedEvent, hear
from services.analytics.upkeep.stores import Stores, of_cases
from shared.eventstore.codec import UnreadableEvent
from shared.postgres.databases import PATIENCE
from shared.postgres.pool import Connection, Pool

SELECT = "SELECT case_id, service, version, position, body FROM history WHERE case_id = ANY($1)"

DELETE = """
    DELETE FROM history WHERE case_id = ANY($1) AND (case_id, service, version) NOT IN (
        SELECT * FROM unnest($2::uuid[], $3::text[], $4::integer[])
    )
"""

Key = tuple[UUID, str, int]
Told = dict[Key, tuple[int, bytes]]
"""Events by case, service and version: position and bytes."""


@dataclass(frozen=True, slots=True)
class RepairResult:
    """How many events were filled in, how many replaced by what the store says, how many cannot be taken."""

    filled: int = 0
    replaced: int = 0
    unfit: int = 0

    def __add__(self, more: "RepairResult") -> "RepairResult":
        return RepairResult(self.filled + more.filled, self.replaced + more.replaced, self.unfit + more.unfit)


async def mend(pool: Pool, stores: Stores, cases: Sequence[UUID], *, replace: bool) -> RepairResult:
    """Write cases anew from the events that analytics holds and those that only the stores have.

    Where both have an event and it is not the same, ours is taken, unless ``replace``. An event that no store has
    stays. The worker waits meanwhile, and what it brings afterwards it finds kept. Raises one of AWAY.
    """
    async with alone(pool) as connection:
        ours = await kept(connection, cases)
        theirs = await stored(stores, cases)
        told = ours | theirs if replace else theirs | ours
        written, unfit = await rewrite(connection, cases, told)
    return RepairResult(
        filled=len(written - ours.keys()),
        replaced=sum(key in ours and told[key] != ours[key] for key in written),
        unfit=unfit,
    )


@asynccontextmanager
async def alone(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction in which nobody else writes to the history."""
    async with pool.acquire(timeout=PATIENCE) as connection, connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        await connection.execute("LOCK TABLE history IN SHARE ROW EXCLUSIVE MODE")
        yield connection


async def rewrite(connection: Connection, cases: Sequence[UUID], told: Told) -> tuple[set[Key], int]:
    """Write cases anew from these events, in their order; which were written, and how many cannot be.

    What cannot be read stays in the history as it is: it may be evidence.
    """
    heard, unread = read(told)
    await connection.execute(DELETE, cases, *map(list, zip(*unread, strict=True)) if unread else ([], [], []))
    for table in ROWS:
        await connection.execute(f"DELETE FROM {table} WHERE case_id = ANY($1)", cases)
    new, unfit = await write_fitting(connection, heard)
    await connection.execute("SELECT pg_notify($1, $2)", KEPT, notice(new))
    return {each.key for each in new}, len(unread) + unfit


async def kept(connection: Connection, cases: Sequence[UUID]) -> Told:
    """What analytics holds of some cases."""
    return {
        (row["case_id"], row["service"], row["version"]): (row["position"], row["body"])
        for row in await connection.fetch(SELECT, cases)
    }


async def stored(stores: Stores, cases: Sequence[UUID]) -> Told:
    """What the services said of some cases."""
    return {
        (row["case_id"], service, row["version"]): (row["position"], row["state"])
        for service, rows in (await of_cases(stores, cases)).items()
        for row in rows
    }


def read(told: Told) -> tuple[list[LoggedEvent], list[Key]]:
    """The events, each service's in their order, and which of them cannot be read."""
    heard: list[LoggedEvent] = []
    unread: list[Key] = []
    for key, (position, body) in sorted(told.items()):
        try:
            heard.append(hear(body, position))
        except UnreadableEvent:
            unread.append(key)
    return heard, unread
