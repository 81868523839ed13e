"""What the words about read models have in common: the stores of this stack, and its troubles as sentences."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from deploy.cli.verifying import stores
from deploy.dev.trouble import Trouble
from services.analytics.readmodel.connection import make_tables
from services.analytics.upkeep.loading import LaneOvertaken
from services.analytics.upkeep.stores import NoStore
from shared.postgres.pool import AWAY, Pool, open_pool
from shared.readmodels.beside import RebuildUnderWay, TablesInUse
from shared.readmodels.rebuilding import ProjectionFailure


@asynccontextmanager
async def opened() -> AsyncIterator[dict[str, Pool]]:
    """Connections to every service's database, by the service's name. Whatever is in the way becomes ``Trouble``."""
    pools = {service: await open_pool(database) for service, database in stores().items()}
    try:
        yield pools
    except NoStore as lack:
        raise Trouble(
            f"There is no store of {lack} on this server: start the stack once, so that it makes it."
        ) from lack
    except RebuildUnderWay as reason:
        raise Trouble(
            f"Somebody else rebuilds or reconciles {reason} at this moment: wait until he is done."
        ) from reason
    except TablesInUse as reason:
        raise Trouble(
            f"{reason} is built, but somebody reads the old tables for so long that they could not be exchanged: "
            "call it again, it goes on from there."
        ) from reason
    except LaneOvertaken as reason:
        raise Trouble("Somebody else goes on with the same tables: look with `ps` for another rebuild.") from reason
    except ProjectionFailure as reason:
        raise Trouble(f"Nothing was changed: an event does not fit into {reason}.") from reason
    except (*AWAY, psycopg.OperationalError) as error:
        raise Trouble(
            f"The databases cannot be reached: is the stack running? Called again, it goes on where it was. ({error})"
        ) from error
    finally:
        for pool in pools.values():
            pool.terminate()


async def prepared(pools: dict[str, Pool]) -> Pool:
    """Analytics' database, with all tables made."""
    await make_tables(pools["analytics"])
    return pools["analytics"]


def bar() -> Progress:
    """A progress bar that goes away when it is done."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)
