"""The clock that speaks: looks every second at the moments that are past, and has them said, each exactly once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol
from uuid import UUID, uuid5

import structlog

from services.analytics.deadlines.timers import DUE, DeadlineTimer
from services.analytics.domain import MissDeadline, WarnDeadline
from shared.clock import Clock
from shared.commands.answers import Answer, Busy, UnknownCase
from shared.commands.requests import CommandRequest
from shared.contracts.commands import Command
from shared.contracts.refused import Refused
from shared.loop import Loop
from shared.observability.metrics import LAST_LOOK
from shared.readmodels import AWAY

log = structlog.get_logger(__name__)

COMMANDS = UUID("6a7a3b0e-5d0f-5f43-9c3e-2f6f4c1f7b10")
EVERY = 1.0
"""Seconds between two looks."""
GRACE = 0.3
"""Seconds in which work that ended in time, and is still on its way here, may arrive."""
UP_TO_DATE = timedelta(seconds=10)
"""A look that did not reach nearer than this to the present does not count as one for those who watch."""
PAGE = 200
"""So many moments are read, and said together, at a time."""

Past = Callable[[datetime, DeadlineTimer | None, int], Awaitable[Sequence[DeadlineTimer]]]
"""(until, after, limit) -> moments before ``until`` in their order, at most so many of those after one."""


class Submits(Protocol):
    """The part of the gate that the clock uses."""

    async def submit(self, request: CommandRequest) -> Answer: ...


class DeadlineScheduler(Loop):
    """Several may run: what one says, another finds said.

    ``hearing`` tells what keeps the service from hearing of ended work, in words; while it does, nobody is said
    to be late, since the work may be done and the news on its way. ``known`` is the moment up to which the register has
    heard what departments did, None when that is not known; what is due later waits.
    """

    expected = (*AWAY, Busy)

    def __init__(
        self,
        clock: Clock,
        gate: Submits,
        past: Past,
        hearing: Callable[[], Sequence[str]],
        known: Callable[[], datetime | None],
    ) -> None:
        super().__init__("analytics clockwork")
        self._clock = clock
        self._gate = gate
        self._past = past
        self._hearing = hearing
        self._known = known

    async def session(self) -> None:
        """See :class:`Loop`."""
        self.connected()
        while not self.stopping.is_set():
            await self.look()
            self.connected()
            await self.pause(EVERY)

    async def look(self) -> int:
        """Have everything said whose moment is past now; how many events that made. Raises AWAY, Busy."""
        now, known = self._clock.now(), self._known()
        if known is None:
            return 0
        until = min(now, known)
        await asyncio.sleep(GRACE)
        said, last = 0, None
        while not (self._hearing() or self.stopping.is_set()):
            page = await self._past(until, last, PAGE)
            if not page:
                if now - until < UP_TO_DATE:
                    LAST_LOOK.labels("analytics").set_to_current_time()
                break
            said += await self._say(page)
            last = page[-1]
        return said

    async def _say(self, page: Sequence[DeadlineTimer]) -> int:
        """Several deadlines at once, the moments of one deadline in their order."""
        by_deadline = groupby(sorted(page, key=lambda moment: (moment.deadline, moment)), lambda each: each.deadline)
        return sum(await asyncio.gather(*(self._say_in_order(list(of_one)) for _, of_one in by_deadline)))

    async def _say_in_order(self, moments: Sequence[DeadlineTimer]) -> int:
        said = 0
        for moment in moments:
            try:
                request = CommandRequest.of(moment.case, command_for(moment), command_id=command_id(moment))
                answer = await self._gate.submit(request)
            except (Refused, UnknownCase) as error:
                log.error("deadline not taken", case=str(moment.case), deadline=moment.name, error=repr(error))
                break
            said += 0 if answer.repeated else len(answer.events)
        return said


def command_for(moment: DeadlineTimer) -> Command:
    """What is to be said at a moment."""
    if moment.percent == DUE:
        return MissDeadline(name=moment.name, owner=moment.owner, round=moment.round)
    return WarnDeadline(name=moment.name, owner=moment.owner, round=moment.round, percent=moment.percent)


def command_id(moment: DeadlineTimer) -> UUID:
    """The same for the same moment, whoever looks and whenever: so it is said once."""
    return uuid5(COMMANDS, f"{moment.case}/{moment.name}/{moment.owner}/{moment.round}/{moment.percent}")
