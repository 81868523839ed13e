"""Every read model is what a rebuild from the stores gives, byte for byte."""

from collections.abc import Collection
from importlib import import_module
from typing import Any
from uuid import UUID

from services.analytics.readmodel.tables import NAMES
from services.analytics.upkeep.rebuilding import rebuild
from shared.contracts.event import SERVICES
from shared.postgres.databases import database_of
from shared.postgres.pool import Pool, open_pool
from shared.readmodels.log import read_log
from shared.readmodels.projection import Projection
from tests.chaos.violations import Violation

STRETCH = 1000
OF_CASES = "SELECT true FROM information_schema.columns WHERE table_name = $1 AND column_name = 'case_id'"


def projections() -> list[tuple[str, Projection]]:
    """The read models as the services' rooms name them."""
    rooms = [(service, import_module(f"services.{service}.main").ROOMS) for service in SERVICES]
    return [(service, room.projection) for service, room in rooms if room.projection is not None]


async def read_models_equal_their_rebuild(database_url: str, muddled: Collection[UUID]) -> list[Violation]:
    """Rebuild every read model of a house at rest and compare.

    Analytics' tables are not compared in what they say of ``muddled`` cases, which were told out of their own order.
    """
    wrong: list[Violation] = []
    pools = {service: await open_pool(database_of(service, database_url), size=2) for service in SERVICES}
    try:
        for service, projection in projections():
            if not await is_as_rebuilt(pools[service], projection):
                wrong.append(Violation("a read model is not its rebuild", f"{service} {projection.name}"))
        kept = await dumped(pools["analytics"], muddled)
        await rebuild(pools["analytics"], pools)
        built = await dumped(pools["analytics"], muddled)
        wrong += [
            Violation("a read model is not its rebuild", f"analytics {name}")
            for name in kept
            if kept[name] != built[name]
        ]
    finally:
        for pool in pools.values():
            await pool.close()
    return wrong


async def is_as_rebuilt(pool: Pool, projection: Projection) -> bool:
    """Whether a read model's rows are those that the log gives; what is rebuilt for that is thrown away."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            kept = await projection.digest(connection)
            await projection.clear(connection)
            position = 0
            while (stretch := await read_log(connection, position, STRETCH, projection.names)).entries:
                await projection.apply(connection, stretch.events)
                position = stretch.position
            return bool(kept == await projection.digest(connection))
        finally:
            await transaction.rollback()


async def dumped(analytics: Pool, muddled: Collection[UUID]) -> dict[str, list[Any]]:
    """The rows of analytics' tables, but for those of muddled cases; when there are such, no sums over cases."""
    tables = {}
    for name in NAMES:
        if await analytics.fetchval(OF_CASES, name):
            rows = await analytics.fetch(f"SELECT t::text FROM {name} AS t WHERE case_id <> ALL($1)", list(muddled))
        elif muddled:
            continue
        else:
            rows = await analytics.fetch(f"SELECT t::text FROM {name} AS t")
        tables[name] = sorted(str(row[0]) for row in rows)
    return tables
