"""Named points in the way of an event at which a service kills itself, or a server, when it is told to."""

from collections.abc import Awaitable, Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.dev.services import WORKER
from shared.eventstore.recorder import Recorder
from shared.eventstore.store import Store
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.messaging.producer import Producer
from tests.chaos.launching.ending import end

NAMES = ("before append", "after append", "after send", "after position", "before offsets")
"""Recorded or not yet; sent but not known to be; known to be sent; heard but not known to be."""
COMMIT = "in the commit"
"""All is inserted; the transaction of what was heard is not ended, a command's is."""
WORKS = ("before keeping", "after keeping", "before beginning")
"""Of the worker: rows and positions are kept or not yet; where to begin is about to be asked."""
ALERTS = ("before the alert", "after the alert")
"""Of analytics: somebody is about to be said to be late, or was."""


def lay_points(name: str, order: Path) -> None:
    """Have the process die that ``order`` names, at the point that it names, once, when this one comes there."""

    def reached(point: str) -> None:
        try:
            told, _, victim = order.read_text("utf-8").partition("|")
        except FileNotFoundError:
            return
        if told == point:
            order.unlink()
            end(int(victim))

    before(Store, "append", lambda: reached("before append"))
    after(Store, "append", lambda: reached("after append"))
    after_waiting(Producer, "send", lambda: reached("after send"))
    after_waiting(Outbox, "advance", lambda: reached("after position"))
    before(Inbox, "_commit", lambda: reached("before offsets"))
    after(Recorder, "_insert", lambda: reached(COMMIT))
    if name == WORKER:
        keeper = import_module("services.analytics.readmodel.ingestion").Ingestion
        before(keeper, "_transaction", lambda: reached("before keeping"))
        after_waiting(keeper, "_transaction", lambda: reached("after keeping"))
        before(keeper, "begin", lambda: reached("before beginning"))
    if name == "analytics":
        clockwork = import_module("services.analytics.deadlines.scheduler").DeadlineScheduler
        before(clockwork, "_say", lambda: reached("before the alert"))
        after_waiting(clockwork, "_say", lambda: reached("after the alert"))


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
