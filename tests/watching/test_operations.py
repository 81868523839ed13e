"""The operators' page: what a service could not take, another try with a button, and what was last done."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.analytics.operations import SILENT
from services.analytics.readmodel.notifications import WorkerStatus
from services.analytics.upkeep.operations import note
from shared.http.language import LANGUAGES
from tests.analytics.desks import Desks
from tests.support.building import until
from tests.watching.ward import CLERK, OPERATOR, Ward, cured

HTML = {"accept": "text/html"}


async def test_poison_appears_on_the_page_is_tried_again_and_is_gone(ward: Ward, desks: Desks) -> None:
    case = uuid4()
    await ward.hear(case, "poison", "b")
    app = ward.console(desks)
    async with ward.of(OPERATOR, app, **HTML) as operator:
        page = (await operator.get("/operations")).text
        assert re.findall(r'data-letter="finance-\d+" data-state="(\w+)"', page) == ["dead", "parked"]
        [button] = re.findall(r'action="(/operations/finance/deadletters/\d+/replay)"', page)
        assert "RuntimeError: cannot swallow this" in page

        cured.add(case)
        answer = await operator.post(button)

        assert (answer.status_code, answer.headers["location"]) == (303, "/operations")

        async def gone() -> bool:
            return "Everything that was heard could be taken." in (await operator.get("/operations")).text

        await until(gone, "the page shows no letter")


async def test_for_htmx_another_try_answers_the_part_that_changes(ward: Ward, desks: Desks) -> None:
    await ward.hear(uuid4(), "poison")
    async with ward.of(OPERATOR, ward.console(desks), **{"hx-request": "true"}) as operator:
        part = (await operator.get("/operations")).text
        [button] = re.findall(r'hx-post="([^"]*)"', part)

        answer = await operator.post(button)

    assert ("<html" in part, answer.status_code, "<html" in answer.text) == (False, 200, False)
    assert "data-letter" in answer.text


async def test_a_service_that_does_not_answer_is_said_to(ward: Ward, desks: Desks) -> None:
    async with ward.of(OPERATOR, ward.console(desks), **HTML) as operator:
        page = (await operator.get("/operations")).text

    rows = dict(re.findall(r'<tr data-service="([\w-]+)">(.*?)</tr>', page, re.S))
    assert {name: "Does not answer" in row for name, row in rows.items()} == {
        "intake": True,
        "finance": False,
        "analytics-worker": True,
    }


async def test_what_the_worker_last_said_of_itself_is_believed_for_a_while(ward: Ward, desks: Desks) -> None:
    app = ward.console(desks)
    async with ward.of(OPERATOR, app, **HTML) as operator:
        seen = {}
        for age in (SILENT, SILENT + timedelta(milliseconds=1)):
            desks.console.feed.word = WorkerStatus(desks.console.now() - age, ["waiting for Kafka"], 17, {})
            page = (await operator.get("/operations")).text
            row = re.findall(r'<tr data-service="analytics-worker">(.*?)</tr>', page, re.S)[0]
            seen[age == SILENT] = ("Does not answer" in row, "waiting for Kafka" in row, ">17<" in row)

    assert seen == {True: (False, True, True), False: (True, False, False)}


async def test_what_a_service_lacks_is_named(ward: Ward, desks: Desks) -> None:
    ward.missing.append("finance relay: Kafka is away")
    async with ward.of(OPERATOR, ward.console(desks), **HTML) as operator:
        assert "finance relay: Kafka is away" in (await operator.get("/operations")).text


async def test_the_last_checkpoint_and_reconciliation_are_shown_once_there_are_some(ward: Ward, desks: Desks) -> None:
    async with ward.of(OPERATOR, ward.console(desks), **HTML) as operator:
        before = (await operator.get("/operations")).text
        for what, result in (
            ("checkpoint", {"number": 17}), ("reconcile", {"trouble": "a store is away"}), ("rebuild", {"left": 2}),
        ):  # fmt: skip
            await note(desks.pool, what, datetime(2026, 11, 20, 4, tzinfo=UTC), result)
        after = (await operator.get("/operations")).text

    assert (before.count("Not yet."), after.count("Not yet.")) == (3, 0)
    cards = dict(re.findall(r'data-work="(\w+)">(.*?)</dl>', after, re.S))
    assert ("17" in cards["checkpoint"], "Failed" in cards["checkpoint"]) == (True, False)
    assert ("a store is away" in cards["reconcile"], "Failed" in cards["reconcile"]) == (True, True)
    assert ["Something does not fit" in cards[what] for what in ("checkpoint", "rebuild")] == [False, True]


async def test_nobody_else_sees_or_does_anything(ward: Ward, desks: Desks) -> None:
    await ward.hear(uuid4(), "poison")
    app = ward.console(desks)
    async with ward.of(CLERK, app, **HTML) as clerk:
        assert (await clerk.get("/operations")).status_code == 403
        assert (await clerk.post("/operations/finance/deadletters/1/replay")).status_code == 403
    async with ward.of(OPERATOR, app) as operator:
        [letter] = (await operator.get("/operations")).text.split("data-letter=")[1:]
    assert 'data-state="dead"' in letter


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/operations/nobody/deadletters/1/replay", 404),
        ("/operations/finance/deadletters/99/replay", 404),
    ],
)
async def test_another_try_of_nothing_is_not_found(ward: Ward, desks: Desks, path: str, status: int) -> None:
    async with ward.of(OPERATOR, ward.console(desks), **HTML) as operator:
        assert (await operator.post(path)).status_code == status


async def test_another_site_cannot_press_the_button(ward: Ward, desks: Desks) -> None:
    app = ward.console(desks)
    async with ward.of(OPERATOR, app, origin="http://evil.example") as operator:
        operator.cookies.set("redress", operator.headers.pop("authorization").removeprefix("Bearer "))
        assert (await operator.post("/operations/finance/deadletters/1/replay")).status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_speaks_every_language(ward: Ward, desks: Desks, language: str) -> None:
    await ward.hear(uuid4(), "poison", "b")
    async with ward.of(OPERATOR, ward.console(desks), **HTML, **{"accept-language": language}) as operator:
        page = (await operator.get("/operations")).text

    text = re.sub(r"<script.*?</script>|<[^>]*>", " ", page, flags=re.S)
    assert re.findall(r"\b(?:ui|letter|work|service)\.[a-z][a-z_.-]+", text) == []
    assert (f'<html lang="{language}"' in page, 'data-key="g o"' in page) == (True, True)
