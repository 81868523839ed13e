"""On the whole running stack: every figure that is watched is there, and an operator mends what could not be taken."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import httpx
import psycopg
import pytest
import yaml
from playwright.async_api import Browser, expect

from deploy.dev.services import MODULES
from deploy.dev.settings import PROJECT
from shared.contracts import intake
from shared.eventstore.codec import encode
from tests.browser.visitor import Visitor, visiting
from tests.journeys.course import registered
from tests.journeys.house import opened
from tests.support.building import envelope_of, until
from tests.support.started import Started
from tests.watching.exported import OF_OTHERS, names_in

RARE = {"redress_append_conflicts_total", "redress_kafka_ahead_events"}
"""Figures that a process has only once something went wrong."""
INSERT = """
    INSERT INTO dead_letters
        (at, topic, partition, "offset", position, subject, event, value, state, reason, detail)
    VALUES (%s, 'redress.intake', 0, 7, 999999, %s, %s, %s, 'dead', 'failed', 'RuntimeError: the disk was full')
    RETURNING number
"""

Visiting = Callable[..., AbstractAsyncContextManager[Visitor]]


@pytest.fixture
def visit(browser: Browser, stack: Started) -> Visiting:
    """``async with visit(person, path)``: a person at a browser of his own."""
    return partial(visiting, browser, stack.address)


def watched() -> set[str]:
    """The series that rules and dashboards ask for."""
    rules = yaml.safe_load((PROJECT / "deploy" / "prometheus" / "rules.yaml").read_text("utf-8"))
    asked = [rule["expr"] for rule in rules["groups"][0]["rules"]]
    for path in (PROJECT / "deploy" / "grafana").glob("*.json"):
        asked += [each["expr"] for panel in json.loads(path.read_text("utf-8"))["panels"] for each in panel["targets"]]
    return set().union(*map(names_in, asked))


def given(stack: Started) -> set[str]:
    """The series that the processes have at this moment."""
    ports = json.loads((stack.data / "run" / "ports.json").read_text("utf-8"))
    pages = [httpx.get(f"http://127.0.0.1:{ports[name]}/metrics").raise_for_status().text for name in MODULES]
    return {name for page in pages for name in re.findall(r"^(\w+)(?:{| )", page, re.M)}


async def test_every_figure_that_is_watched_is_given(stack: Started) -> None:
    async with opened(stack) as house:
        await registered(house)

    async def lacking() -> set[str]:
        return watched() - given(stack) - set(OF_OTHERS)

    async def all_there() -> bool:
        return await lacking() <= RARE

    with suppress(AssertionError):
        await until(all_there, "every figure is given", 30)
    assert await lacking() <= RARE


async def test_an_operator_sees_what_could_not_be_taken_and_has_it_tried_again(stack: Started, visit: Visiting) -> None:
    told = json.loads((stack.data / "run" / "environment.json").read_text("utf-8"))
    case, said = uuid4(), intake.StageOpened("closing", "gm-office", 1, "P1.16")
    envelope = replace(envelope_of(said, case), site="TPE", pack="glzd194", pack_version=1)
    with psycopg.connect(f"{told['DATABASE_URL'].rstrip('/')}/redress_finance") as store:
        values = (datetime.now(UTC), case, envelope.id, encode(said, envelope))
        [number] = store.execute(INSERT, values).fetchone() or [0]

    async with visit("operator", "/operations") as operator:
        page = operator.page
        letter = page.locator(f"[data-letter=finance-{number}]")
        await expect(letter).to_contain_text("RuntimeError: the disk was full")
        await expect(page.locator("tr[data-service]")).to_have_count(len(MODULES))
        await expect(page.locator("tr[data-service] .bg-green-lt")).to_have_count(len(MODULES))

        await letter.get_by_role("button").focus()
        await page.keyboard.press("Enter")

        await expect(letter).to_have_count(0, timeout=20_000)
        await page.keyboard.press("g")
        await page.keyboard.press("d")
        await expect(page).to_have_url(f"{stack.address}/dashboard")


async def test_nobody_else_finds_the_way(visit: Visiting) -> None:
    async with visit("lin-yating", "/") as clerk:
        await expect(clerk.page.locator("a[href='/operations']")).to_have_count(0)
        await clerk.goes_to("/operations")
        await expect(clerk.page.locator("#operations")).to_have_count(0)
