"""Rates of what is kept, in a window of Faust's that may be thrown away; nothing waits for them.

Faust is handed what each batch came to, in memory: neither events nor Kafka are its business.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import faust
import structlog
from faust.app.base import BootStrategy

from shared.clock import Clock

log = structlog.get_logger(__name__)

RATE_STEP = 10
"""Seconds that one figure of a rate stands for."""
RATE_STEPS = 60
"""So many figures are kept."""
TELL_EVERY = 1.0
"""Seconds between two tellings of the rates."""
LONGEST_WAIT = 0.1
"""Seconds that keeping waits for Faust at most."""


class InMemory(BootStrategy):
    """Starts neither producer nor consumer."""

    enable_kafka = False


class App(faust.App):
    """A Faust app that lives by itself."""

    BootStrategy = InMemory


class Fleeting(faust.Table[Any, Any]):
    """A table that is written down nowhere."""

    def on_key_set(self, key: Any, value: Any) -> None:
        """Note when the key's window ends."""
        self._maybe_set_key_ttl(key, 0)

    def on_key_del(self, key: Any) -> None:
        """Forget it."""
        self._maybe_del_key_ttl(key, 0)


Tell = Callable[[dict[str, Any]], Awaitable[None]]
"""Told the figures of the moment, see :meth:`Rates.figures`."""


class Rates:
    """Kept events by service and window, told to somebody every second; ``folder`` may be thrown away."""

    def __init__(self, services: Sequence[str], clock: Clock, tell: Tell, folder: Path) -> None:
        self._services = tuple(services)
        self._clock = clock
        self._tell = tell
        self._app = App(
            "redress-rates", store="memory://", Table=Fleeting, datadir=str(folder),
            web_enabled=False, loghandlers=[], logging_config=None,
        )  # fmt: skip
        self._window = faust.TumblingWindow(RATE_STEP, expires=RATE_STEP * (RATE_STEPS + 1))
        self._table = self._app.Table("rates", default=int, partitions=1).using_window(self._window)
        self._kept = self._app.channel()
        self._app.agent(self._kept, name="count")(self._add)
        self._app.timer(TELL_EVERY)(self._tell_figures)
        self._app.timer(RATE_STEP)(self._forget_the_oldest)

    async def __aenter__(self) -> "Rates":
        self._app.finalize()
        await self._app.start()
        self._app.flow_control.resume()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._app.stop()

    async def count(self, kept: Counter[str]) -> None:
        """Note events that were kept just now; not at all when Faust does not take it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._kept.send(value=kept), LONGEST_WAIT)

    def figures(self) -> dict[str, Any]:
        """``{step, until, counts: {service: [oldest, …, newest]}}``: events in each step of so many seconds.

        ``until`` is the end of the newest step, which is still filling, in seconds since 1970.
        """
        now = self._clock.now().timestamp()
        windows = [self._window.current(now - RATE_STEP * back) for back in reversed(range(RATE_STEPS))]
        counts = {service: [self._table[service][window] for window in windows] for service in self._services}
        return {"step": RATE_STEP, "until": windows[-1][0] + RATE_STEP, "counts": counts}

    async def _add(self, stream: "faust.StreamT[Counter[str]]") -> None:
        async for kept in stream:
            window = self._window.current(self._clock.now().timestamp())
            for service, number in kept.items():
                self._table[service][window] += number

    async def _forget_the_oldest(self) -> None:
        """What Faust's table service does, which is not started without Kafka."""
        await self._table.table._del_old_keys()  # type: ignore[attr-defined]

    async def _tell_figures(self) -> None:
        try:
            await self._tell(self.figures())
        except Exception as error:
            log.info("rates", error=repr(error))
