"""Loops: tried again after trouble, told of once, ended when asked."""

import asyncio

import structlog

from shared.loop import Backoff, Loop
from tests.support.building import until


class Troubled(Loop):
    """Fails so many times, then works."""

    def __init__(self, *troubles: BaseException) -> None:
        super().__init__("troubled")
        self._outage._quiet_until = 0.0
        self._backoff = Backoff(0.001, 0.002)
        self._troubles = list(troubles)
        self.sessions = 0

    async def session(self) -> None:
        self.sessions += 1
        if self._troubles:
            raise self._troubles.pop(0)
        self.connected()
        await self.stopping.wait()


async def test_it_is_begun_again_until_it_works_and_tells_of_the_trouble_once() -> None:
    loop = Troubled(*(ConnectionError("refused") for _ in range(5)))
    with structlog.testing.capture_logs() as log:
        loop.start()
        await loop.ready(5)
    assert (loop.sessions, loop.missing()) == (6, ())
    assert [(entry["event"], entry["what"]) for entry in log] == [("away", "troubled"), ("back", "troubled")]
    await loop.close()
    assert loop.sessions == 6


async def test_the_same_trouble_after_a_short_recovery_is_not_told_again() -> None:
    class Flapping(Troubled):
        async def session(self) -> None:
            self.connected()
            self.sessions += 1
            raise ConnectionError("refused")

    loop = Flapping()
    with structlog.testing.capture_logs() as log:
        loop.start()
        await until(lambda: loop.sessions > 5, "it has failed often")
        await loop.close()
    assert len([entry for entry in log if entry["event"] == "away"]) == 1


async def test_a_cancellation_that_a_client_lets_out_does_not_end_it() -> None:
    loop = Troubled(asyncio.CancelledError())
    loop.start()
    await loop.ready(5)
    assert loop.sessions == 2
    await loop.close()


async def test_one_that_does_not_end_by_itself_is_ended_all_the_same() -> None:
    class Stubborn(Loop):
        async def session(self) -> None:
            self.connected()
            await asyncio.Event().wait()

    loop = Stubborn("stubborn")
    loop.start()
    await loop.ready(5)
    async with asyncio.timeout(5):
        await loop.close(grace=0.05)
    assert loop.missing() == ("stubborn: starting",)


def test_pauses_grow_to_a_bound_and_begin_anew() -> None:
    backoff = Backoff(1.0, 4.0)
    pauses = [backoff.pause() for _ in range(5)]
    assert all(
        0.8 * wanted <= pause <= 1.2 * wanted for wanted, pause in zip([1.0, 2.0, 4.0, 4.0, 4.0], pauses, strict=True)
    )
    backoff.reset()
    assert backoff.pause() <= 1.2
