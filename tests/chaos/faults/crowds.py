"""A hundred people at one case at once."""

import asyncio

from tests.chaos.course import form
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.ledger import Entry
from tests.chaos.lives import Stuck
from tests.journeys.complaints import COMPLAINTS, without
from tests.journeys.people import SALES_SUPERVISOR

DIFFERENT = 60
"""People who each say another quantity."""
KEYS, TIMES = 8, 5
"""Keys under which people endorse, and how often each is sent."""


async def a_hundred(scene: Scene) -> bool:
    """Everybody wants the same case at once: of those who differ one has his way, and repeating changes nothing."""
    people, name = scene.people, f"{scene.name}-crowded"
    undetermined = without(form("TPE", name), "defective") | {"demand": "exchange"}
    filed = await people.send(Entry(SALES_SUPERVISOR, COMPLAINTS, undetermined, name))
    if not filed.accepted:
        raise Stuck(f"{name} is not filed: {filed.status} {filed.answer}")
    path = f"/api/intake/cases/{filed.case}"
    quantities = [
        Entry(SALES_SUPERVISOR, f"{path}/determine-quantity", {"defective": str(number + 1)}, f"{name}-{number}")
        for number in range(DIFFERENT)
    ]
    opinions = [
        Entry(SALES_SUPERVISOR, f"{path}/endorse-complaint", {"opinion": f"Opinion {key}"}, f"{name}-opinion-{key}")
        for key in range(KEYS)
        for _ in range(TIMES)
    ]
    crowd = [*quantities, *opinions]
    scene.chance.shuffle(crowd)
    await asyncio.gather(*(people.send(entry) for entry in crowd))
    for what, entries in (("quantity", quantities), ("opinion", opinions)):
        won = {entry.key for entry in entries if entry.accepted}
        if len(won) != 1:
            raise Stuck(f"{len(won)} of a hundred had their way with the {what} of {filed.case}: {sorted(won)}")
    return True


CROWD = Fault("a hundred at once", "a hundred at one case", a_hundred)
