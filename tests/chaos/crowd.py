"""A crowd at one door: people who file anomaly slips one after another, so that something is always under way."""

import asyncio
from dataclasses import dataclass

from tests.chaos.course import form
from tests.chaos.ledger import Entry
from tests.chaos.people import NoAnswer, People
from tests.journeys.complaints import COMPLAINTS
from tests.journeys.people import SALES_SUPERVISOR

MOST = 80
"""So many slips one of them files at most."""


@dataclass(frozen=True)
class Crowd:
    """``size`` people who file slips until ``enough`` is set; each one's next follows the answer to the one before."""

    people: People
    name: str
    size: int
    enough: asyncio.Event

    async def file(self) -> list[str]:
        """File slips; what went wrong, in words."""
        outcomes = await asyncio.gather(*(self._one(number) for number in range(self.size)), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, NoAnswer):
                raise outcome
        return [str(outcome) for outcome in outcomes if outcome is not None]

    async def _one(self, number: int) -> None:
        for turn in range(MOST):
            if self.enough.is_set():
                return
            order = f"SO-{self.name}-{number}-{turn}"
            slip = form(("TPE", "KSH")[turn % 2], order) | {"loss": False, "handling": "Set right there"}
            await self.people.send(Entry(SALES_SUPERVISOR, COMPLAINTS, slip, order))
