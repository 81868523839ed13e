"""``redress clock`` moves the demo's clock, and only the demo's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.clock import clock, moment, span
from deploy.dev.trouble import Trouble
from shared.clock import OffsetClock


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDRESS_CLOCK_FILE", str(tmp_path / "clock.json"))
    monkeypatch.delenv("REDRESS_MODE", raising=False)
    return tmp_path / "clock.json"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("3d", timedelta(days=3)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("2w", timedelta(weeks=2)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_a_length_of_time_is_written_short(text: str, length: timedelta) -> None:
    assert span(text) == length


@pytest.mark.parametrize("text", ["", "3", "d", "3x", "-3d", "3d 4h", "1.5d", "999999999999d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Trouble):
        span(text)


def test_a_moment_keeps_its_zone() -> None:
    assert moment("2026-12-01T09:00+08:00") == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(Trouble, match="'tomorrow' is no moment"):
        moment("tomorrow")


def test_the_clock_is_advanced_and_given_back(file: Path) -> None:
    command = CliRunner()

    assert command.invoke(clock, ["advance", "3d"]).output.endswith("3 days, 0:00:00 ahead of this machine\n")
    assert command.invoke(clock, ["advance", "12h"]).output.endswith("3 days, 12:00:00 ahead of this machine\n")
    assert OffsetClock(file).offset == timedelta(days=3, hours=12)
    assert command.invoke(clock, ["set", "now"]).output.endswith("as on this machine\n")


def test_the_clock_is_set_to_a_moment(file: Path) -> None:
    CliRunner().invoke(clock, ["set", "2031-01-02T03:04:05+00:00"])

    assert abs(OffsetClock(file).now() - datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)) < timedelta(seconds=10)


def test_production_refuses_to_move_its_clock(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_MODE", "production")

    assert isinstance(CliRunner().invoke(clock, ["advance", "3d"]).exception, Trouble)
    assert not file.exists()
