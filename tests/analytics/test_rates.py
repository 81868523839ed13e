"""The rates: what was kept in the last steps of time, told every second, and nothing older held."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.analytics.worker import rates
from services.analytics.worker.rates import Rates
from tests.analytics.desks import StillClock
from tests.support.building import until


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of a second, of which three are told."""
    monkeypatch.setattr(rates, "RATE_STEP", 1)
    monkeypatch.setattr(rates, "RATE_STEPS", 3)
    monkeypatch.setattr(rates, "TELL_EVERY", 0.1)


async def test_the_last_steps_are_told_and_the_older_ones_forgotten(quick: None, tmp_path: Path) -> None:
    clock, told = StillClock(), list[dict[str, Any]]()

    async def tell(figures: dict[str, Any]) -> None:
        told.append(figures)

    async with Rates(("intake", "finance"), clock, tell, tmp_path) as rates:
        for _ in range(30):
            clock.moment += timedelta(seconds=1)
            await rates.count(Counter(intake=1, finance=2))
            await asyncio.sleep(0.01)
        counts = {"intake": [1, 1, 1], "finance": [2, 2, 2]}
        await until(lambda: told[-1:] and told[-1]["counts"] == counts, "the last three steps are told")
        clock.moment += timedelta(seconds=30)
        await rates.count(Counter(intake=1))
        await until(lambda: len(rates._table.table.data) <= 1, "what is older is forgotten")


async def test_keeping_does_not_wait_for_who_counts(quick: None, tmp_path: Path) -> None:
    rates = Rates(("intake",), StillClock(), lambda _: asyncio.sleep(0), tmp_path)
    async with asyncio.timeout(5):
        for _ in range(3):
            await rates.count(Counter(intake=1))
