"""Connections for read models and the queries on them."""

from typing import Any, TypeAlias

import asyncpg

from shared.eventing.databases import PATIENCE, Database

Connection: TypeAlias = Any
"""An asyncpg connection, from a pool or not."""
Pool: TypeAlias = Any
"""An asyncpg pool."""

AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,
    OSError,
)
"""What is raised when the server cannot be reached or went away in the middle."""


async def leave(_: Connection) -> None:
    """Give a connection back as it is: nobody here leaves settings, cursors or session locks behind.

    So the server is not asked each time to put them right.
    """


async def open_pool(database: Database, *, size: int = 8) -> Pool:
    """A pool of at most ``size`` connections. None is made before it is needed, so the server may come later."""
    return await asyncpg.create_pool(
        host=database.host,
        port=database.port,
        user=database.user,
        password=database.password,
        database=database.name,
        min_size=0,
        max_size=size,
        timeout=5,
        command_timeout=PATIENCE,
        reset=leave,
        server_settings={"application_name": f"{database.name} readmodel", "timezone": "UTC"},
    )
