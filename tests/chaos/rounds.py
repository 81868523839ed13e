"""A run: round after round of work with faults in it, and after each the house at rest is looked at from outside."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import httpx

from deploy.dev.services import WORKER
from tests.chaos.again import sent_again
from tests.chaos.checks import violations
from tests.chaos.crowd import Crowd
from tests.chaos.faults import Fault, drawn
from tests.chaos.gathering import gathered
from tests.chaos.house import House
from tests.chaos.importing import SITE, Import, Unfinished
from tests.chaos.ledger import Ledger
from tests.chaos.lives import Life, live_all
from tests.chaos.people import NoAnswer, People
from tests.chaos.readmodels import read_models_equal_their_rebuild
from tests.chaos.rest import Restless, rests
from tests.chaos.violations import Violation

Say = Callable[[str], None]
SITES = ("TPE", "TPE", "KSH")
HTTP_PATIENCE = 12.0
"""Seconds after which a person takes a request for lost."""
FIRST_ROW = 1_000_000
"""Above every key of the sample sheet."""


@dataclass(frozen=True)
class Plan:
    """What a run does.

    A round files ``cases`` complaints and imports ``rows`` more, has ``adopted`` of these handled too, and meanwhile a
    ``crowd`` of people files anomaly slips. Into that it strikes ``strikes`` times with one of the ``faults``, or with
    ``each`` of them once.
    """

    seed: int
    rounds: int
    faults: tuple[Fault, ...]
    cases: int = 4
    rows: int = 6
    adopted: int = 2
    crowd: int = 2
    strikes: int = 3
    each: bool = False
    alone: bool = True


@dataclass
class Tally:
    """What a run has come to. ``seconds`` is how long it took."""

    plan: Plan
    rounds: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    repeated: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    events: int = 0
    violations: list[Violation] = field(default_factory=list)
    seconds: float = 0.0


async def run(house: House, plan: Plan, say: Say) -> Tally:
    """Do what is planned, and stop after the first round that breaks a promise."""
    tally = Tally(plan)
    began = time.monotonic()
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=house.started.address, timeout=HTTP_PATIENCE, limits=limits) as client:
        people = People(client, Ledger())
        for number in range(plan.rounds):
            tally.violations += await one_round(house, people, plan, number, tally)
            tally.rounds += 1
            tally.accepted, tally.troubles = len(people.ledger.accepted), people.troubles
            tally.repeated = sum(len(entry.tries) > 1 for entry in people.ledger.entries)
            tally.seconds = time.monotonic() - began
            say(told(tally))
            if tally.violations:
                return tally
        tally.violations += await sent_again(house, people, Random(plan.seed))
    return tally


async def one_round(house: House, people: People, plan: Plan, number: int, tally: Tally) -> list[Violation]:
    """One round of work and faults; what is wrong at its end."""
    chance = Random(f"{plan.seed}/{number}")
    crowd = Crowd(people, f"{plan.seed}-{number}-slip", plan.crowd, asyncio.Event())
    filing = asyncio.create_task(crowd.file())
    work = asyncio.create_task(worked(house, people, plan, number, Random(chance.random())))
    for fault in struck(plan, house, chance):
        await people.ledger.more(chance.randrange(1, 12), within=4.0)
        if await fault.strike(house, chance):
            tally.faults[fault.name] += 1
    crowd.enough.set()
    wrong = [Violation("work does not get on", trouble) for trouble in (*await filing, *await work)]
    try:
        await asyncio.to_thread(house.await_all)
        await rests(house)
    except AssertionError as error:
        return [*wrong, Violation("the house does not heal", str(error))]
    except Restless as error:
        wrong.append(Violation("the house does not come to rest", str(error)))
    wrong += [Violation("a process died by itself", name) for name in died(house)]
    evidence = await gathered(house, people, alone=plan.alone)
    tally.events = sum(len(store.events) for store in evidence.stores.values())
    return wrong + violations(evidence) + await read_models_equal_their_rebuild(house.database_url)


def struck(plan: Plan, house: House, chance: Random) -> Iterator[Fault]:
    """The faults of a round, each drawn when the one before has struck."""
    if plan.each:
        yield from chance.sample(plan.faults, len(plan.faults))
        return
    for _ in range(plan.strikes):
        if (fault := drawn(plan.faults, house, chance)) is not None:
            yield fault


async def worked(house: House, people: People, plan: Plan, number: int, chance: Random) -> list[str]:
    """The work of a round: complaints filed and imported, and handled; what went wrong with it."""
    lives = [
        Life(people, f"{plan.seed}-{number}-{case}", chance.choice(SITES), Random(chance.random()))
        for case in range(plan.cases)
    ]
    troubles = await asyncio.gather(live_all(lives), imported(house, people, plan, number, chance))
    return [trouble for each in troubles for trouble in each]


async def imported(house: House, people: People, plan: Plan, number: int, chance: Random) -> list[str]:
    """Import some rows and have some of their cases handled; what went wrong."""
    if not plan.rows:
        return []
    try:
        cases = await Import(house, FIRST_ROW + number * plan.rows, plan.rows).run(chance)
    except (Unfinished, NoAnswer) as error:
        return [f"import: {error}"]
    people.ledger.rows.update(cases)
    adopted = [
        Life(people, f"{plan.seed}-{number}-row-{at}", SITE, Random(chance.random()), case)
        for at, case in enumerate(chance.sample(cases, plan.adopted))
    ]
    return list(await live_all(adopted))


def died(house: House) -> list[str]:
    """The processes that were started again more often than the harness has killed them.

    The worker may: it ends itself when Faust does not get over the loss of a topic.
    """
    return [name for name, times in house.restarts().items() if times > house.killed[name] and name != WORKER]


def told(tally: Tally) -> str:
    """Where a run stands, in a line."""
    faults = ", ".join(f"{name} {times}" for name, times in sorted(tally.faults.items()))
    return (
        f"round {tally.rounds}: {tally.accepted} commands accepted, {tally.repeated} repeated, "
        f"{tally.events} events, {len(tally.violations)} violations, {tally.seconds:.0f} s; {faults}"
    )
