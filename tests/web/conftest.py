"""The office with its pages: forms, panel, login, in front of the gate in memory."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from shared.http.app import create_app
from shared.http.settings import Settings
from shared.web.console import furnish
from shared.web.pages import problem_page
from shared.web.paper import CommandForm
from shared.web.translations import say
from tests.http import conftest as http
from tests.http.office import DOORS, FileComplaint

clock, company, gate, settings = http.clock, http.company, http.gate, http.settings

PAPERS = {
    FileComplaint: CommandForm(
        sections=(("customer", ("site", "customer")), ("goods", ("order", "value"))),
        late=("loss",),
        offers={"order": ("field", lambda folder, rules, who: ("order", "part"))},
    )
}


@pytest.fixture
def app(gate, company, clock, settings: Settings, tmp_path: Path) -> FastAPI:
    app = create_app(
        "intake",
        company=company,
        clock=clock,
        settings=settings,
        words=say,
        gate=gate,
        doors=DOORS,
        problem_page=problem_page,
    )
    return furnish(app, DOORS, papers=PAPERS, templates=tmp_path, front=True)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies and is not logged in."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"accept": "text/html", "accept-language": "en"}
    async with httpx.AsyncClient(transport=transport, base_url="http://redress.test", headers=headers) as client:
        yield client


async def log_in(browser: httpx.AsyncClient, person: str) -> None:
    """Pick a person on the login page."""
    await browser.post("/login", data={"person": person})


@pytest.fixture
async def clerk(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await log_in(browser, http.CLERK)
    return browser


def text(html: str) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()
