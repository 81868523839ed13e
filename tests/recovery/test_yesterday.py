"""Yesterday's copy of a whole house: what docs/operations.md tells an operator to do, done word by word."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from deploy.dev import jars, kafka
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.settings import StackSettings
from deploy.dev.supervisor import Supervisor
from tests.chaos.gathering import history
from tests.journeys import course
from tests.journeys.case import Case
from tests.journeys.people import (
    ACCOUNTING,
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    VICE_GENERAL_MANAGER,
)
from tests.recovery import manual
from tests.recovery.premises import Fact, Premises, Remembering, asked, facts
from tests.recovery.server import Server
from tests.support.started import Started
from tests.support.waiting import eventually

LEVEL, NOT_LEVEL, STANDS_IN_THE_WAY = 0, 1, 2
"""Exit codes of ``redress recover``."""
AS_RECORDED, NOT_AS_RECORDED = 0, 1
"""Exit codes of ``redress verify``."""
OPINION = "The setting suits the alloy"


@dataclass(frozen=True)
class Days:
    """Two days of work: to which ``moment`` the copy goes back, two of the cases, and what cannot come back."""

    moment: datetime
    early: Case
    late: Case
    lost: tuple[Fact, ...]


@pytest.fixture
def premises(server: Server) -> Iterator[Premises]:
    """Servers with nothing in them."""
    folder, port, controller = server.folder, free_port(), free_port()
    fetched = jars.fetch_all(StackSettings.from_environment().jars, print)
    kafka.prepare(folder / "kafka", port, controller, fetched)
    supervisor = Supervisor(folder / "run-kafka", folder / "logs", print)
    try:
        supervisor.start([kafka.process(folder / "kafka", port, fetched)])
        yield Premises(server, f"{LOOPBACK}:{port}", folder / "stack")
    finally:
        supervisor.stop()


async def test_what_was_done_since_comes_back_from_kafka_or_is_named(premises: Premises) -> None:
    look, take_back, give_up, verify = manual.commands("redress recover", {"left.jsonl": premises.left})
    async with premises.open() as house:
        days = await two_days(premises, house)
    await set_back(premises, days.moment)

    with premises.begun() as stack:
        for service in ("intake", "investigation"):
            says_that_kafka_is_ahead(stack, service)
        eventually(lambda: is_shown(premises, days.late), "analytics has heard what the stores lack")
        for command in (take_back, give_up):
            assert "is running: stop all services first" in said_by(stack, command, STANDS_IN_THE_WAY)

    assert "Kafka has" in said_by(stack, look, NOT_LEVEL)
    assert f"left, case {days.late.id}" in said_by(stack, take_back, NOT_LEVEL)
    assert "Name a file with --left" in said_by(stack, give_up[:3], STANDS_IN_THE_WAY)
    assert "events were given up" in said_by(stack, give_up, LEVEL)
    assert said_by(stack, look, LEVEL).count("level\n") == 5
    doubts = said_by(stack, verify, NOT_AS_RECORDED)
    for case in (days.early, days.late):
        assert f"investigation, case {case.id}, event" in doubts
    premises.put_checkpoints_aside()

    async with premises.open() as house:
        await house.rests()
        stores, left = premises.said(), facts(premises.left.read_bytes())
        for act in premises.acts():
            assert (stores[act], left[act]) == ((0, 1) if act in days.lost else (1, 0)), act
        assert await house.troubles() == ""
        early, late = (Case(house, case.id) for case in (days.early, days.late))
        await early.does(RD, "give-opinion", opinion=OPINION)
        await late.does(QUALITY, "report-cause", **course.CAUSE)
        await closed(early)
        await course.registered(house)
        assert await house.troubles() == ""
        said_by(stack, ["redress", "checkpoint"], 0)
        said_by(stack, ["redress", "reconcile", "--dry-run"], 0)
        said_by(stack, verify, AS_RECORDED)


async def test_of_a_mistake_nothing_comes_back(premises: Premises) -> None:
    look, _, give_up, verify = manual.commands("redress recover", {"left.jsonl": premises.left})
    async with premises.open() as house:
        case = await course.registered(house)
        premises.server.back_up()
        await case.does(QUALITY, "report-cause", **course.CAUSE)
        await house.rests()
        moment, before = premises.server.moment(), premises.said()
        await case.does(MANUFACTURING, "propose-countermeasure", **course.MEASURE)
        mistaken = await course.registered(house, customer="Somebody else")
        await house.rests()
    mistakes = premises.acts()[4:]
    await set_back(premises, moment)

    stack = house.stack
    assert "Kafka has" in said_by(stack, look, NOT_LEVEL)
    assert "events were given up" in said_by(stack, give_up, LEVEL)
    assert said_by(stack, look, LEVEL).count("level\n") == 5
    said_by(stack, verify, AS_RECORDED)

    async with premises.open() as house:
        await house.rests()
        left = facts(premises.left.read_bytes())
        assert (premises.said(), [left[act] for act in mistakes]) == (before, [1, 1, 1, 1])
        assert await Case(house, mistaken.id).folder("investigation") is None
        case = Case(house, case.id)
        await case.does(MANUFACTURING, "propose-countermeasure", **course.MEASURE)
        await case.does(RD, "give-opinion", opinion=OPINION)
        await closed(case)
        await course.registered(house)
        assert await house.troubles() == ""


async def two_days(premises: Premises, house: Remembering) -> Days:
    """Work before and after the copy, and after the moment to which it goes back; a checkpoint covers all of it."""
    early = await course.registered(house)
    premises.server.back_up()
    await early.does(QUALITY, "report-cause", **course.CAUSE)
    await house.rests()
    moment = premises.server.moment()
    await early.does(MANUFACTURING, "propose-countermeasure", **course.MEASURE)
    await early.does(RD, "give-opinion", opinion=OPINION)
    opinion = premises.acts()[-1]
    late = await course.registered(house)
    await late.does(QUALITY, "report-cause", **course.CAUSE)
    cause = premises.acts()[-1]
    await course.filed(house)
    await house.rests()
    said_by(house.stack, ["redress", "checkpoint"], 0)
    return Days(moment, early, late, (opinion, cause))


async def closed(case: Case) -> None:
    """From the opinion of RD on, until nobody has anything to do any more."""
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="The customer is important")
    await case.does(GM_OFFICE, "check-investigation")
    await course.drafted(case)
    await case.does(VICE_GENERAL_MANAGER, "sign-disposition")
    await course.negotiated(case)
    await course.decided(case)
    await case.does(ACCOUNTING, "record-loss", inputs=course.RETURNED)
    await case.rests()


async def set_back(premises: Premises, moment: datetime) -> None:
    """The disk is lost; PostgreSQL comes back as it was at a moment, Kafka stays."""
    await asyncio.to_thread(premises.server.lose)
    await asyncio.to_thread(premises.server.restore, moment)


def is_shown(premises: Premises, case: Case) -> bool:
    """Whether analytics' history has something of a case."""
    return str(case.id) in {of for of, _, _ in history(premises.server.url)}


def says_that_kafka_is_ahead(stack: Started, service: str) -> None:
    """A service is not ready, and tells why to whoever asks, in its metrics and in its log."""
    eventually(lambda: "KafkaAhead" in asked(stack, service, "/health/ready"), f"{service} says what is missing", 60)
    (ahead,) = [
        line for line in asked(stack, service, "/metrics").splitlines() if "redress_kafka_ahead_events{" in line
    ]
    assert float(ahead.split()[-1]) > 0
    log = stack.data / "logs" / f"{service}.log"
    eventually(lambda: "KafkaAhead" in log.read_text("utf-8"), f"{service} has it in its log")


def said_by(stack: Started, command: Sequence[str], code: int) -> str:
    """What a command of the manual says, on both of its streams; it ends with this exit code."""
    done = stack.run(*command[1:])
    assert done.returncode == code, done
    return done.stdout + done.stderr
