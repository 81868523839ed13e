"""The ward and the desks of the console, on the session's real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.analytics.conftest import database, database_url, desks, pool
from tests.support.building import Building
from tests.watching.ward import Ward

__all__ = ["database", "database_url", "desks", "pool"]


@pytest.fixture
async def ward(postgres_url: str, tmp_path: Path) -> AsyncIterator[Ward]:
    """A service that can be poisoned."""
    building = Building(postgres_url)
    yield Ward(building, tmp_path)
    await building.close()
