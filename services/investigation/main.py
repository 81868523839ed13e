"""Starts investigation: names its rooms, and calls the shared runtime."""

from services.investigation.api import COMMANDS
from services.investigation.domain import decide, evolve, initial
from services.investigation.pages import PAPERS
from services.investigation.reactions import REACTIONS
from shared.commands.department import Department
from shared.runtime import Rooms, run

ROOMS = Rooms(
    department=Department("investigation", initial, decide, evolve, REACTIONS),
    doors=COMMANDS,
    papers=PAPERS,
)

if __name__ == "__main__":
    run(ROOMS)
