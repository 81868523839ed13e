"""The clock that can be moved: one offset for all, and never in production."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import OffsetClock, SystemClock, clock_from_env


def distance(one: datetime, other: datetime) -> timedelta:
    return abs(one - other)


def test_without_a_file_it_tells_the_systems_time(tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "clock.json")
    assert clock.offset == timedelta()
    assert distance(clock.now(), SystemClock().now()) < timedelta(seconds=5)


def test_an_advance_is_seen_by_every_clock_on_the_file(tmp_path: Path) -> None:
    mover, other = OffsetClock(tmp_path / "clock.json"), OffsetClock(tmp_path / "clock.json")
    mover.advance(timedelta(days=3))
    assert other.offset == timedelta(days=3)
    mover.advance(timedelta(hours=-1))
    assert other.offset == timedelta(days=3, hours=-1)


def test_it_is_set_to_a_moment(tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "clock.json")
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    assert distance(clock.now(), datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(seconds=5)


def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        OffsetClock(tmp_path / "clock.json").set(datetime(2030, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"offset": "soon"}'])
def test_a_file_that_is_no_clock_file_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "clock.json").write_text(content)
    with pytest.raises(ValueError, match="no clock file"):
        OffsetClock(tmp_path / "clock.json").now()


def test_the_environment_chooses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDRESS_CLOCK_FILE", raising=False)
    assert isinstance(clock_from_env(), SystemClock)
    monkeypatch.setenv("REDRESS_CLOCK_FILE", str(tmp_path / "clock.json"))
    assert isinstance(clock_from_env(), OffsetClock)


def test_production_refuses_a_clock_that_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_CLOCK_FILE", str(tmp_path / "clock.json"))
    monkeypatch.setenv("REDRESS_MODE", "production")
    with pytest.raises(RuntimeError, match="production"):
        clock_from_env()
