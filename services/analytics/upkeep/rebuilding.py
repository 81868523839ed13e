"""Builds the read models anew from the five stores, beside the live tables, and puts them in their place."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from services.analytics.readmodel.bulk import columns_of
from services.analytics.readmodel.fitting import write_fitting
from services.analytics.readmodel.ingestion import KEPT
from services.analytics.readmodel.tables import CASES, CREATE, HISTORY, NAMES, SOUGHT, STAGES
from services.analytics.readmodel.writer import LoggedEvent, hear
from services.analytics.upkeep import loading
from services.analytics.upkeep.loading import StoreLoader
from services.analytics.upkeep.stores import Stores, heads, in_log
from shared.eventstore.codec import UnreadableEvent
from shared.postgres.databases import PATIENCE
from shared.postgres.pool import Connection, Pool, borrowed
from shared.readmodels.beside import LIVE, LONG, ShadowTables

BESIDE = ShadowTables("cases", NAMES)
"""The tables that are exchanged. Whoever fills them by another way than the worker's keeps others out by it."""

KEYS = {
    "history": "case_id, service, version",
    "cases": "case_id",
    "stages": "case_id, stage, owner, round",
    "sought": "case_id, entry",
}
"""The primary keys that the new tables get once they are full."""

REACHED = """
    CREATE TABLE reached (
        service text PRIMARY KEY, position bigint NOT NULL, events bigint NOT NULL DEFAULT 0,
        unfit bigint NOT NULL DEFAULT 0
    )
"""
"""Up to where each log is in the new tables for certain, and what was found after the lanes began."""

SELECT_HELD = "SELECT max(position) FROM history WHERE service = $1"

Tell = Callable[[str, float, int], None]
"""Told what is being done (a word of ``STEPS``), which share of it is done, how many events were written."""

STEPS = ("reading", "indexing", "following", "exchanging")


class StoreSetBack(Exception):
    """Analytics holds events beyond the end of a service's log: the store was set back, or is another one."""

    def __init__(self, service: str, held: int, head: int) -> None:
        super().__init__(f"analytics holds positions up to {held} of {service}, whose log ends at {head}")


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """How many events are in the new tables, how many of them an earlier call had written, how many do not fit."""

    events: int
    before: int
    unfit: int


def quiet(step: str, share: float, events: int) -> None:
    """Nobody is told."""


async def rebuild(
    pool: Pool, stores: Stores, *, site: str = "", anew: bool = False, set_back: bool = False, tell: Tell = quiet
) -> RebuildReport:
    """Replace the tables, or the rows of a site's cases, by what the stores say.

    ``stores`` are the services' databases by name. The live tables are read and written meanwhile. What an
    interrupted call has built is gone on with, unless ``anew``. The same events always give the same rows, byte for
    byte; what no store has is gone afterwards, which ``set_back`` allows even where a log has become shorter.
    Raises StoreSetBack, NoStore, RebuildUnderWay, TablesInUse, LaneOvertaken, one of AWAY.
    """
    async with BESIDE.alone(pool) as guard:
        reached = await heads(stores)
        if not set_back:
            await refuse_set_back(guard, reached)
        await BESIDE.begin(guard, sign_of(site), beginning(reached), anew=anew)
        load = StoreLoader(pool, stores, BESIDE.schema, site, partial(tell, "reading"))
        before = await load.prepare()
        await load.run(sum(reached.values()))
        await index(pool, tell)
        follow = EventCatchUp(pool, stores, site)
        await follow.to_the_end(partial(tell, "following"))
        tell("exchanging", 0, load.events)
        put = partial(put_site, site) if site else BESIDE.swap
        await BESIDE.exchange(guard, follow.to_the_end, hold=nobody_else, put=put)
        await tell_everybody(guard)
    return RebuildReport(load.events + follow.events, before, load.unfit + follow.unfit)


async def refuse_set_back(connection: Connection, ends: Mapping[str, int]) -> None:
    """Raise StoreSetBack when analytics holds what is beyond the end of a log."""
    for service, end in ends.items():
        held = await connection.fetchval(SELECT_HELD, service)
        if held is not None and held > end:
            raise StoreSetBack(service, held, end)


def sign_of(site: str) -> str:
    """Tells tables of another form, or of another site, from those that may be gone on with."""
    return sha256(repr((CREATE, loading.CREATE, REACHED, site)).encode()).hexdigest()


def beginning(reached: Mapping[str, int]) -> list[str]:
    """The statements that make empty tables without keys, and note where everything begins."""
    made = (HISTORY, CASES, STAGES, SOUGHT, *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey" for table in KEYS))
    noted = ", ".join(f"('{service}', {position})" for service, position in reached.items())
    return [
        *made,
        loading.CREATE,
        loading.fill_lanes(),
        REACHED,
        f"INSERT INTO reached (service, position) VALUES {noted}",
    ]


async def index(pool: Pool, tell: Tell) -> None:
    """Give the full tables their keys, indexes and whatever else belongs to them; what is there already is left."""
    async with borrowed(pool) as connection:
        await connection.execute(f"SET search_path = {BESIDE.schema}; SET maintenance_work_mem = '256MB'")
        for table, keys in KEYS.items():
            if not await connection.fetchval(f"SELECT to_regclass('{BESIDE.schema}.{table}_pkey') IS NOT NULL"):
                await connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({keys})", timeout=LONG)
        for done, statement in enumerate(CREATE):
            tell("indexing", done / len(CREATE), 0)
            await connection.execute(statement, timeout=LONG)
        await connection.execute(f"ANALYZE {', '.join(NAMES)}", timeout=LONG)


class EventCatchUp:
    """Writes into the new tables what was recorded after the lanes began, through the worker's own function.

    ``events`` and ``unfit`` count those written since the tables were begun, and those that do not fit.
    """

    def __init__(self, pool: Pool, stores: Stores, site: str) -> None:
        self._pool = pool
        self._stores = stores
        self._site = site
        self.events = 0
        self.unfit = 0

    async def to_the_end(self, tell: Callable[[float, int], None] = lambda share, events: None) -> None:
        """Until no log has more than what is written."""
        ends = await heads(self._stores)
        rows = await self._pool.fetch(f"SELECT service, position FROM {BESIDE.schema}.reached")
        for done, row in enumerate(rows):
            service, after = row["service"], row["position"]
            tell(done / len(rows), 0)
            async for page in in_log(self._stores[service], service, after, ends[service], self._site):
                await self._write(service, [(said["position"], said["state"]) for said in page], page[-1]["position"])
            await self._write(service, [], ends[service])
        counted = await self._pool.fetchrow(
            f"SELECT sum(events) AS events, sum(unfit) AS unfit FROM {BESIDE.schema}.reached"
        )
        self.events, self.unfit = int(counted["events"]), int(counted["unfit"])

    async def _write(self, service: str, page: list[tuple[int, bytes]], reached: int) -> None:
        """Some events and how far the log is, together or not at all."""
        heard, unread = self._read(page)
        async with self._pool.acquire(timeout=PATIENCE) as connection, connection.transaction():
            await connection.execute(f"SET LOCAL search_path = {BESIDE.schema}; SET LOCAL synchronous_commit = off")
            new, unfit = await write_fitting(connection, heard) if heard else ([], 0)
            await connection.execute(
                "UPDATE reached SET position = $2, events = events + $3, unfit = unfit + $4 WHERE service = $1",
                *(service, reached, len(new), unfit + unread),
            )

    def _read(self, page: list[tuple[int, bytes]]) -> tuple[list[LoggedEvent], int]:
        """The events that are wanted, and how many cannot be read."""
        heard: list[LoggedEvent] = []
        unread = 0
        for position, state in page:
            try:
                said = hear(state, position)
            except UnreadableEvent:
                unread += 1
                continue
            if not self._site or said.around.site == self._site:
                heard.append(said)
        return heard, unread


async def nobody_else(connection: Connection) -> None:
    """Nothing beyond the tables is to be held."""


async def put_site(site: str, connection: Connection) -> None:
    """Put the new rows of a site in the place of the live ones; readers see these until the transaction ends."""
    columns = await columns_of(connection, LIVE)
    for table in KEYS:
        listed = ", ".join(columns[table])
        await connection.execute(
            f"DELETE FROM {LIVE}.{table} WHERE site = $1 OR case_id IN (SELECT case_id FROM {BESIDE.schema}.history)",
            site,
            timeout=LONG,
        )
        await connection.execute(
            f"INSERT INTO {LIVE}.{table} ({listed}) SELECT {listed} FROM {BESIDE.schema}.{table}", timeout=LONG
        )


async def tell_everybody(connection: Connection) -> None:
    """Have every page that watches look again."""
    for row in await connection.fetch("SELECT DISTINCT site FROM cases"):
        await connection.execute("SELECT pg_notify($1, $2)", KEPT, json.dumps({row["site"]: []}))
