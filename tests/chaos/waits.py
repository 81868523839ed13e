"""Waiting in a run for something that comes by itself, without making a fuss when it does not."""

import asyncio
from collections.abc import Awaitable, Callable

LOOK_EVERY = 0.1


async def became(ask: Callable[[], bool | Awaitable[bool]], within: float) -> bool:
    """Whether it became true within these seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    while loop.time() < until:
        answer = ask()
        if answer if isinstance(answer, bool) else await answer:
            return True
        await asyncio.sleep(LOOK_EVERY)
    return False
