"""Waiting for something that comes by itself: asked again and again until it is so, or too late."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(ask: Callable[[], T | None], what: str, within: float = 30.0) -> T:
    """The first true answer. Raises ``AssertionError`` that names ``what`` when there is none within these seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {within:g} s: {what}")
