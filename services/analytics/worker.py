"""The process of analytics' live streams: ``python -m services.analytics.worker``.

It needs ``DATABASE_URL`` and ``KAFKA_BOOTSTRAP_SERVERS``, waits until both answer, and tells on
``REDRESS_PORT`` how it is: ``/health/live``, ``/health/ready``, ``/metrics``.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import faust
import structlog
import uvicorn
from fastapi import FastAPI

from services.analytics.positioning import LOOK_EVERY, Watch, begin_where_kept
from services.analytics.projections.connecting import connect
from services.analytics.projections.keeping import Keeper
from services.analytics.projections.telling import tell_rates
from services.analytics.streaming import Rates, burial, keep_everything, stream_app
from shared.clock import SystemClock
from shared.eventing import tracing
from shared.eventing.databases import Database, database_of
from shared.eventing.topics import Topics, ensure_topics
from shared.http.health import health_routes
from shared.http.logging import configure
from shared.http.metrics import metrics
from shared.readmodel import Pool

log = structlog.get_logger(__name__)

T = TypeVar("T")

SERVICES = ("intake", "investigation", "approval", "finance", "analytics")
AGAIN = 0.5
"""Seconds between two tries to reach Kafka, and two looks at the streams."""
REBALANCED_WITHIN = 20.0
"""Seconds within which the partitions must be dealt out."""
GRACE = 10.0
"""Seconds in which the streams may finish what they hold."""


@dataclass
class Worker:
    """The streams and what they need; ``starting`` says what they wait for, empty while they run."""

    database: Database
    bootstrap: str
    topics: Topics = field(default_factory=Topics)
    starting: str = "starting"
    keeper: Keeper | None = None

    def missing(self) -> list[str]:
        """What keeps it from running, for ``/health/ready``."""
        return [lack for lack in (self.starting, self.keeper.trouble if self.keeper else "") if lack]

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop``. Streams that end by themselves are begun anew."""
        self.starting = "waiting for PostgreSQL"
        pool = await unless(stop, connect(self.database))
        if pool is None:
            return
        async with pool:
            while not stop.is_set():
                self.starting = "waiting for Kafka"
                if await unless(stop, self._topics_made()):
                    await self._stream(pool, stop)

    async def _stream(self, pool: Pool, stop: asyncio.Event) -> None:
        """Have the streams run until the end is asked for or they end by themselves."""
        with tempfile.TemporaryDirectory(prefix="redress-streams-") as folder:
            app = stream_app(
                bootstrap=self.bootstrap, group=f"{self.topics.group('analytics')}.worker", folder=Path(folder)
            )
            topics = [self.topics.of(service) for service in SERVICES]
            self.keeper = Keeper(pool, burial(app, self.topics.dead("analytics")))
            begin_where_kept(app, topics, self.keeper)
            rates, watch = Rates(app, SERVICES, SystemClock()), Watch(app, topics, self.keeper)
            keep_everything(app, topics, self.keeper, rates)
            app.timer(1.0)(every_time(lambda: tell_rates(pool, rates.figures())))
            app.timer(LOOK_EVERY)(every_time(watch.look))
            app.finalize()
            try:
                await app.start()
                self.starting = ""
                log.info("streams run")
                await app.wait(first_of(stop.wait(), stuck(app)))
            finally:
                self.starting = "stopping"
                with suppress(TimeoutError):
                    await asyncio.wait_for(app.stop(), GRACE)
                log.info("streams ended", asked=stop.is_set(), reason=str(app.crash_reason or ""))

    async def _topics_made(self) -> bool:
        """Wait until Kafka answers, and see that the topics are there."""
        names = [topic for service in SERVICES for topic in (self.topics.of(service), self.topics.dead(service))]
        while True:
            try:
                await ensure_topics(self.bootstrap, self.topics, names)
                return True
            except Exception as error:
                log.info("waiting for Kafka", error=str(error))
                await asyncio.sleep(AGAIN)


async def stuck(app: faust.App) -> None:
    """Wait until the app deals out partitions for so long that it will never end.

    Faust first waits for what it has yet to send: for ever, when that is for a topic that Kafka has lost.
    """
    since = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() - since < REBALANCED_WITHIN:
        await asyncio.sleep(AGAIN)
        if not app.rebalancing:
            since = asyncio.get_running_loop().time()
    log.error("the streams are begun anew: the partitions are not dealt out", seconds=REBALANCED_WITHIN)


async def first_of(*works: Awaitable[object]) -> None:
    """Wait until one of them ends, and give the others up."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def every_time(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """The work of a timer; what fails once may succeed the next time."""

    async def tried() -> None:
        try:
            await work()
        except Exception as error:
            log.info("timer", error=repr(error))

    return tried


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What the work gives, or None when the end was asked for before; then the work is given up."""
    task, end = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if task.done():
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return None


class Quiet(uvicorn.Server):
    """A server that leaves signals to its process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


async def serve_health(worker: Worker, port: int, stop: asyncio.Event) -> None:
    """Tell how the worker is, until ``stop``."""
    app = FastAPI(openapi_url=None, telemetry={"tracing": False})
    app.include_router(health_routes([worker.missing]))
    app.add_route("/metrics", metrics, include_in_schema=False)
    server = Quiet(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    await asyncio.wait({serving, asyncio.ensure_future(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving


async def main() -> None:
    """Run until SIGTERM or SIGINT."""
    configure("analytics-worker", os.environ.get("REDRESS_LOG", "json"))
    tracing.start("analytics-worker")
    stop, done = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = database_of("analytics", os.environ["DATABASE_URL"])
    worker = Worker(database, os.environ["KAFKA_BOOTSTRAP_SERVERS"])
    health = asyncio.create_task(serve_health(worker, int(os.environ.get("REDRESS_PORT", "0")), done))
    try:
        await worker.run(stop)
    finally:
        done.set()
        await health


if __name__ == "__main__":
    asyncio.run(main())
