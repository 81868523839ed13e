"""Uploads that nobody named are removed after some hours."""

import asyncio
from datetime import timedelta

import structlog

from shared.commands.answers import Busy
from shared.files import Use
from shared.http.holding import attachments_in
from shared.http.surroundings import ServiceContext
from shared.loop import Loop

log = structlog.get_logger(__name__)

OFTEN = 12
"""So many times in the age of an upload it is looked whether there are any."""
ANSWER = 30.0
"""Seconds that the store is waited for."""


class Sweeping(Loop):
    """Looks now and then for uploads that are old enough, and asks the service's store whether a case names them."""

    expected = (OSError, Busy, TimeoutError)

    def __init__(self, here: ServiceContext) -> None:
        super().__init__(f"{here.service} uploads")
        self.here = here

    async def session(self) -> None:
        """Sweep and rest, as long as uploads have an age at all."""
        age = self.here.settings.upload_age
        self.connected()
        while not self.stopping.is_set():
            if age:
                await self.sweep(age)
            await self.pause((age or timedelta(hours=1)).total_seconds() / OFTEN)

    async def sweep(self, age: timedelta) -> int:
        """Remove what was uploaded so long ago and is named by no case; how many files."""
        loop = asyncio.get_running_loop()

        def named(use: Use) -> bool:
            return asyncio.run_coroutine_threadsafe(self.names(use), loop).result(ANSWER)

        swept = await asyncio.to_thread(self.here.files.sweep, self.here.service, age.total_seconds(), named)
        if swept:
            log.info("uploads removed that no case names", files=swept)
        return swept

    async def names(self, use: Use) -> bool:
        """Whether an event of the case names the content. Raises Busy while the store cannot say."""
        return any(
            attached.digest == use.digest
            for recorded in await self.here.gate.events(use.case)
            for attached in attachments_in(recorded.event)
        )
