"""Starts intake: names its rooms, and calls the shared runtime."""

from services.intake.api import COMMANDS, QUERIES
from services.intake.domain import decide, evolve, initial
from services.intake.pages import PAGES, PAPERS, TEMPLATES
from services.intake.projections import COMPLAINTS
from services.intake.reactions import REACTIONS
from shared.commands.department import Department
from shared.runtime import Rooms, run

ROOMS = Rooms(
    department=Department("intake", initial, decide, evolve, REACTIONS),
    doors=COMMANDS,
    papers=PAPERS,
    projection=COMPLAINTS,
    routers=(QUERIES, PAGES),
    templates=TEMPLATES,
)

if __name__ == "__main__":
    run(ROOMS)
