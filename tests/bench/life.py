"""Whole lives of cases over HTTP, from the form to the booked loss, every department acting, beside Tryton."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from shared.contracts.event import SERVICES
from shared.postgres.databases import database_of
from tests.bench import tryton
from tests.bench.ground import House
from tests.bench.load import Client, Figures, Wanted, connected
from tests.bench.registering import filing
from tests.bench.rows import Row
from tests.bench.spending import Meter
from tests.journeys.case import PLACES
from tests.journeys.course import CAUSE, DRAFT, LETTER, MEASURE, RETURNED
from tests.journeys.people import (
    ACCOUNTING,
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    SALES,
    SALES_SUPERVISOR,
    VICE_GENERAL_MANAGER,
)

SECONDS, WARM_UP = 15.0, 3.0
AGAIN = 0.03
"""Seconds after which an act is tried again that came before its stage."""
SOONER, LEARNT = 0.9, 0.3
"""People learn when to look: a little sooner after each success, later by a part of what they had to wait."""
EARLY = (404, 409)
"""Answers to an act that came before its stage."""
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (SALES_SUPERVISOR, "endorse-complaint", {"opinion": "The photographs are clear"}),
    (GM_OFFICE, "accept-case", {"complaint_class": "quality-anomaly"}),
    (QUALITY, "report-cause", CAUSE),
    (MANUFACTURING, "propose-countermeasure", MEASURE),
    (RD, "give-opinion", {"opinion": "The setting suits the alloy"}),
    (MANAGER_OFFICE, "give-opinion", {"opinion": "The customer is important"}),
    (GM_OFFICE, "check-investigation", {}),
    (SALES, "draft-disposition", DRAFT),
    (GM_OFFICE, "review-disposition", {}),
    (VICE_GENERAL_MANAGER, "sign-disposition", {}),
    (SALES, "inform-customer", LETTER),
    (SALES, "record-negotiation", {"accepted": "yes", "outcome": "Mr. Wu has called"}),
    (SALES_SUPERVISOR, "check-negotiation", {}),
    (GM_OFFICE, "write-combined-opinion", {"opinion": "Settled as approved"}),
    (VICE_GENERAL_MANAGER, "decide-case", {"decision": "Agreed"}),
    (GM_OFFICE, "close-case", {}),
    (ACCOUNTING, "record-loss", {"inputs": RETURNED}),
)
"""Who does what after the form was filed."""
PEOPLE = {SALES, *(person for person, _, _ in STEPS)}


WHOLE = "SELECT originator_id FROM stored_events WHERE topic = 'finance.loss-recorded' LIMIT 100"
COUNT = """
    SELECT count(*) FILTER (WHERE starts_with(topic, %s)), count(*) FILTER (WHERE NOT starts_with(topic, %s)),
        coalesce(sum(length(state)), 0)::bigint
    FROM stored_events WHERE originator_id = ANY(%s)
"""


class Stuck(Exception):
    """A case does not get on; the text is the answer."""


@dataclass
class Lives:
    """What users came to: whole lives inside the window, requests, and how many of them came too early."""

    figures: Figures
    requests: int = 0
    early: int = 0
    usual: list[float] = field(default_factory=lambda: [0.0] * len(STEPS))
    """How many seconds a stage usually takes to come, by the number of the step."""


def measure(house: House) -> Sequence[Row]:
    """The rows of whole lives, by the number of users."""
    peer = tryton.figures()
    rows = []
    for users in tryton.CLIENTS:
        meter = Meter(house)
        lives = asyncio.run(living(house.address, users))
        by_core = lives.figures.rate / (os.cpu_count() or 1)
        note = (
            f"{len(STEPS) + 1} commands by {len(PEOPLE)} people of nine departments in five services; p50 "
            f"{lives.figures.percentile(50):.0f} ms a case; {lives.early} requests beside {lives.requests} came before "
            f"their stage and were tried again; {by_core:.2f} a second and core"
        )
        least = 5 if users == 32 else None
        what, theirs = f"whole life of a case over HTTP, {users} users", peer.rate("life", users)
        rows.append(Row(what, lives.figures.rate, "cases/s", peer.source, theirs, at_least=least, note=note))
    whole = lives.requests / (len(STEPS) + 1)
    return [*rows, meter.row(f"a case's whole life, {users} users", whole), recorded(house)]


def recorded(house: House) -> Row:
    """What is recorded of a whole case in the five stores."""
    stores = {service: database_of(service, house.servers.url).url for service in SERVICES}
    with psycopg.connect(stores["finance"]) as connection:
        whole = [row[0] for row in connection.execute(WHOLE)]
    said = copies = size = 0
    for service, url in stores.items():
        with psycopg.connect(url) as connection:
            row = connection.execute(COUNT, (service, service, whole)).fetchone()
        assert row is not None
        said, copies, size = said + row[0], copies + row[1], size + row[2]
    note = f"and {copies / len(whole):.0f} filed copies, in five stores; {size / (said + copies):.0f} bytes an event"
    return Row("events said of a whole case", said / len(whole), "events", note=note)


async def living(address: str, users: int) -> Lives:
    """Lives that so many users lead, each one after another, during the window."""
    lives = Lives(Figures(SECONDS))
    begin = time.perf_counter() + WARM_UP
    end = begin + SECONDS

    async def lead(number: int, client: Client) -> None:
        for turn in range(1_000_000):
            began = time.perf_counter()
            if began >= end or not await life(client, f"{time.time_ns()}-{number}-{turn}", lives, end):
                return
            if begin <= time.perf_counter() < end:
                lives.figures.latencies.append(time.perf_counter() - began)

    async with connected(address, PEOPLE, users) as clients, asyncio.timeout(WARM_UP + SECONDS + 60):
        await asyncio.gather(*(lead(number, client) for number, client in enumerate(clients)))
    return lives


async def life(client: Client, name: str, lives: Lives, end: float) -> bool:
    """Lead one case through; False when the window ended before. Raises Stuck."""
    filed = await client.ask(filing(name))
    lives.requests += 1
    if filed.status != 201:
        raise Stuck(filed.body.decode())
    case = filed.json()["case"]
    for number, (person, act, body) in enumerate(STEPS):
        wanted = Wanted(person, "POST", f"/api/{PLACES[act][0]}/cases/{case}/{act}", body)
        began = time.perf_counter()
        await asyncio.sleep(lives.usual[number])
        while (answer := await client.ask(wanted)).status in EARLY:
            lives.early += 1
            if time.perf_counter() > end:
                return False
            await asyncio.sleep(AGAIN)
            lives.usual[number] += LEARNT * (time.perf_counter() - began - lives.usual[number])
        if answer.status >= 300:
            raise Stuck(f"{act}: {answer.status} {answer.body.decode()}")
        lives.requests += 1
        lives.usual[number] *= SOONER
    return True
