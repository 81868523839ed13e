"""A house on a server that is archived, with two services that talk to each other."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.recovery.server import Server
from tests.support.building import Building


@pytest.fixture
def server(own_folder: Path) -> Iterator[Server]:
    """A server of its own, with nothing in it."""
    folder = own_folder / f"recovery-{uuid4().hex[:8]}"
    folder.mkdir(mode=0o755)
    server = Server(folder)
    yield server
    server.stop()


@pytest.fixture
async def archived(server: Server, kafka_bootstrap: str) -> AsyncIterator[Building]:
    """A building on it."""
    building = Building(server.url, kafka_bootstrap)
    yield building
    await building.close()


@pytest.fixture
async def building(postgres_url: str, kafka_bootstrap: str) -> AsyncIterator[Building]:
    """A building on the session's servers."""
    building = Building(postgres_url, kafka_bootstrap)
    yield building
    await building.close()
