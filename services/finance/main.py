"""Starts finance: names its rooms, and calls the shared runtime."""

from services.finance.api import COMMANDS, QUERIES
from services.finance.domain import decide, evolve, initial
from services.finance.pages import PAPERS
from services.finance.projections import LOSSES
from services.finance.reactions import REACTIONS
from shared.commands.department import Department
from shared.runtime import Rooms, run

ROOMS = Rooms(
    department=Department("finance", initial, decide, evolve, REACTIONS),
    doors=COMMANDS,
    papers=PAPERS,
    projection=LOSSES,
    routers=(QUERIES,),
)

if __name__ == "__main__":
    run(ROOMS)
