"""Opens analytics' database for the read models, however long it takes to be there, and makes their tables."""

import asyncio

import structlog

from services.analytics.readmodel.tables import CREATE
from shared.eventstore.store import AWAY as STORE_AWAY
from shared.eventstore.store import Store
from shared.postgres.databases import Database
from shared.readmodels import AWAY, Pool, open_pool

log = structlog.get_logger(__name__)

AGAIN = 0.5
"""Seconds between two tries."""


async def connect(database: Database) -> Pool:
    """Connections to analytics' database; waits until the server is there, and makes what is missing."""
    pool = await open_pool(database)
    while True:
        try:
            await asyncio.to_thread(prepare, database)
            await make_tables(pool)
            return pool
        except (*AWAY, *STORE_AWAY) as error:
            log.info("waiting for PostgreSQL", database=database.name, error=str(error))
            await asyncio.sleep(AGAIN)


def prepare(database: Database) -> None:
    """Make the database and the tables of the store, where the worker's dead letters lie. Raises psycopg.Error."""
    store = Store(database, connections=1)
    try:
        store.prepare()
    finally:
        store.close()


async def make_tables(pool: Pool) -> None:
    """Make the tables that are missing; several processes may start at once."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('redress analytics tables'))")
        for statement in CREATE:
            await connection.execute(statement)
