"""Every act's form is decided on what it showed, whatever the act: the acts and their stages are read from the pack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts import Event
from shared.contracts.values import SYSTEM
from shared.http.app import create_app
from shared.http.settings import Settings
from shared.procedures.language.company import load_company
from shared.web.console import furnish
from shared.web.pages import problem_page
from shared.web.translations import say
from tests.http.conftest import StillClock
from tests.http.memory import MemoryGate
from tests.web.conftest import log_in, text
from tests.web.offices import BODIES, CIRCUMSTANCES, OTHERWISE, Deed, deeds
from tests.web.test_forms import HTMX, values

DEEDS = {deed.act: deed for deed in deeds()}
STANDING = [(act, name) for act, deed in DEEDS.items() for name in deed.door.command.stands_on or ()]


@dataclass
class Office:
    """Somebody who may do an act, at the form of it."""

    deed: Deed
    browser: httpx.AsyncClient
    gate: MemoryGate
    case: UUID

    @property
    def path(self) -> str:
        """The form's address."""
        return f"/{self.deed.service}/cases/{self.case}/{self.deed.act}"

    async def opened(self) -> dict[str, str]:
        """The form, opened and filled in."""
        html = (await self.browser.get(self.path, headers=HTMX)).text
        return BODIES[self.deed.act] | {name: values(html, name)[0] for name in ("command_id", "version")}

    async def sends(self, filled: dict[str, str]) -> httpx.Response:
        """The form is sent."""
        return await self.browser.post(self.path, data=filled, headers=HTMX)

    def hears(self, *events: Event) -> int:
        """Meanwhile something is filed; the folder's version then."""
        self.gate.say(self.case, SYSTEM, *events)
        return self.version

    @property
    def version(self) -> int:
        """The folder's version."""
        return len(self.gate.streams[self.case])


@asynccontextmanager
async def office(deed: Deed, folder: Path) -> AsyncIterator[Office]:
    """The department of an act, with a case at which it can be done."""
    company, clock, case = load_company(), StillClock(), uuid4()
    gate = MemoryGate(deed.rooms.department, company, clock)
    gate.say(case, SYSTEM, *deed.before, site="TPE")
    app: Any = create_app(
        deed.service,
        company=company,
        clock=clock,
        settings=Settings("s" * 40, folder),
        words=say,
        gate=gate,
        doors=deed.rooms.doors,
        problem_page=problem_page,
    )
    furnish(app, deed.rooms.doors, papers=deed.rooms.papers, templates=deed.rooms.templates, front=True)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"accept": "text/html", "accept-language": "en"}
    async with httpx.AsyncClient(transport=transport, base_url="http://redress.test", headers=headers) as browser:
        await log_in(browser, deed.doer.person)
        yield Office(deed, browser, gate, case)


@pytest.mark.parametrize("act", DEEDS)
def test_every_act_says_what_it_stands_on(act: str) -> None:
    deed = DEEDS[act]
    names = deed.door.command.stands_on
    folder = deed.rooms.department.initial(uuid4())
    assert names is not None, "say it, so that not every filed copy makes people start again"
    assert [name for name in names if not hasattr(folder, name)] == []


@pytest.mark.parametrize("act", DEEDS)
async def test_what_concerns_nobody_here_makes_nobody_start_again(act: str, tmp_path: Path) -> None:
    async with office(DEEDS[act], tmp_path) as here:
        filled = await here.opened()
        before = here.hears(*CIRCUMSTANCES)

        answer = await here.sends(filled)
        assert answer.status_code == 204, text(answer.text)
        assert here.version > before
        assert (await here.sends(filled)).headers["hx-redirect"] == answer.headers["hx-redirect"]


@pytest.mark.parametrize(("act", "name"), STANDING)
async def test_what_an_act_stands_on_has_changed(act: str, name: str, tmp_path: Path) -> None:
    async with office(DEEDS[act], tmp_path) as here:
        filled = await here.opened()
        before = here.hears(OTHERWISE[name])

        refused = await here.sends(filled)
        assert (refused.status_code, here.version) == (412, before)
        assert "What you saw What it is now" in text(refused.text)
        assert "data-changed" in refused.text
        assert values(refused.text, "version") == [str(before)]
        assert (await here.sends(filled)).status_code == 412


@pytest.mark.parametrize("act", [act for act, deed in DEEDS.items() if deed.stage])
async def test_the_work_went_another_round(act: str, tmp_path: Path) -> None:
    deed = DEEDS[act]
    async with office(deed, tmp_path) as here:
        filled = await here.opened()
        again = () if deed.stage and deed.stage.repeats else deed.opened(2)
        before = here.hears(*deed.closed(1), *again)

        refused = await here.sends(filled)
        assert (refused.status_code, here.version) == (412, before)
        assert 'data-changed="round"' in refused.text or 'data-changed="stage"' in refused.text


@pytest.mark.parametrize("act", [act for act, deed in DEEDS.items() if len(deed.opened(1)) > 1])
async def test_another_department_that_has_the_same_stage_disturbs_nobody(act: str, tmp_path: Path) -> None:
    deed = DEEDS[act]
    async with office(deed, tmp_path) as here:
        filled = await here.opened()
        here.hears(*(each for each in deed.closed(1) if each.owner != deed.doer.department))
        assert (await here.sends(filled)).status_code == 204
