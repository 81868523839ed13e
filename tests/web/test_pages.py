"""Pages of no department: login, language, problems, panel, static files; no page has a script of its own."""

import hashlib
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shared.contracts import analytics, intake
from shared.contracts.values import SYSTEM
from shared.web.pages import local
from shared.web.templates import STATIC, static
from tests.http.conftest import CLERK, ELSEWHERE, SUPERVISOR, StillClock
from tests.http.memory import MemoryGate
from tests.http.test_attachments import PNG
from tests.web.conftest import log_in, text
from tests.web.test_forms import COMPLAINTS, FILLED, HTMX

ROOT = Path(__file__).parents[2]
INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|hx-on|<script(?![^>]*(?:\bsrc=|application/json))")


async def test_a_person_is_picked_and_led_back(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/login?to=/register")
    assert "林雅婷" in page.text
    assert 'name="to" value="/register"' in page.text

    answer = await browser.post("/login", data={"person": CLERK, "to": "/register"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/register")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert (await browser.get("/intake/complaints/new")).status_code == 200


async def test_who_logs_out_is_gone(clerk: httpx.AsyncClient) -> None:
    assert (await clerk.post("/logout")).headers["location"] == "/login"
    assert (await clerk.get("/intake/complaints/new")).status_code == 303


async def test_a_stranger_cannot_log_in(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/login", data={"person": "nobody"})
    assert answer.status_code == 422
    assert "There is no such person: nobody." in text(answer.text)


async def test_another_site_logs_nobody_in_or_out(clerk: httpx.AsyncClient) -> None:
    for address in ("/login", "/logout"):
        answer = await clerk.post(address, data={"person": SUPERVISOR}, headers={"origin": "http://evil.test"})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("wish", "way"),
    [
        ("/cases/7?after=intake:5", "/cases/7?after=intake:5"),
        (None, "/"),
        ("", "/"),
        ("http://evil.test", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("/a\r\nset-cookie: x", "/"),
    ],
)
def test_one_is_led_to_addresses_of_this_site_only(wish: str | None, way: str) -> None:
    assert local(wish) == way


async def test_a_chosen_language_is_kept(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.get("/language/zh-CN?to=/intake/complaints/new")
    assert answer.headers["location"] == "/intake/complaints/new"
    page = (await clerk.get("/intake/complaints/new")).text
    assert '<html lang="zh-CN"' in page
    assert "提出客诉" in page
    assert (await clerk.get("/language/fr")).status_code == 404


async def test_a_problem_is_a_page_to_people_and_a_part_of_one_to_htmx(clerk: httpx.AsyncClient) -> None:
    page = await clerk.get("/nowhere")
    assert (page.status_code, page.text.count("<html")) == (404, 1)
    assert page.headers["x-correlation-id"] in page.text

    part = await clerk.get(f"/intake/cases/{uuid4()}/endorse-complaint", headers=HTMX)
    assert (part.status_code, part.text.count("<html")) == (404, 0)
    assert "This department has no such case." in text(part.text)


@pytest.fixture
async def case(clerk: httpx.AsyncClient, gate: MemoryGate) -> str:
    """A case with a picture, at the endorsement."""
    await clerk.post(COMPLAINTS, data=FILLED | {"reason": "<b>开裂</b>"}, files={"attachments": ("裂纹.png", PNG)})
    return str(next(iter(gate.streams)))


async def test_a_panel_shows_what_the_department_said_as_filled_forms(clerk, case: str) -> None:
    html = (await clerk.get(f"/intake/cases/{case}/panel")).text
    told = text(html)

    assert "Complaint handling form" in told
    assert "Customer 昆山精密机械" in told
    assert "Value delivered TWD 356,400.50" in told
    assert "Customer&#39;s demand Return" in told
    assert "Delivery date 12 Oct 2026" in told
    assert "Reason &lt;b&gt;开裂&lt;/b&gt;" in told
    assert f'src="/api/intake/cases/{case}/attachments/' in html
    assert "Stage opened" not in told


async def test_a_panel_offers_what_this_person_may_do_now(browser, clerk, case: str) -> None:
    action = f'hx-get="/intake/cases/{case}/endorse-complaint"'
    assert action not in (await clerk.get(f"/intake/cases/{case}/panel")).text

    await log_in(browser, SUPERVISOR)
    assert action in (await browser.get(f"/intake/cases/{case}/panel")).text
    await browser.post(f"/intake/cases/{case}/endorse-complaint", data={"opinion": "ok", "version": "2"})
    assert action not in (await browser.get(f"/intake/cases/{case}/panel")).text


async def test_what_others_said_is_shown_in_their_own_panels(clerk, gate: MemoryGate, case: str, clock) -> None:
    missed = analytics.DeadlineMissed("draft", "sales", 1, clock.now())
    (stream,) = gate.streams
    gate.say(stream, SYSTEM, missed, intake.QuantityDetermined(Decimal(5)))
    told = text((await clerk.get(f"/intake/cases/{case}/panel")).text)
    assert "Deadline missed" not in told
    assert told.index("Quantity determined") < told.index("Complaint handling form")


async def test_a_department_that_heard_nothing_has_an_empty_panel(clerk) -> None:
    answer = await clerk.get(f"/intake/cases/{uuid4()}/panel")
    assert (answer.status_code, "Nothing in this department" in answer.text) == (200, True)


async def test_the_panel_of_another_site_stays_shut(browser, case: str) -> None:
    await log_in(browser, ELSEWHERE)
    assert (await browser.get(f"/intake/cases/{case}/panel")).status_code == 403


async def test_a_page_tells_the_server_s_time(clerk, clock: StillClock) -> None:
    clock.advance(timedelta(days=3))
    page = await clerk.get("/intake/complaints/new")
    assert 'data-now="2026-11-06T02:00:00+00:00"' in page.text


async def test_static_files_are_kept_by_their_content(browser: httpx.AsyncClient) -> None:
    address = static("redress.css")
    assert address.endswith("?v=" + hashlib.sha256((STATIC / "redress.css").read_bytes()).hexdigest()[:12])
    answer = await browser.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert (await browser.get("/static/../templates.py")).status_code == 404


def test_no_template_brings_a_script_or_style_of_its_own() -> None:
    """The pages' policy would stop it; every script is a file."""
    files = [*(ROOT / "shared").rglob("*.html"), *(ROOT / "services").rglob("*.html")]
    assert files
    assert [str(file) for file in files if INLINE.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("planted", ['<p style="x">', "<p onclick=x>", "<script>x</script>", '<p hx-on:click="x">'])
def test_a_planted_script_or_style_is_caught(planted: str) -> None:
    assert INLINE.search(planted)


def test_every_vendored_work_has_its_licence_and_its_line_in_the_notice() -> None:
    vendor = STATIC / "vendor"
    notice = (vendor / "NOTICE").read_text("utf-8")
    for folder in (each for each in vendor.iterdir() if each.is_dir()):
        assert (folder / "LICENSE").is_file()
        for file in folder.iterdir():
            assert file.name in ("LICENSE", "NOTICE") or f"{folder.name}/{file.stem}" in notice


def test_nothing_vendored_asks_another_address_for_a_style_or_font() -> None:
    for sheet in STATIC.rglob("*.css"):
        assert re.findall(r"@import|url\(\s*['\"]?https?:", sheet.read_text("utf-8")) == []
