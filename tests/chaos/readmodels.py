"""Every read model is what a rebuild from the stores gives, byte for byte."""

from importlib import import_module
from typing import Any

from deploy.dev.services import SERVICES
from services.analytics.projections.rebuilding import rebuild
from services.analytics.projections.tables import NAMES
from shared.eventing.databases import database_of
from shared.readmodel.log import read_log
from shared.readmodel.pool import Pool, open_pool
from shared.readmodel.projection import Projection
from tests.chaos.violations import Violation

STRETCH = 1000


def projections() -> list[tuple[str, Projection]]:
    """The read models as the services' rooms name them."""
    rooms = [(service, import_module(f"services.{service}.main").ROOMS) for service in SERVICES]
    return [(service, room.projection) for service, room in rooms if room.projection is not None]


async def read_models_equal_their_rebuild(database_url: str) -> list[Violation]:
    """Rebuild every read model of a house at rest and compare."""
    wrong: list[Violation] = []
    pools = {service: await open_pool(database_of(service, database_url), size=2) for service in SERVICES}
    try:
        for service, projection in projections():
            if not await is_as_rebuilt(pools[service], projection):
                wrong.append(Violation("a read model is not its rebuild", f"{service} {projection.name}"))
        kept = await dumped(pools["analytics"])
        await rebuild(pools["analytics"], pools)
        built = await dumped(pools["analytics"])
        wrong += [
            Violation("a read model is not its rebuild", f"analytics {name}")
            for name in NAMES
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


async def dumped(analytics: Pool) -> dict[str, list[Any]]:
    """The rows of analytics' tables."""
    return {
        name: sorted(str(row[0]) for row in await analytics.fetch(f"SELECT t::text FROM {name} AS t")) for name in NAMES
    }
