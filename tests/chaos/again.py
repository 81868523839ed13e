"""Everything that was answered long ago is sent once more: the same answer, and nothing happens."""

import asyncio
from datetime import UTC
from random import Random

from shared.clock import OffsetClock
from tests.chaos.house import House
from tests.chaos.ledger import Entry
from tests.chaos.people import People
from tests.chaos.rest import rests
from tests.chaos.stores import connect
from tests.chaos.violations import Violation, found

MOST = 300
CALM = """
    SELECT at + interval '1 millisecond'
    FROM (SELECT at, lead(at) OVER (ORDER BY at) AS next FROM deadline_moments WHERE at > %s) AS moments
    WHERE next IS NULL OR next > at + interval '3 minutes' ORDER BY at LIMIT 1
"""


async def sent_again(house: House, people: People, chance: Random) -> list[Violation]:
    """Send accepted commands of the whole run again, not more than ``MOST``; what comes of it that should not."""
    await asyncio.to_thread(calm, house)
    before = await rests(house)
    accepted = people.ledger.accepted
    chosen = chance.sample(accepted, min(MOST, len(accepted)))
    again = [Entry(each.person, each.path, each.body, each.key) for each in chosen]
    for entry in again:
        await people.send(entry)
    wrong = found(
        "a repeated command got another answer",
        (
            f"{entry.act} of {first.case} ({entry.key}): {entry.status} {entry.answer}"
            for first, entry in zip(chosen, again, strict=True)
            if (entry.status, entry.answer) != (first.status, first.answer)
        ),
    )
    after = await rests(house)
    if after != before:
        wrong.append(Violation("a repeated command has an effect", f"{before} {after}"))
    return wrong


def calm(house: House) -> None:
    """Move all clocks ahead to where nothing falls due for some minutes, since that would be said meanwhile."""
    clock = OffsetClock(house.clock)
    with connect(house.database_url, "analytics") as connection:
        found = connection.execute(CALM, (clock.now(),)).fetchone()
    if found:
        clock.set(found[0].astimezone(UTC))
