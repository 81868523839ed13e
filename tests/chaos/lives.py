"""Cases under way: people file them and do their steps one after another, sometimes twice, sometimes two at once."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from tests.chaos.course import Course, Step, any_course, form
from tests.chaos.ledger import Entry, order_of
from tests.chaos.people import NoAnswer, People
from tests.journeys.complaints import COMPLAINTS
from tests.journeys.people import GM_OFFICE, SALES_SUPERVISOR

COMES_WITHIN = 180.0
"""Seconds within which a stage must have come to its service, whatever is being broken."""
LOOK_EVERY = 0.15
TWICE = 0.2
"""How often a person presses the button twice."""
NOT_YET = frozenset({404, 409})
"""Answers after which the same may be tried again: what it needs is still on its way."""


class Stuck(Exception):
    """A case does not get on, or somebody was refused what he may do."""


@dataclass(frozen=True)
class Life:
    """One case from its form to the end of its course; ``case`` is None until it is filed.

    ``name`` makes its keys, so that no two lives have one key. Without ``course`` it takes one of the usual ones.
    """

    people: People
    name: str
    site: str
    chance: Random
    case: UUID | None = None
    course: Course | None = None

    async def live(self) -> None:
        """File the case if that was not done, and have every step done. Raises Stuck, NoAnswer."""
        course = self.course or any_course(self.site, self.chance)
        case = self.case or await self._file()
        for number, group in enumerate(course):
            await asyncio.gather(*(self._do(case, number, step) for step in group))

    async def _file(self) -> UUID:
        order = order_of(self.name)
        entry = await self._press(Entry(SALES_SUPERVISOR, COMPLAINTS, form(self.site, order), order))
        if not entry.accepted:
            raise Stuck(f"{order} is not filed: {entry.status} {entry.answer}")
        return entry.case

    async def _do(self, case: UUID, number: int, step: Step) -> None:
        key = f"{self.name}-{number}-{step.act}-{step.person}"
        path = f"/api/{step.service}/cases/{case}/{step.act}"
        await self._comes(case, step)
        entry = await self._press(Entry(step.person, path, step.body, key))
        until = asyncio.get_running_loop().time() + COMES_WITHIN
        while entry.status in NOT_YET and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_EVERY)
            await self.people.send_again(entry)
        if not entry.accepted:
            raise Stuck(f"{step.act} of {case} is refused to {step.person}: {entry.status} {entry.answer}")

    async def _press(self, entry: Entry) -> Entry:
        if self.chance.random() >= TWICE:
            return await self.people.send(entry)
        again = Entry(entry.person, entry.path, entry.body, entry.key)
        await asyncio.gather(self.people.send(entry), self.people.send(again))
        return entry

    async def _comes(self, case: UUID, step: Step) -> None:
        until = asyncio.get_running_loop().time() + COMES_WITHIN
        while not await self._is_there(case, step):
            if asyncio.get_running_loop().time() > until:
                raise Stuck(f"{step.stage} of {case} does not come to {step.service}")
            await asyncio.sleep(LOOK_EVERY)

    async def _is_there(self, case: UUID, step: Step) -> bool:
        answer = await self.people.look(GM_OFFICE, f"/api/{step.service}/cases/{case}")
        tasks: list[dict[str, Any]] = answer.json()["tasks"]["open"] if answer.status_code == 200 else []
        return any(task["stage"] == step.stage and step.owner in (None, task["owner"]) for task in tasks)


async def live_all(lives: Iterable[Life]) -> Sequence[str]:
    """Have all lives lived at the same time; what went wrong, in words."""
    outcomes = await asyncio.gather(*(life.live() for life in lives), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Stuck | NoAnswer):
            raise outcome
    return [str(outcome) for outcome in outcomes if outcome is not None]
