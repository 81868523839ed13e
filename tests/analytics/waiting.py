"""Waits for a condition with a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool], within: float = 30.0) -> T:
    """What ``look`` finds as soon as it is as ``wanted``; AssertionError with the last finding after a while."""
    until = asyncio.get_running_loop().time() + within
    while not wanted(found := await look()):
        assert asyncio.get_running_loop().time() < until, found
        await asyncio.sleep(0.02)
    return found
