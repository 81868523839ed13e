"""The process of analytics' live read models: ``python -m services.analytics.worker``.

It needs ``DATABASE_URL`` and ``KAFKA_BOOTSTRAP_SERVERS``, waits until both answer, and tells on
``REDRESS_PORT`` how it is: ``/health/live``, ``/health/ready``, ``/metrics``.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
import uvicorn
from fastapi import FastAPI

from services.analytics.readmodel.connection import connect
from services.analytics.readmodel.ingestion import Ingestion
from services.analytics.readmodel.notifications import WorkerStatus, tell
from services.analytics.worker.rates import Rates
from services.analytics.worker.retry import RetryLoop
from shared.clock import Clock, SystemClock, clock_from_env
from shared.contracts.event import SERVICES
from shared.http.health import health_routes
from shared.http.logging import configure
from shared.http.metrics import metrics as scraped
from shared.messaging.subscription import Subscription
from shared.messaging.topics import Topics
from shared.observability import metrics, tracing
from shared.postgres.databases import Database, database_of
from shared.readmodels import Pool

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass
class Worker:
    """The stream into the read models and what it needs; there is none while PostgreSQL has not answered yet."""

    database: Database
    bootstrap: str
    topics: Topics = field(default_factory=Topics)
    clock: Clock = field(default_factory=clock_from_env)
    keeper: Ingestion | None = None
    stream: Subscription | None = None

    def missing(self) -> list[str]:
        """What keeps it from running, for ``/health/ready``."""
        if self.keeper is None or self.stream is None:
            return ["waiting for PostgreSQL"]
        return [*self.stream.missing(), *filter(None, [self.keeper.trouble])]

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop``."""
        pool = await unless(stop, connect(self.database))
        if pool is None:
            return
        async with pool:
            await self._stream(pool, stop)

    async def _stream(self, pool: Pool, stop: asyncio.Event) -> None:
        with tempfile.TemporaryDirectory(prefix="redress-rates-") as folder:
            async with Rates(SERVICES, SystemClock(), partial(self._tell, pool), Path(folder)) as rates:
                self.keeper = Ingestion(pool, self.clock, rates.count)
                self.stream = Subscription("analytics", "history", SERVICES, self.keeper, self.bootstrap, self.topics)
                loops = (self.stream, RetryLoop(pool))
                for loop in loops:
                    loop.start()
                try:
                    await stop.wait()
                finally:
                    await asyncio.gather(*(loop.close() for loop in loops))

    async def _tell(self, pool: Pool, rates: dict[str, Any]) -> None:
        """Rates are counted by the machine's clock, which nobody moves, and told by the product's."""
        lag = self.stream.lag if self.stream else None
        now = self.clock.now()
        moved = now - SystemClock().now()
        shown = {**rates, "until": round(rates["until"] + moved.total_seconds())}
        await tell(pool, WorkerStatus(now, self.missing(), lag, shown))


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
    app.add_route("/metrics", scraped, include_in_schema=False)
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
    metrics.watch_readiness("analytics-worker", worker.missing)
    health = asyncio.create_task(serve_health(worker, int(os.environ.get("REDRESS_PORT", "0")), done))
    try:
        await worker.run(stop)
    finally:
        done.set()
        await health
