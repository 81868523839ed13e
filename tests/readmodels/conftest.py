"""A building with a pool for read models."""

from collections.abc import AsyncIterator

import pytest

from shared.postgres.pool import Pool, open_pool
from tests.support.building import Building


@pytest.fixture
async def building(postgres_url: str) -> AsyncIterator[Building]:
    """A building without Kafka."""
    building = Building(postgres_url)
    yield building
    await building.close()


@pytest.fixture
async def pool(building: Building) -> AsyncIterator[Pool]:
    """Connections to the office's database."""
    pool = await open_pool(building.database())
    yield pool
    await pool.close()
