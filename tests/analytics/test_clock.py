"""Whoever looks is told when the clock was moved, and what is shown stands on the one clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest

from services.analytics.dashboard import clock
from services.analytics.dashboard.clock import ClockWatch
from shared.clock import SystemClock
from tests.analytics.desks import QUALITY, Desks
from tests.analytics.waiting import eventually


@dataclass
class Movable:
    """The machine's clock, moved; it counts how often it was looked at."""

    offset: timedelta = timedelta()
    looks: int = 0

    def now(self) -> datetime:
        self.looks += 1
        return SystemClock().now() + self.offset


@pytest.mark.parametrize(("seconds", "told"), [(-86400, 1), (86400, 1), (3, 1), (1, 0), (0, 0)])
async def test_a_clock_that_was_moved_is_noticed_once(monkeypatch: pytest.MonkeyPatch, seconds: int, told: int) -> None:
    monkeypatch.setattr(clock, "LOOK_EVERY", 0.01)
    moved, jumps = Movable(), list[timedelta]()
    watch = ClockWatch(moved, lambda: jumps.append(moved.offset))
    watch.start()
    await watch.ready()

    moved.offset, looks = timedelta(seconds=seconds), moved.looks
    await eventually(partial(answered, moved), lambda seen: seen > looks + 3)
    await watch.close()

    assert jumps == [moved.offset] * told


async def answered(moved: Movable) -> int:
    """How often the clock was looked at."""
    return moved.looks


async def test_the_time_can_be_asked_for(desks: Desks) -> None:
    assert (await desks.ask(QUALITY, "/api/analytics/clock")).json() == {"at": "2026-11-03T02:00:00Z"}
