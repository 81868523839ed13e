"""A run: round after round of work with faults in it, and after each the house at rest is looked at from outside."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random

import httpx
import psycopg
from aiokafka.errors import KafkaError

from shared.clock import OffsetClock
from tests.chaos.again import sent_again
from tests.chaos.checks import violations
from tests.chaos.faults import WEIGHTS
from tests.chaos.faults.fault import Fault, Scene, drawn
from tests.chaos.gathering import gathered
from tests.chaos.house import House
from tests.chaos.ledger import Ledger
from tests.chaos.letters import replay_all
from tests.chaos.lives import Stuck
from tests.chaos.people import NoAnswer, People
from tests.chaos.readmodels import read_models_equal_their_rebuild
from tests.chaos.rest import Restless, Standing, looked_at, rests
from tests.chaos.surge import Surge
from tests.chaos.tally import Plan, Tally
from tests.chaos.violations import Violation, found
from tests.chaos.work import Work

Say = Callable[[str], None]
OUT_OF_REACH = (OSError, TimeoutError, KafkaError, psycopg.OperationalError)
"""What a fault meets that needs a server which another has just broken."""
LOOKS = 4
"""So often a house is looked at in which something does not fit and which has spoken meanwhile: its clock runs on, and
where it was moved to among the deadlines of many cases, one falls due every moment."""
HTTP_PATIENCE = 12.0
"""Seconds after which a person takes a request for lost."""


class Run:
    """A plan carried out in one house."""

    def __init__(self, house: House, plan: Plan, say: Say) -> None:
        self.house = house
        self.plan = plan
        self.tally = Tally(plan.seed)
        self._say = say

    async def go(self) -> Tally:
        """Do what is planned, and stop after the first round that breaks a promise."""
        plan, tally = self.plan, self.tally
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        address = self.house.started.address
        async with httpx.AsyncClient(base_url=address, timeout=HTTP_PATIENCE, limits=limits) as client:
            people = People(client, Ledger())
            for number in range(plan.first, plan.first + plan.rounds):
                tally.violations += await self._told(people, number)
                if tally.violations:
                    return tally
            if plan.surge:
                tally.violations += await self._surge(people)
            with self._part("again"):
                tally.violations += await sent_again(self.house, people, Random(plan.seed))
            self._count(people)
        return tally

    async def _told(self, people: People, number: int) -> list[Violation]:
        """A round, and a line about it."""
        began, before = time.monotonic(), self.tally.faults.copy()
        wrong = await self._round(people, number)
        self.tally.rounds += 1
        self._count(people)
        struck = ", ".join((self.tally.faults - before).elements())
        self._say(
            f"round {number + 1}: {time.monotonic() - began:4.1f} s, {self.tally.accepted} commands accepted, "
            f"{self.tally.events} events, {len(wrong)} violations; {struck}"
        )
        return wrong

    def _count(self, people: People) -> None:
        """Take over what people have come to up to now."""
        self.tally.accepted = len(people.ledger.accepted)
        self.tally.repeated = sum(len(entry.tries) > 1 for entry in people.ledger.entries)
        self.tally.troubles = people.troubles

    async def _round(self, people: People, number: int) -> list[Violation]:
        """One round of work and faults; what is wrong at its end."""
        house, plan = self.house, self.plan
        chance = Random(f"{plan.seed}/{number}")
        name = f"{plan.seed}-{number}"
        work = Work(house, people, plan.load, name, number, asyncio.Event())
        with self._part("work"):
            working = asyncio.create_task(work.done(Random(chance.random())))
            wrong = await self._strike_all(people, name, chance)
            work.enough.set()
            wrong += found("work does not get on", await working)
        return await self._looked_at(people, wrong)

    async def _surge(self, people: People) -> list[Violation]:
        """Far too much work for a while; what is wrong with that and at its end."""
        surge = Surge(self.house, people, self.plan.surge, f"{self.plan.seed}-surge")
        with self._part("surge"):
            wrong = await surge.come()
        self.tally.notes.append(surge.figures.told())
        self._say(surge.figures.told())
        return await self._looked_at(people, wrong)

    async def _looked_at(self, people: People, wrong: list[Violation]) -> list[Violation]:
        """What is wrong with the house once it rests, and what was known to be."""
        house, plan = self.house, self.plan
        now = OffsetClock(house.clock).now()
        try:
            with self._part("healing"):
                await asyncio.to_thread(house.await_all)
                await asyncio.to_thread(replay_all, house, people.ledger.poisoned)
        except AssertionError as error:
            return [*wrong, Violation("the house does not heal", str(error))]
        wrong += found("a process died by itself", died(house))
        wrong += found("a refusal is not clear", people.unclear)
        for _ in range(LOOKS):
            standing: Standing | None = None
            seen: list[Violation] = []
            try:
                with self._part("coming to rest"):
                    standing = await rests(house, plan.patience)
            except Restless as error:
                seen.append(Violation("the house does not come to rest", str(error)))
            seen += await self._compared(people, now)
            if not seen or standing is None or (await looked_at(house))[0] == standing:
                break
        people.ledger.muddled.clear()
        return wrong + seen

    async def _compared(self, people: People, now: datetime) -> list[Violation]:
        """What does not fit together in the house as it now is."""
        house = self.house
        with self._part("looking"):
            evidence = await gathered(house, people, now, alone=self.plan.alone)
            self.tally.events = sum(len(store.events) for store in evidence.stores.values())
            wrong = list(violations(evidence))
        with self._part("rebuilding"):
            return wrong + await read_models_equal_their_rebuild(house.database_url, people.ledger.muddled)

    async def _strike_all(self, people: People, name: str, chance: Random) -> list[Violation]:
        """Strike with the faults of a round; those that last go on while others strike."""
        striking: list[asyncio.Task[str]] = []
        for number, fault in enumerate(self._faults(chance)):
            await people.ledger.more(chance.randrange(1, 12), within=2.0)
            scene = Scene(self.house, people, Random(chance.random()), f"{name}-fault-{number}")
            task = asyncio.create_task(self._strike(fault, scene))
            striking.append(task)
            if not fault.lasting:
                await task
        return found("work does not get on", filter(None, await asyncio.gather(*striking)))

    async def _strike(self, fault: Fault, scene: Scene) -> str:
        """Strike with one; what went wrong with it, in words."""
        try:
            if await fault.strike(scene):
                self.tally.struck(fault)
        except (Stuck, NoAnswer, AssertionError) as error:
            return f"{fault.name}: {error}"
        except OUT_OF_REACH:
            return ""
        return ""

    def _faults(self, chance: Random) -> Iterator[Fault]:
        """The faults of a round, each drawn when the one before has struck."""
        if self.plan.each:
            yield from chance.sample(self.plan.faults, len(self.plan.faults))
            return
        for _ in range(self.plan.strikes):
            if (fault := drawn(self.plan.faults, WEIGHTS, self.house, chance)) is not None:
                yield fault

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.tally.took(name, time.monotonic() - began)


async def run(house: House, plan: Plan, say: Say) -> Tally:
    """Carry out a plan in a house."""
    return await Run(house, plan, say).go()


def died(house: House) -> list[str]:
    """The processes that were started again more often than the harness has killed them."""
    return [name for name, times in house.restarts().items() if times > house.killed[name]]
