"""All the faults, and how often each kind of them comes."""

from tests.chaos.faults.clocks import BACK, DUE, FORWARD
from tests.chaos.faults.crowds import CROWD
from tests.chaos.faults.cuts import CUTS
from tests.chaos.faults.deaths import DEATHS, FALLS, KILLS, RESTARTS
from tests.chaos.faults.fault import Fault
from tests.chaos.faults.messages import DUPLICATES, GARBAGE, POISON, REORDERINGS
from tests.chaos.faults.servers import FULL, WIPE
from tests.chaos.faults.stops import FREEZES, REPLACEMENTS

ALL: tuple[Fault, ...] = (
    *KILLS, *RESTARTS, *DEATHS, *FALLS, *FREEZES, *REPLACEMENTS, *CUTS, WIPE, FULL,
    *DUPLICATES, *REORDERINGS, *GARBAGE, *POISON, FORWARD, BACK, *DUE, CROWD,
)  # fmt: skip
__all__ = ["ALL", "DEATHS", "FALLS", "FREEZES", "KILLS", "POISON", "WEIGHTS", "WIPE"]
WEIGHTS = {
    "kill": 1.2,
    "kill at a point": 1.5,
    "restart": 0.4,
    "kill postgres in a commit": 0.6,
    "replace": 0.3,
    "wipe kafka": 0.4,
    "full disk": 0.5,
    "clock back": 0.5,
    "poison": 0.7,
    "garbage": 0.5,
    "a hundred at once": 0.6,
}
"""How often a kind of fault comes beside one of weight 1."""
