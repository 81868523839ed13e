"""Reads everything that the checks look at from a house at rest: over HTTP, from the stores, from the topics."""

import asyncio
from datetime import datetime

from shared.contracts.event import SERVICES
from tests.chaos.house import House
from tests.chaos.people import People
from tests.chaos.stores import connect, read_stores
from tests.chaos.topics import messages
from tests.chaos.violations import Evidence
from tests.journeys.people import GM_OFFICE

LISTS = {"/api/intake/complaints": "case", "/api/analytics/register": "case_id"}
"""Where every complaint is listed, and under which name its case."""
HISTORY = "SELECT case_id::text, service, version, body FROM history"


async def gathered(house: House, people: People, now: datetime, *, alone: bool = True) -> Evidence:
    """The evidence of this moment; ``now`` is when the house began to rest."""
    return Evidence(
        ledger=people.ledger,
        stores=await asyncio.to_thread(read_stores, house.database_url),
        topics={service: await messages(house.bootstrap, f"redress.{service}") for service in SERVICES},
        history=await asyncio.to_thread(history, house.database_url),
        now=now,
        listed={path: await listed(people, path, name) for path, name in LISTS.items()},
        alone=alone,
        wiped=house.wipes > 0,
    )


def history(database_url: str) -> dict[tuple[str, str, int], bytes]:
    """Analytics' history: the bodies by case, service and version."""
    with connect(database_url, "analytics") as connection:
        return {(case, service, version): body for case, service, version, body in connection.execute(HISTORY)}


async def listed(people: People, path: str, name: str) -> list[str]:
    """Every case of a list, page by page, as the GM Office sees it, which works for all sites."""
    found: list[str] = []
    query = "?limit=200"
    while query:
        answer = await people.look(GM_OFFICE, path + query)
        if answer.status_code == 404:
            raise AssertionError(f"{path} is not there")
        page = answer.json()
        found += [row[name] for row in page["items"]]
        query = f"?limit=200&cursor={page['next']}" if page.get("next") else ""
    return found
