"""What the chaos runs share: seed and rounds from the environment, a folder for each stack, the table at the end."""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.report import printed
from tests.chaos.rounds import Tally

TALLIES = pytest.StashKey[list[tuple[str, Tally]]]()
Keep = Callable[[Tally], None]
Say = Callable[[str], None]


@pytest.fixture(scope="session")
def seed() -> int:
    """``REDRESS_CHAOS_SEED``, or another one each time."""
    return int(os.environ.get("REDRESS_CHAOS_SEED") or secrets.randbelow(1_000_000))


@pytest.fixture(scope="session")
def rounds() -> int:
    """``REDRESS_CHAOS_ROUNDS``, or 20."""
    return int(os.environ.get("REDRESS_CHAOS_ROUNDS") or 20)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one stack, which others may walk through (PostgreSQL may run as another user)."""
    with tempfile.TemporaryDirectory(prefix="redress-chaos-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made) / "stack"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Tell the person at the terminal how far it is."""

    def spoken(line: str) -> None:
        with capsys.disabled():
            print(f"  {line}", flush=True)

    return spoken


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Have a tally printed at the end."""

    def kept(tally: Tally) -> None:
        request.config.stash.setdefault(TALLIES, []).append((request.node.name, tally))

    return kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of all runs."""
    tallies = config.stash.get(TALLIES, [])
    if tallies:
        terminalreporter.write(printed(tallies))
