"""Intake's real department on a bench: its gate, and people of Sales who file, endorse, and write slips."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from services.intake.domain import EndorseComplaint, FileComplaint
from services.intake.main import ROOMS
from shared.clock import SystemClock
from shared.commands.department import Department
from shared.commands.gate import Gate
from shared.contracts.commands import Command
from shared.contracts.values import Money
from shared.eventstore.store import Store
from shared.postgres.databases import Database, database_of
from shared.procedures.language.company import load_company
from shared.runtime import rules_of
from tests.journeys.people import SALES, SALES_SUPERVISOR
from tests.support.building import until

COMPANY = load_company()
ACTORS = {each.person: each.actor for each in COMPANY.people}
CLERK, SUPERVISOR = ACTORS[SALES], ACTORS[SALES_SUPERVISOR]
SITE = "TPE"
INTAKE = ROOMS.department
EVENTS = (1, 2, 3)
"""What the three commands of a round come to in a case's stream: a slip, a form, an endorsement."""


@asynccontextmanager
async def gate_of(database: Database, department: Department = INTAKE) -> AsyncIterator[Gate]:
    """The gate of a department on a database of its own, once that is there."""
    gate = Gate(department, Store(database), rules_of(COMPANY), SystemClock())
    gate.start()
    try:
        await until(lambda: not gate.missing(), "the store is there")
        yield gate
    finally:
        await gate.close()


def bench_database(url: str, name: str) -> Database:
    """A database for a bench."""
    return database_of(f"bench_{name}", url)


def form(*, loss: bool) -> FileComplaint:
    """A filled form, with or without a loss."""
    return FileComplaint(
        by=CLERK,
        customer="Formosa Bicycles",
        region="domestic",
        order="SO-0001",
        part="Frame tube 31.8",
        delivered_on=date(2026, 6, 2),
        delivered=Decimal(400),
        defective=Decimal(12),
        unit="piece",
        value=Money(Decimal("36000.00"), "TWD"),
        demand="return",
        reason="Weld seams are cracked",
        loss=loss,
    )


SLIP, COMPLAINT = form(loss=False), form(loss=True)
ENDORSEMENT = EndorseComplaint(by=SUPERVISOR, opinion="The photographs are clear")


def commands() -> Iterator[tuple[UUID, Command]]:
    """What one caller sends, without end: a slip of a new case, a form of a new case, that form's endorsement."""
    while True:
        yield uuid4(), SLIP
        case = uuid4()
        yield case, COMPLAINT
        yield case, ENDORSEMENT
