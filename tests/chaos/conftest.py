"""What the chaos tests share: seed and rounds from the environment, and a voice at the terminal."""

import os
from collections.abc import Callable

import pytest

Say = Callable[[str], None]


@pytest.fixture(scope="session")
def seed() -> int:
    """``CHAOS_SEED``, or always the same: what fails in one run is to fail in the next."""
    return int(os.environ.get("CHAOS_SEED") or 7)


@pytest.fixture(scope="session")
def rounds() -> int:
    """``CHAOS_ROUNDS``, or a few."""
    return int(os.environ.get("CHAOS_ROUNDS") or 2)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Tell the person at the terminal how far it is."""

    def spoken(line: str) -> None:
        with capsys.disabled():
            print(f"  {line}", flush=True)

    return spoken
