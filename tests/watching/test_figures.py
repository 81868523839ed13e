"""The figures behind the alerts tell what they say: clocks, disks, readiness, and when deadlines were looked at."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.analytics.clockwork import Clockwork
from services.analytics.projections.deadlines import Moment
from shared.eventing import metrics
from shared.eventing.hlc import HybridClock
from tests.analytics.desks import StillClock

LAST_LOOK = "redress_clockwork_last_look_timestamp_seconds"


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def stamp(moment: datetime, source: str) -> str:
    return f"{int(moment.timestamp() * 1000):015d}.000000.{source}"


def test_a_source_whose_clock_is_ahead_is_told_and_forgiven_once_it_is_right() -> None:
    clock, service = StillClock(datetime(2026, 11, 2, tzinfo=UTC)), uuid4().hex
    stamps = HybridClock(clock, service)

    def ahead(seconds: float) -> float | None:
        stamps.observe(stamp(clock.moment + timedelta(seconds=seconds), "intake"))
        return told("redress_clock_ahead_seconds", service=service, source="intake")

    assert [ahead(10), ahead(-60), ahead(2.5)] == [10, 0, 2.5]


def test_a_service_s_own_stamps_say_nothing_about_clocks() -> None:
    clock, service = StillClock(), uuid4().hex
    HybridClock(clock, service).observe(stamp(clock.moment + timedelta(hours=1), service))

    assert told("redress_clock_ahead_seconds", service=service, source=service) is None


def test_the_disk_is_that_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    service = uuid4().hex
    metrics.watch_disk(service, tmp_path / "not" / "made" / "yet")
    free, size = (told(f"redress_files_{what}_bytes", service=service) for what in ("free", "size"))

    assert free is not None
    assert size is not None
    assert 0 < free < size


def test_readiness_is_asked_for_at_each_look() -> None:
    service, lacks = uuid4().hex, ["Kafka is away"]
    metrics.watch_readiness(service, lambda: lacks)
    seen = [told("redress_ready", service=service)]
    lacks.clear()

    assert [*seen, told("redress_ready", service=service)] == [0, 1]


@pytest.mark.parametrize(("hearing", "looked"), [((), True), (("news is waiting",), False)])
async def test_a_look_counts_only_when_all_news_was_heard(hearing: Sequence[str], looked: bool) -> None:
    async def nothing(until: datetime, after: Moment | None, limit: int) -> Sequence[Moment]:
        return ()

    metrics.LAST_LOOK.set(0)
    await Clockwork(StillClock(), cast(Any, None), nothing, lambda: hearing).look()

    assert bool(told(LAST_LOOK)) == looked
