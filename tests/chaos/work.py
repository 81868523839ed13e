"""The work of a round: complaints filed and imported, and handled by everybody, while a crowd files slips."""

import asyncio
from dataclasses import dataclass
from random import Random

from tests.chaos.crowd import Crowd
from tests.chaos.house import House
from tests.chaos.importing import SITE, Import, Unfinished
from tests.chaos.lives import Life, live_all
from tests.chaos.people import NoAnswer, People

SITES = ("TPE", "TPE", "KSH")
FIRST_ROW = 1_000_000
"""Above every key of the sample sheet."""


@dataclass(frozen=True)
class Load:
    """How much there is to do in a round.

    ``cases`` complaints are filed and handled, ``rows`` more are imported in one round of ``every``, ``adopted`` of
    those handled too; meanwhile a ``crowd`` of people files anomaly slips.
    """

    cases: int = 4
    rows: int = 6
    adopted: int = 2
    crowd: int = 2
    every: int = 1


@dataclass(frozen=True)
class Work:
    """The work of the round of this ``name`` and ``number``; the same seed gives the same work."""

    house: House
    people: People
    load: Load
    name: str
    number: int
    enough: asyncio.Event

    async def done(self, chance: Random) -> list[str]:
        """Do everything, the crowd until it is enough; what went wrong, in words."""
        crowd = Crowd(self.people, f"{self.name}-slip", self.load.crowd, self.enough)
        lives = [
            Life(self.people, f"{self.name}-{case}", chance.choice(SITES), Random(chance.random()))
            for case in range(self.load.cases)
        ]
        troubles = await asyncio.gather(crowd.file(), live_all(lives), self._imported(chance))
        return [trouble for each in troubles for trouble in each]

    async def _imported(self, chance: Random) -> list[str]:
        load = self.load
        if not load.rows or self.number % load.every:
            return []
        sheet = Import(self.house, FIRST_ROW + self.number * load.rows, load.rows)
        self.people.ledger.asked.update(sheet.cases)
        try:
            cases = await sheet.run(chance)
        except (Unfinished, NoAnswer) as error:
            return [f"import: {error}"]
        self.people.ledger.rows.update(cases)
        adopted = [
            Life(self.people, f"{self.name}-row-{at}", SITE, Random(chance.random()), case)
            for at, case in enumerate(chance.sample(cases, load.adopted))
        ]
        return list(await live_all(adopted))
