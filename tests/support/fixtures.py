"""Buildings on the session's real PostgreSQL and Kafka."""

from collections.abc import AsyncIterator

import pytest

from tests.support.building import Building


@pytest.fixture
async def building(postgres_url: str) -> AsyncIterator[Building]:
    """A building without Kafka."""
    building = Building(postgres_url)
    yield building
    await building.close()


@pytest.fixture
async def house(postgres_url: str, kafka_bootstrap: str) -> AsyncIterator[Building]:
    """A building with Kafka."""
    building = Building(postgres_url, kafka_bootstrap)
    yield building
    await building.close()
