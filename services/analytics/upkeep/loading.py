"""Fills new tables from the stores in lanes, each through cases of its own; each lane remembers where it is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.analytics.readmodel.bulk import UNFIT, Columns, Rows, Said, columns_of, fitting
from services.analytics.upkeep.case_ranges import EVERYTHING, IDS, CaseRange, RangeSizing, RangeTooFull
from services.analytics.upkeep.stores import Stores, in_span
from shared.postgres.databases import PATIENCE
from shared.postgres.pool import Pool

log = structlog.get_logger(__name__)

LANES = 2
"""So many lanes go on at once: while one waits for a server, another makes rows."""

CREATE = """
    CREATE TABLE lanes (
        lane integer PRIMARY KEY,
        next uuid,
        last uuid NOT NULL,
        events bigint NOT NULL DEFAULT 0,
        unfit bigint NOT NULL DEFAULT 0
    )
"""
"""``next`` is the first id that a lane has yet to look at; null when it is through."""

Tell = Callable[[float, int], None]
"""Told which share of all ids was gone through, and how many events were found."""


class LaneOvertaken(Exception):
    """Somebody else has gone on with this lane."""


@dataclass
class Lane:
    """One row of the lanes."""

    number: int
    next: UUID | None
    last: UUID
    events: int
    unfit: int

    @property
    def left(self) -> int:
        """How many ids it has yet to look at."""
        return self.last.int - self.next.int + 1 if self.next else 0


def fill_lanes(count: int = LANES) -> str:
    """The statement that divides all ids among lanes."""
    parts = enumerate(EVERYTHING.parts(count))
    return "INSERT INTO lanes VALUES " + ", ".join(f"({lane}, '{part.first}', '{part.last}')" for lane, part in parts)


class StoreLoader:
    """Reads the stores by case and writes whole rows into the tables of a schema, which have no keys yet."""

    def __init__(self, pool: Pool, stores: Stores, schema: str, site: str, tell: Tell) -> None:
        self._pool = pool
        self._stores = stores
        self._schema = schema
        self._site = site
        self._tell = tell
        self.lanes: list[Lane] = []

    @property
    def events(self) -> int:
        """How many events were written, by this call and those before it."""
        return sum(lane.events for lane in self.lanes)

    @property
    def unfit(self) -> int:
        """How many were left out because they cannot be read or do not fit into the tables."""
        return sum(lane.unfit for lane in self.lanes)

    async def prepare(self) -> int:
        """See where the lanes are; how many events they have written already."""
        rows = await self._pool.fetch(f"SELECT lane, next, last, events, unfit FROM {self._schema}.lanes")
        self.lanes = [Lane(*row) for row in rows]
        return self.events

    async def run(self, expected: int) -> None:
        """Until every lane is through, given about how many events there are. Raises LaneOvertaken, one of AWAY."""
        async with self._pool.acquire(timeout=PATIENCE) as connection:
            columns = await columns_of(connection, self._schema)
        try:
            async with asyncio.TaskGroup() as together:
                for lane in self.lanes:
                    together.create_task(self._run(lane, RangeSizing(expected), columns))
        except ExceptionGroup as several:
            raise several.exceptions[0] from several

    async def _run(self, lane: Lane, pace: RangeSizing, columns: Columns) -> None:
        while lane.next is not None:
            span = pace.span(lane.next, lane.last)
            try:
                found = await in_span(self._stores, span, self._site)
            except RangeTooFull:
                pace.narrow(span)
                continue
            said = [(row["case_id"], row["position"], row["state"]) for rows in found.values() for row in rows]
            await self._write(lane, span, said, columns)
            pace.found(len(said))
            self._tell(1 - sum(each.left for each in self.lanes) / IDS, self.events)

    async def _write(self, lane: Lane, span: CaseRange, said: list[Said], columns: Columns) -> None:
        rows = Rows(said, self._site)
        try:
            await self._copy(lane, span, rows, columns)
        except UNFIT as error:
            async with self._pool.acquire(timeout=PATIENCE) as connection, connection.transaction():
                fit = await fitting(connection, self._schema, columns, said)
            log.error("events do not fit", error=str(error), events=len(said) - len(fit))
            rows = Rows(fit, self._site)
            rows.unfit += len(said) - len(fit)
            await self._copy(lane, span, rows, columns)

    async def _copy(self, lane: Lane, span: CaseRange, rows: Rows, columns: Columns) -> None:
        """The rows and how far the lane is, together or not at all."""
        events, unfit = len(rows.history), rows.unfit
        next = None if span.last == lane.last else span.next
        async with self._pool.acquire(timeout=PATIENCE) as connection, connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit = off")
            moved = await connection.fetchval(
                f"UPDATE {self._schema}.lanes SET next = $3, events = events + $4, unfit = unfit + $5 "
                "WHERE lane = $1 AND next = $2 RETURNING lane",
                *(lane.number, lane.next, next, events, unfit),
            )
            if moved is None:
                raise LaneOvertaken
            await rows.copy(connection, self._schema, columns)
        lane.next, lane.events, lane.unfit = next, lane.events + events, lane.unfit + unfit
