"""A long run: house after house, each for some rounds, so that what is looked at after a round stays small."""

from dataclasses import dataclass, replace

from tests.chaos.faults import ALL
from tests.chaos.faults.fault import Fault
from tests.chaos.faults.servers import FULL
from tests.chaos.lifting import standing
from tests.chaos.rounds import Say, run
from tests.chaos.tally import Plan, Tally
from tests.chaos.violations import Violation, found
from tests.chaos.work import Load

LOAD = Load(cases=3, rows=6, adopted=2, crowd=2, every=5)
"""The work of a round: enough that something is under way whenever a fault strikes."""
MANY = 100
"""Rounds after which each kind of fault must have struck."""
NO_DISK = "no right to mount a small disk: the full disk was left out"


@dataclass(frozen=True)
class Campaign:
    """``rounds`` rounds by a ``seed``, ``stay`` of them in each house."""

    seed: int
    rounds: int
    stay: int = 25
    strikes: int = 3
    faults: tuple[Fault, ...] = ALL
    load: Load = LOAD
    surge: float = 60.0

    async def go(self, say: Say) -> Tally:
        """All of it, or up to the first round that breaks a promise."""
        tally = Tally(self.seed)
        plan = Plan(self.seed, self.stay, self.faults, self.load, self.strikes)
        for first in range(0, self.rounds, self.stay):
            say(f"a new house, from round {first + 1} on")
            with standing() as house:
                if house.disk is None:
                    tally.notes.append(NO_DISK)
                tally.add(await run(house, replace(plan, first=first, rounds=min(self.stay, self.rounds - first)), say))
                house.is_evidence = bool(tally.violations)
            if tally.violations:
                say(f"what the processes said is kept in {house.started.data / 'logs'}")
                return tally
        tally.violations += self.idle(tally)
        if self.surge:
            say(f"a new house, for a surge of {self.surge:g} s")
            with standing() as house:
                tally.add(await run(house, replace(plan, rounds=0, surge=self.surge), say))
        return tally

    def idle(self, tally: Tally) -> list[Violation]:
        """The kinds of faults that a long run was to show and has not: what it did not try it does not prove."""
        if self.rounds < MANY:
            return []
        left_out = {FULL.kind} if NO_DISK in tally.notes else set()
        return found(
            "a fault never struck", sorted({fault.kind for fault in self.faults} - left_out - tally.kinds.keys())
        )
