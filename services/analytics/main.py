"""Starts analytics: names its rooms, and calls the shared runtime. Its streams run beside it (``worker.py``)."""

from services.analytics.api import queries
from services.analytics.console import Console
from services.analytics.deadlines.timers import DEADLINES
from services.analytics.domain import decide, evolve, initial
from services.analytics.operations import operations
from services.analytics.pages import TEMPLATES, pages
from services.analytics.reactions import REACTIONS
from shared.commands.department import Department
from shared.runtime import Rooms, run

CONSOLE = Console()

ROOMS = Rooms(
    department=Department("analytics", initial, decide, evolve, REACTIONS),
    projection=DEADLINES,
    routers=(queries(CONSOLE), pages(CONSOLE), operations(CONSOLE)),
    loops=CONSOLE.loops,
    templates=TEMPLATES,
    front=True,
)

if __name__ == "__main__":
    run(ROOMS)
