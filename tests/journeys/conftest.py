"""What every journey begins with: the house, whose door is open."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.house import House, opened
from tests.support.started import Started


@pytest.fixture(scope="session")
async def house(stack: Started) -> AsyncIterator[House]:
    """The whole stack, asked by people."""
    async with opened(stack) as house:
        yield house
