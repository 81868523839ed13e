"""Takes checkpoints on a schedule: only when something is new, one instance at a time, in a process of its own."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import structlog
from psycopg import AsyncRawCursor, RawCursor

from shared.audit import operations
from shared.audit.checkpoints import Statement, last_statement
from shared.audit.log_reader import reading
from shared.clock import SystemClock
from shared.loop import Loop
from shared.postgres.databases import Database, database_of, is_only

log = structlog.get_logger(__name__)

PRODUCTION, DEMO = timedelta(minutes=15), timedelta(minutes=5)
AGAIN = timedelta(minutes=1)
"""After a checkpoint that could not be taken."""
STANDBY = 5.0
"""Seconds after which an instance that stands by looks whether it is needed."""
LONGEST = 600.0
"""Seconds within which a checkpoint must be taken."""


@dataclass(frozen=True, slots=True)
class CheckpointSettings:
    """Into which folder, signed with the key in which file, and how often."""

    folder: Path
    key: Path
    every: timedelta


def schedule_from_env(said: Mapping[str, str] = os.environ) -> CheckpointSettings | None:
    """From ``REDRESS_CHECKPOINTS``, ``REDRESS_CHECKPOINT_KEY`` and ``REDRESS_CHECKPOINT_MINUTES``.

    None when no folder or no key is named: then somebody else has to see to it. Raises ValueError when the minutes
    are none.
    """
    folder, key = said.get("REDRESS_CHECKPOINTS"), said.get("REDRESS_CHECKPOINT_KEY")
    return CheckpointSettings(Path(folder), Path(key), interval_from_env(said)) if folder and key else None


def interval_from_env(said: Mapping[str, str] = os.environ) -> timedelta:
    """How often a checkpoint is to be taken, whoever takes it. Raises ValueError when the minutes are none."""
    minutes = said.get("REDRESS_CHECKPOINT_MINUTES")
    usual = PRODUCTION if said.get("REDRESS_MODE") == "production" else DEMO
    every = timedelta(minutes=float(minutes)) if minutes else usual
    if not every > timedelta():
        raise ValueError(f"REDRESS_CHECKPOINT_MINUTES is {minutes!r}: it must be more than 0")
    return every


class CheckpointFailed(Exception):
    """A checkpoint that could not be taken; the text says why."""


class CheckpointSchedule(Loop):
    """Takes the checkpoints of all stores of a server.

    The instance that holds a lock of the ``home`` database works, the others stand by. What became of the last look
    stands in that database's table ``operations`` and, when it failed, in the log. A service is never
    unready because of it.
    """

    expected = (OSError, psycopg.Error)

    def __init__(
        self, schedule: CheckpointSettings, database_url: str, services: Sequence[str], home: Database
    ) -> None:
        super().__init__("checkpoints")
        self._schedule = schedule
        self._url = database_url
        self._services = tuple(services)
        self._home = home
        self._trouble = ""

    def missing(self) -> tuple[str, ...]:
        """Nothing, ever: the service works without checkpoints."""
        return ()

    async def session(self) -> None:
        """See :class:`Loop`."""
        parameters = self._home.parameters("checkpoints")
        connecting = psycopg.AsyncConnection.connect(**parameters, autocommit=True, cursor_factory=AsyncRawCursor)
        async with await connecting as connection:
            while not await is_only(connection, "checkpoints"):
                await self.pause(STANDBY)
                if self.stopping.is_set():
                    return
            await connection.execute(operations.CREATE)
            self.connected()
            while not self.stopping.is_set():
                wait = await self._look(connection)
                await self.pause(wait.total_seconds())

    async def _look(self, connection: psycopg.AsyncConnection[Any]) -> timedelta:
        """Take a checkpoint if there is something to cover; how long to wait for the next look."""
        now = SystemClock().now()
        try:
            result = await self.take()
        except (CheckpointFailed, OSError, ValueError, psycopg.Error) as error:
            self._tell_trouble(str(error).strip())
            await tell(connection, now, {"trouble": self._trouble})
            return min(AGAIN, self._schedule.every)
        self._tell_trouble("")
        await tell(connection, now, result)
        return self._schedule.every

    async def take(self) -> dict[str, Any]:
        """Have a checkpoint taken unless the last one covers everything; what the last one says.

        Raises CheckpointFailed, psycopg.Error, OSError, ValueError.
        """
        if await asyncio.to_thread(self._something_new):
            await self._run_notary()
        last = last_statement(self._schedule.folder)
        assert last is not None, "a checkpoint was taken, and none is there"
        return figures(last)

    def _something_new(self) -> bool:
        last = last_statement(self._schedule.folder)
        return last is None or figures(last)["lengths"] != lengths_of(self._url, self._services)

    async def _run_notary(self) -> None:
        """In a process of its own, so that a service with many cases neither stands still nor grows meanwhile."""
        told = {
            "DATABASE_URL": self._url,
            "REDRESS_CHECKPOINTS": str(self._schedule.folder),
            "REDRESS_CHECKPOINT_KEY": str(self._schedule.key),
        }
        notary = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "shared.audit.checkpoint_signing", *self._services,
            env=os.environ | told, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(LONGEST):
                _, said = await notary.communicate()
        finally:
            with suppress(ProcessLookupError):
                notary.kill()
        if notary.returncode != 0:
            raise CheckpointFailed(said.decode(errors="replace").strip()[-2000:] or f"exit code {notary.returncode}")

    def _tell_trouble(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.error("no checkpoint was taken", trouble=trouble, folder=str(self._schedule.folder))
        if self._trouble and not trouble:
            log.info("checkpoints are taken again")
        self._trouble = trouble


async def tell(connection: psycopg.AsyncConnection[Any], at: datetime, result: Mapping[str, Any]) -> None:
    """Leave what became of a look where the page of operations and the gauge find it."""
    async with connection.transaction():
        for row in operations.of_checkpoint(at, result):
            await connection.execute(operations.NOTE, row)


def note(home: Database, at: datetime, result: Mapping[str, Any]) -> None:
    """The same of a checkpoint that was asked for by hand. Raises psycopg.Error."""
    with psycopg.connect(**home.parameters("checkpoint"), cursor_factory=RawCursor) as connection:
        connection.execute(operations.CREATE)
        for row in operations.of_checkpoint(at, result):
            connection.execute(operations.NOTE, row)


def figures(statement: Statement) -> dict[str, Any]:
    """What is noted of a checkpoint: ``lengths`` are the positions that it reaches to."""
    lengths = {service: extent.length for service, extent in statement.stores.items()}
    return {"number": statement.number, "time": statement.time.isoformat(), "key": statement.key,
            "root": statement.root, "streams": statement.streams, "lengths": lengths}  # fmt: skip


def lengths_of(database_url: str, services: Sequence[str]) -> dict[str, int]:
    """The last position of each store. Raises psycopg.Error when the server is away."""
    lengths: dict[str, int] = {}
    for service in services:
        with reading(database_of(service, database_url)) as store:
            lengths[service] = store.length()
    return lengths
