"""Starts approval: names its rooms, and calls the shared runtime."""

from services.approval.api import COMMANDS, QUERIES
from services.approval.domain import decide, evolve, initial
from services.approval.pages import PAPERS
from services.approval.projections import SLIPS
from services.approval.reactions import REACTIONS
from shared.commands.department import Department
from shared.runtime import Rooms, run

ROOMS = Rooms(
    department=Department("approval", initial, decide, evolve, REACTIONS),
    doors=COMMANDS,
    papers=PAPERS,
    projection=SLIPS,
    routers=(QUERIES,),
)

if __name__ == "__main__":
    run(ROOMS)
