"""The harness can fail: with any one guard taken out, a small scene says which promise is broken; with all, none is."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.guards import GUARDS
from tests.chaos.guards.guard import Guard
from tests.support.building import Building


@pytest.fixture
async def building(postgres_url: str, kafka_bootstrap: str) -> AsyncIterator[Building]:
    """A building with Kafka."""
    building = Building(postgres_url, kafka_bootstrap)
    yield building
    await building.close()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
async def test_with_all_guards_no_promise_is_broken(guard: Guard, building: Building) -> None:
    assert await guard.scene(building) == []


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
async def test_a_missing_guard_is_noticed(guard: Guard, building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    guard.remove(monkeypatch)

    assert guard.promise in [broken.partition(":")[0] for broken in await guard.scene(building)]
