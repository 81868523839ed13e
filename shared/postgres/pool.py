"""Connections for read models and the queries on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import asyncpg

from shared.postgres.databases import CONNECT, PATIENCE, Database

Connection: TypeAlias = Any
"""An asyncpg connection, from a pool or not."""
Pool: TypeAlias = Any
"""An asyncpg pool."""

APART = frozenset({"passfile", "connect_timeout", "application_name", "options"})
"""What asyncpg knows as arguments of its own."""
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""What is raised when the server cannot be reached or went away in the middle."""


async def leave(_: Connection) -> None:
    """Give a connection back as it is: who leaves something on it has :func:`borrowed` it.

    So the server is not asked each time to put it right.
    """


@asynccontextmanager
async def borrowed(pool: Pool) -> AsyncIterator[Connection]:
    """A connection that may be given settings, session locks and listeners: it is rid of them after the block."""
    async with pool.acquire(timeout=PATIENCE) as connection:
        try:
            yield connection
        finally:
            await clean(connection)


async def clean(connection: Connection) -> None:
    """Put a connection right; one that cannot be put right is closed."""
    if connection.is_closed():
        return
    try:
        await connection.reset()
    except BaseException:
        connection.terminate()
        raise


async def open_pool(database: Database, *, size: int = 8) -> Pool:
    """A pool of at most ``size`` connections. None is made before it is needed, so the server may come later.

    A process that stands still in the middle of a transaction loses it after a while, so that another can take over.
    """
    return await asyncpg.create_pool(
        **address(database), min_size=0, max_size=size, command_timeout=PATIENCE, reset=leave
    )


def address(database: Database) -> dict[str, Any]:
    """What asyncpg connects with, so that it does what libpq would; what it knows only in an address stands in one."""
    told = dict(database.options)
    apart = {
        name: told.pop(name) for name in ("passfile", "connect_timeout", "application_name", "options") if name in told
    }
    settings = {
        "application_name": database.named("readmodel"),
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": f"{PATIENCE}s",
    }
    return {
        "dsn": f"postgresql://?{urlencode(told, quote_via=quote)}" if told else None,
        "host": database.hosts,
        "port": database.ports,
        "user": database.user,
        "password": database.password or None,
        "passfile": apart.get("passfile"),
        "database": database.name,
        "timeout": int(apart.get("connect_timeout", CONNECT)),
        "server_settings": settings | ({"options": apart["options"]} if "options" in apart else {}),
    }
