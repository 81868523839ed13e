"""Five stores with cases in them, and analytics' tables beside: what rebuilding and reconciling are tried on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import asyncpg

from services.analytics.readmodel.connection import make_tables
from services.analytics.readmodel.tables import NAMES
from services.analytics.readmodel.writer import hear, write
from services.analytics.upkeep.stores import in_log
from shared.contracts.event import SERVICES
from shared.postgres.databases import Database, database_of, ensure_database
from shared.postgres.pool import Pool, open_pool
from tests.analytics.generating import Entry, fill, lives

CASES = 40


@dataclass
class House:
    """Five databases with a store each, and analytics' tables in one of them."""

    databases: dict[str, Database]
    stores: dict[str, Pool]

    @property
    def pool(self) -> Pool:
        return self.stores["analytics"]

    def record(self, *entries: Entry) -> None:
        """The services record something."""
        fill(self.databases, entries)

    async def keep(self) -> None:
        """The worker keeps, in small batches, all that the services said and analytics has not kept yet."""
        for service, store in self.stores.items():
            async for page in in_log(store, service, 0, 1 << 40):
                heard = [hear(row["state"], row["position"]) for row in page]
                async with self.pool.acquire() as connection, connection.transaction():
                    await write(connection, heard)

    async def tables(self) -> dict[str, list[str]]:
        """Every row of every table as PostgreSQL writes it."""
        return {
            name: [row["line"] for row in await self.pool.fetch(f"SELECT t::text AS line FROM {name} AS t ORDER BY 1")]
            for name in NAMES
        }


@asynccontextmanager
async def standing(postgres_url: str) -> AsyncIterator[House]:
    """Forty cases of two sites in the stores; analytics has kept nothing."""
    mark = uuid4().hex[:10]
    databases = {service: database_of(f"{mark}_{service}", postgres_url) for service in SERVICES}
    for database in databases.values():
        ensure_database(database)
    fill(databases, lives(range(CASES), sites=("TPE", "KSH")))
    house = House(databases, {service: await open_pool(database, size=4) for service, database in databases.items()})
    await make_tables(house.pool)
    yield house
    for store in house.stores.values():
        await store.close()
    server = await asyncpg.connect(f"{postgres_url}/postgres")
    for database in databases.values():
        await server.execute(f"DROP DATABASE {database.name} WITH (FORCE)")
    await server.close()
