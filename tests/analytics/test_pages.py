"""What people see: every page in English and Chinese, the part of it that htmx asks for, and what stands on it."""

import asyncio
import json
import re
from uuid import UUID

import pytest

from services.analytics import api
from services.analytics.api import news
from services.analytics.readmodel.notifications import WorkerStatus
from shared.contracts import intake
from shared.http.language import LANGUAGES
from tests.analytics.course import ACCEPTED, CAUSE_OPENED, COURSE, FILED, days
from tests.analytics.desks import CLERK, ELSEWHERE, QUALITY, Desks
from tests.analytics.recording import BEGAN, CASE, Departments

RECORDED = Departments().tell(COURSE)
PATHS = ("/", "/dashboard", "/register", f"/cases/{CASE}", f"/cases/{CASE}/history", f"/cases/{CASE}/history?event=8")
HTML = "text/html"


@pytest.fixture
async def course(desks: Desks) -> Desks:
    """The whole course of one case, and another that is open."""
    await desks.keep(*RECORDED)
    await desks.keep(*Departments(UUID(int=1, version=5)).tell([FILED, ACCEPTED, CAUSE_OPENED]))
    rates = {"step": 10, "until": 1_800_000_000, "counts": {"intake": [0, 3], "finance": [1, 0]}}
    desks.console.feed.word = WorkerStatus(BEGAN, [], 0, rates)
    return desks


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_there_in_every_language(course: Desks, language: str) -> None:
    for path in PATHS:
        page = await course.ask(QUALITY, path, accept=HTML, **{"accept-language": language})

        assert (page.status_code, f'<html lang="{language}"' in page.text) == (200, True)
        assert keys_left(page.text) == []


def keys_left(html: str) -> list[str]:
    """Keys without words that stand on a page."""
    text = re.sub(r"<script.*?</script>|<[^>]*>", " ", html, flags=re.S)
    return re.findall(r"\b(?:ui|field|event|stage|department|state|act|rule|service|outcome)\.[a-z][a-z_.-]+", text)


async def test_for_htmx_a_page_is_the_part_that_changes(course: Desks) -> None:
    for path in PATHS:
        part = await course.ask(QUALITY, path, **{"hx-request": "true"})

        assert (part.status_code, "<html" in part.text) == (200, False)


async def test_who_is_not_logged_in_is_led_to_the_login_and_back(course: Desks) -> None:
    async with course.of(CLERK, accept=HTML) as client:
        del client.headers["authorization"]
        for path in PATHS:
            answer = await client.get(path)

            assert (answer.status_code, answer.headers["location"].startswith("/login?to=")) == (303, True)


async def test_a_case_of_another_site_is_not_shown(course: Desks) -> None:
    for path in (f"/cases/{CASE}", f"/cases/{CASE}/history"):
        assert (await course.ask(ELSEWHERE, path, accept=HTML)).status_code == 403


async def test_P1_25_the_case_page_says_who_has_it_until_when_and_why(course: Desks) -> None:
    course.clock.moment = BEGAN + days(6)

    page = (await course.ask(QUALITY, f"/cases/{UUID(int=1, version=5)}", accept=HTML)).text

    open_now = page[page.index('id="open"') :]
    for expected in ('data-stage="cause"', 'data-owner="quality"', "P1.13", "Route of the form", "P1.23", "bg-red-lt"):
        assert expected in open_now
    assert [f'hx-get="/{service}/cases/' in page for service in ("intake", "approval", "analytics")] == [True] * 3


async def test_the_history_page_shows_what_an_event_changed(course: Desks) -> None:
    page = (await course.ask(CLERK, f"/cases/{CASE}/history?event=8", accept=HTML)).text

    rows = re.findall(r'<tr data-field="(\w+)">(.*?)</tr>', page, re.S)
    said = {name: re.sub(r"<[^>]*>|\s+", " ", row).split() for name, row in rows}
    assert said["part"][-2:] == ["M8", "M8x40"]
    assert said["defective"][-1] == "20"
    assert (set(said), f'max="{len(COURSE)}" value="8"' in page) == ({"state", "part", "defective", "reason"}, True)


async def test_the_register_keeps_its_filters_on_the_next_page(course: Desks) -> None:
    page = (await course.ask(CLERK, "/register?region=domestic&limit=1", accept=HTML)).text

    further = re.search(r'href="(/register\?[^"]*cursor=[^"]*)"', page)
    assert further
    following = (await course.ask(CLERK, further[1].replace("&amp;", "&"), accept=HTML)).text
    cases = [re.findall(r'data-case="([^"]*)"', each) for each in (page, following)]
    assert sorted(cases[0] + cases[1]) == sorted([str(CASE), str(UUID(int=1, version=5))])


@pytest.mark.parametrize("path", [*PATHS[:5], "/dashboard/rates", "/login", "/language/en"])
async def test_what_no_page_can_be_asked_for_is_refused_by_name(course: Desks, path: str) -> None:
    page = await course.ask(CLERK, f"{path}?limmit=3", accept=HTML)

    assert (page.status_code, "<code>limmit</code>" in page.text) == (422, True)


async def test_pages_show_the_one_site_that_is_asked_for(desks: Desks) -> None:
    here, there = UUID(int=1, version=5), UUID(int=2, version=5)
    await desks.keep(*Departments(here).tell([FILED, ACCEPTED, CAUSE_OPENED]))
    await desks.keep(*Departments(there, site="KSH").tell([FILED, ACCEPTED, CAUSE_OPENED]))
    desks.clock.moment = BEGAN + days(6)

    for path in ("/", "/dashboard", "/register"):
        pages = {query: (await desks.ask(QUALITY, path + query, accept=HTML)).text for query in ("", "?site=KSH")}
        cases = {query: set(re.findall(r'data-case="([^"]*)"', page)) for query, page in pages.items()}
        assert cases == {"": {str(here), str(there)}, "?site=KSH": {str(there)}}, path
        refused = [await desks.ask(CLERK, path + query, accept=HTML) for query in ("?site=KSH", "?site=TPO")]
        assert [each.status_code for each in refused] == [403, 422]
        assert "There is no “TPO”. Did you mean “TPE”? There are: TPE." in refused[1].text


async def test_somebody_whose_case_does_not_show_yet_is_told_that_it_is_recorded(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.analytics.console.PATIENCE", 0.05)

    page = await desks.ask(CLERK, f"/cases/{CASE}?after=intake:5", accept=HTML)

    assert (page.status_code, "Your action is recorded" in page.text) == (200, True)


async def test_who_has_just_acted_sees_it(course: Desks) -> None:
    page = await course.ask(CLERK, f"/cases/{CASE}?after=intake:1", accept=HTML)

    assert (page.status_code, "261101" in page.text) == (200, True)


@pytest.mark.parametrize("after", ["intake", "intake:x", "nobody:1", ":", "intake:99999999999999999999"])
async def test_a_mark_that_no_service_gave_is_refused(course: Desks, after: str) -> None:
    page = await course.ask(CLERK, f"/cases/{CASE}?after={after}", accept=HTML)

    assert (page.status_code, "Must be a service and a position in it, as intake:12." in page.text) == (422, True)


async def test_the_chart_shows_the_rates_of_the_worker(course: Desks) -> None:
    answer = await course.ask(CLERK, "/dashboard/rates", **{"hx-request": "true"})

    options = json.loads(answer.text)
    assert options["xAxis"]["data"] == ["15:59:40", "15:59:50"]
    assert [series["data"] for series in options["series"]] == [[0, 3], [1, 0]]


async def test_what_somebody_wrote_stays_text(desks: Desks) -> None:
    slip = intake.AnomalySlipFiled("A-1", "<script>alert(1)</script>", "domestic", "SO-1", "{{ 7*7 }}", "</script>")
    await desks.keep(*Departments().tell([slip]))

    for path in PATHS[:-1]:
        page = (await desks.ask(CLERK, path, accept=HTML)).text
        assert ("<script>alert" in page, ">49<" in page) == (False, False)


async def test_the_stream_lives_tells_and_lives_on(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "HEARTBEAT", 0.2)
    desks.console.feed.start()
    await desks.console.feed.ready()
    stream = news(desks.console, frozenset(["TPE"]))

    assert await anext(stream) == b": welcome\n\n"
    assert await anext(stream) == b": still here\n\n"
    await desks.keep(RECORDED[0])
    told = await asyncio.wait_for(anext(stream), 10)
    await desks.console.feed.close()
    assert [left async for left in stream] == []

    name, data = told.decode().strip().split("\n")
    assert (name, json.loads(data.removeprefix("data: "))["cases"]) == ("event: kept", [str(CASE)])
