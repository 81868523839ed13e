"""Named points in the way of an event at which a service kills itself when it is told to."""

import os
import signal
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

from shared.eventing.inbox import Inbox
from shared.eventing.outgoing import Outgoing
from shared.eventing.sender import Sender
from shared.eventing.store import Store

NAMES = ("before append", "after append", "after send", "after position", "before offsets")
"""Recorded or not yet; sent but not known to be; known to be sent; heard but not known to be."""


def lay_points(order: Path) -> None:
    """Have this process die at the point that ``order`` names, once, as soon as it comes there."""

    def reached(point: str) -> None:
        try:
            told = order.read_text("utf-8")
        except FileNotFoundError:
            return
        if told == point:
            order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    before(Store, "append", lambda: reached("before append"))
    after(Store, "append", lambda: reached("after append"))
    after_waiting(Sender, "send", lambda: reached("after send"))
    after_waiting(Outgoing, "advance", lambda: reached("after position"))
    before(Inbox, "_commit", lambda: reached("before offsets"))


def before(owner: type, name: str, reached: Callable[[], None]) -> None:
    """Call ``reached`` before each call of a method."""
    method: Callable[..., Any] = getattr(owner, name)

    @wraps(method)
    def altered(*arguments: Any, **named: Any) -> Any:
        reached()
        return method(*arguments, **named)

    setattr(owner, name, altered)


def after(owner: type, name: str, reached: Callable[[], None]) -> None:
    """Call ``reached`` after each call of a method."""
    method: Callable[..., Any] = getattr(owner, name)

    @wraps(method)
    def altered(*arguments: Any, **named: Any) -> Any:
        outcome = method(*arguments, **named)
        reached()
        return outcome

    setattr(owner, name, altered)


def after_waiting(owner: type, name: str, reached: Callable[[], None]) -> None:
    """Call ``reached`` when what each call of a coroutine method waits for is done."""
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(method)
    async def altered(*arguments: Any, **named: Any) -> Any:
        outcome = await method(*arguments, **named)
        reached()
        return outcome

    setattr(owner, name, altered)
