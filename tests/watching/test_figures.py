"""The figures behind the alerts tell what they say: clocks, disks, readiness, deadlines, checkpoints."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.analytics import console
from services.analytics.deadlines.scheduler import DeadlineScheduler
from services.analytics.deadlines.timers import DeadlineTimer
from shared.audit.checkpoint_schedule import note
from shared.eventstore.hybrid_clock import HybridClock
from shared.observability import metrics
from shared.postgres.databases import Database
from tests.analytics.desks import Desks, StillClock
from tests.support.building import until

LAST_LOOK = "redress_clockwork_last_look_timestamp_seconds"
COVERED = "redress_checkpoint_timestamp_seconds"


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
    metrics.watch_disk(service, "files", tmp_path / "not" / "made" / "yet")
    free, size = (told(f"redress_files_{what}_bytes", service=service, folder="files") for what in ("free", "size"))

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
    async def nothing(until: datetime, after: DeadlineTimer | None, limit: int) -> Sequence[DeadlineTimer]:
        return ()

    metrics.LAST_LOOK.clear()
    await DeadlineScheduler(StillClock(), cast(Any, None), nothing, lambda: hearing, StillClock().now).look()

    assert (told(LAST_LOOK, service="analytics") is not None) == looked


async def test_what_checkpoints_cover_is_told_once_somebody_took_one(
    desks: Desks, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "COUNT_EVERY", 0.05)
    metrics.COVERED.clear()
    *_, counting = desks.loops
    counting.start()
    await counting.ready()
    assert told(COVERED, service="analytics") is None

    note(database, datetime(2026, 11, 2, tzinfo=UTC), {"number": 1})
    await until(lambda: told(COVERED, service="analytics") is not None, "the checkpoint is told")
    note(database, datetime(2026, 11, 3, tzinfo=UTC), {"trouble": "the folder is full"})
    await counting.close()

    assert told(COVERED, service="analytics") == datetime(2026, 11, 2, tzinfo=UTC).timestamp()
