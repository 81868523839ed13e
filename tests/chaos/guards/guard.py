"""What a guard is to the harness: something that can be taken out, and a small scene that must then show it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.support.building import Building

Remove = Callable[[pytest.MonkeyPatch], None]
"""Takes a guard out of this process."""
Scene = Callable[[Building], Awaitable[list[str]]]
"""Plays something in a small building; the promises that were broken, in words."""


@dataclass(frozen=True)
class Guard:
    """``name`` says what the guard is, ``promise`` how the broken promise begins when it is missing."""

    name: str
    remove: Remove
    scene: Scene
    promise: str


def broken(promise: str, seen: object, wanted: object) -> list[str]:
    """The promise with what was seen, unless that is what was wanted."""
    return [] if seen == wanted else [f"{promise}: {seen!r:.300}"]
