"""A database of its own for each test that asks, with the read models' tables."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from services.analytics.readmodel.connection import prepare
from services.analytics.readmodel.tables import CREATE
from shared.postgres.databases import Database, database_of
from tests.analytics.desks import Desks
from tests.analytics.house import House, standing


@pytest.fixture
async def database_url(postgres_url: str) -> AsyncIterator[str]:
    """The address of an empty database that goes away with the test."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_url}/postgres")
    await server.execute(f"CREATE DATABASE {name}")
    yield f"{postgres_url}/{name}"
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
def database(database_url: str) -> Database:
    """The same, as ``shared/postgres`` names it."""
    server, _, name = database_url.rpartition("/")
    return replace(database_of("analytics", server), name=name)


@pytest.fixture
async def pool(database: Database, database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to a database with the tables of the store and of the read models, all empty."""
    await asyncio.to_thread(prepare, database)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=8) as pool:
        for statement in CREATE:
            await pool.execute(statement)
        yield pool


@pytest.fixture
async def desks(pool: asyncpg.Pool, tmp_path: Path) -> Desks:
    """People who look at what is kept."""
    return Desks(pool, tmp_path)


@pytest.fixture
async def house(postgres_url: str) -> AsyncIterator[House]:
    """Five stores with forty cases, of which analytics has kept nothing."""
    async with standing(postgres_url) as house:
        yield house
