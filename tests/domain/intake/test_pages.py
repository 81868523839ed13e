"""The complaint form in a browser: its sections, what was wrong, and the open complaints that look like it."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.intake.api import COMMANDS
from services.intake.pages import PAPERS, TEMPLATES
from shared.contracts import Event, intake
from shared.web.console import furnish
from tests.domain.intake.forms import ACCEPTING, DECLINED, FILED, REGISTRATION, opened
from tests.domain.intake.looking_up import Intake

SENT = {
    "site": "TPE",
    "customer": "Acme Tools",
    "region": "domestic",
    "channel": "telephone",
    "order": "SO-1001",
    "part": "PN-7",
    "delivered_on": "2026-10-20",
    "delivered": "500",
    "defective": "",
    "unit": "piece",
    "value.amount": "25000.00",
    "value.currency": "TWD",
    "loss": "true",
    "demand": "return",
    "reason": "Cracked housings",
    "samples": "label 7/42\n\nhousing 3",
}
OLD = uuid4()


@pytest.fixture
async def pages(here: Intake) -> httpx.AsyncClient:
    """A browser of Lin Yating of Sales before intake's pages."""
    furnish(here.app, COMMANDS, papers=PAPERS, templates=TEMPLATES)
    here.client.cookies.set("redress", here.app.state.surroundings.tokens.issue("lin-yating")[0])
    here.client.headers["accept"] = "text/html"
    return here.client


def logs_in(here: Intake, person: str) -> None:
    """Somebody else sits down at the browser."""
    here.client.cookies.set("redress", here.app.state.surroundings.tokens.issue(person)[0])


async def test_P1_9_the_form_asks_a_supervisor_for_every_field_by_section(
    pages: httpx.AsyncClient, here: Intake
) -> None:
    logs_in(here, "chen-zhiming")
    page = (await pages.get("/intake/complaints/new")).text
    places = [page.index(f'id="field-{name}"') for name in ("customer", "order", "demand", "samples", "opinion")]
    assert places == sorted(places)
    assert 'id="field-duplicates_seen"' not in page


async def test_P1_9_a_clerk_is_not_asked_for_the_supervisor_s_opinion(pages: httpx.AsyncClient) -> None:
    page = (await pages.get("/intake/complaints/new")).text
    assert 'id="field-reason"' in page
    assert 'id="field-opinion"' not in page
    assert "section.supervisor" not in page


async def test_P1_10_a_filled_form_is_filed_with_its_quantity_undetermined(
    pages: httpx.AsyncClient, here: Intake
) -> None:
    answer = await pages.post("/intake/complaints", data=SENT)
    (case,) = here.gate.streams
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}?after=intake:2")
    said = here.gate.streams[case][0].event
    assert (said.defective, said.samples) == (None, ("label 7/42", "housing 3"))


async def test_P1_1_without_a_loss_the_form_makes_a_slip(pages: httpx.AsyncClient, here: Intake) -> None:
    sent = {**SENT, "loss": "false", "handling": "Filed off the burr there."}
    await pages.post("/intake/complaints", data=sent)
    assert [[type(each.event) for each in said] for said in here.gate.streams.values()] == [[intake.AnomalySlipFiled]]


async def test_P1_1_the_unit_concerned_has_a_form_of_its_own_for_a_slip(pages: httpx.AsyncClient, here: Intake) -> None:
    pages.cookies.set("redress", here.app.state.surroundings.tokens.issue("zhao-min")[0])
    page = (await pages.get("/intake/anomaly-slips/new")).text
    places = [page.index(f'id="field-{name}"') for name in ("customer", "order", "reason", "handling")]
    assert places == sorted(places)
    assert 'href="/intake/anomaly-slips/new"' in page
    names = ("site", "customer", "region", "order", "part", "reason")
    sent = {name: SENT[name] for name in names} | {"handling": "Filed off the burr there."}
    answer = await pages.post("/intake/anomaly-slips", data=sent)
    (case,) = here.gate.streams
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}?after=intake:1")
    assert here.gate.streams[case][0].event == intake.AnomalySlipFiled(
        number=here.gate.streams[case][0].event.number,
        customer="Acme Tools",
        region="domestic",
        order="SO-1001",
        part="PN-7",
        reason="Cracked housings",
        handling="Filed off the burr there.",
    )


async def test_P1_9_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(
    pages: httpx.AsyncClient, here: Intake
) -> None:
    answer = await pages.post("/intake/complaints", data={**SENT, "order": ""})
    assert (answer.status_code, here.gate.streams) == (422, {})
    assert 'id="wrong-order"' in answer.text
    assert 'value="Acme Tools"' in answer.text


async def test_open_complaints_that_look_alike_are_shown_and_can_be_confirmed(
    pages: httpx.AsyncClient, here: Intake
) -> None:
    await here.say(OLD, FILED)
    answer = await pages.post("/intake/complaints", data=SENT)
    assert answer.status_code == 422
    assert f'href="/cases/{OLD}"' in answer.text
    assert 'id="field-duplicates_seen"' in answer.text
    for shown in ("Not numbered yet", "3 Nov 2026", "Filed", 'name="duplicates_seen" value="true">It is another one'):
        assert shown in answer.text
    assert "Open complaints look like this one (1)." in answer.text
    assert (await pages.post("/intake/complaints", data={**SENT, "duplicates_seen": "true"})).status_code == 303


async def test_P1_18_the_form_keeps_the_case_it_supersedes(pages: httpx.AsyncClient) -> None:
    page = (await pages.get("/intake/complaints/new", params={"supersedes": str(OLD)})).text
    assert f'name="supersedes" value="{OLD}"' in page


async def test_P1_18_from_a_declined_case_to_the_new_form_that_begins_as_the_old_one(
    pages: httpx.AsyncClient, here: Intake
) -> None:
    await here.say(OLD, FILED, DECLINED)
    panel = (await pages.get(f"/intake/cases/{OLD}/panel")).text
    assert f'href="/intake/cases/{OLD}/new-form"' in panel
    page = (await pages.get(f"/intake/cases/{OLD}/new-form", follow_redirects=True)).text
    for begun in (f'name="supersedes" value="{OLD}"', 'value="Acme Tools"', 'value="2026-10-20"', 'value="25,000.00"'):
        assert begun in page


@pytest.mark.parametrize("events", [(FILED,), (FILED, ACCEPTING)], ids=["not asked yet", "accepted"])
async def test_P1_18_otherwise_there_is_no_such_way(
    pages: httpx.AsyncClient, here: Intake, events: tuple[Event, ...]
) -> None:
    await here.say(OLD, *events)
    assert "new-form" not in (await pages.get(f"/intake/cases/{OLD}/panel")).text


async def test_P1_18_a_superseded_case_leads_to_its_successor(pages: httpx.AsyncClient, here: Intake) -> None:
    await here.say(OLD, FILED, DECLINED, intake.CaseSuperseded(UUID(int=8)))
    panel = (await pages.get(f"/intake/cases/{OLD}/panel")).text
    assert f'href="/cases/{UUID(int=8)}"' in panel
    assert "new-form" not in panel


@pytest.mark.parametrize(
    ("person", "stage", "act", "shown"),
    [
        ("lin-yating", opened("correction", "sales"), "correct-form", 'value="SO-1001"'),
        ("yang-shufen", REGISTRATION, "return-form", 'name="fields" value="order"'),
    ],
)
async def test_P1_9_what_goes_back_is_ticked_and_the_form_to_complete_begins_as_it_was(
    pages: httpx.AsyncClient, here: Intake, person: str, stage: Any, act: str, shown: str
) -> None:
    await here.say(UUID(int=7), FILED, stage)
    pages.cookies.set("redress", here.app.state.surroundings.tokens.issue(person)[0])
    answer = await pages.get(f"/intake/cases/{UUID(int=7)}/{act}")
    assert answer.status_code == 200
    assert shown in answer.text


def test_the_templates_are_where_they_are_said_to_be() -> None:
    assert Path(TEMPLATES, "problems", "possible-duplicate.html").is_file()
