"""A department that can be poisoned, with its operators' doors, and the console's page that looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from services.analytics.operations import operations
from services.analytics.pages import TEMPLATES
from shared.clock import SystemClock
from shared.commands.requests import IncomingMessage
from shared.contracts.commands import Command, File
from shared.contracts.envelope import Recorded
from shared.contracts.event import Event
from shared.eventstore.codec import encode
from shared.http.app import create_app
from shared.http.condition import condition_routes
from shared.http.deadletters import letter_routes
from shared.http.settings import Settings
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.message_handler import MessageHandler
from shared.procedures.language.company import load_company
from shared.web.console import furnish
from shared.web.pages import problem_page
from shared.web.translations import say
from tests.analytics.desks import Desks
from tests.support.building import OFFICE, Building, envelope_of, rules_for
from tests.support.office import Folder, Mentioned, Rules, decide

OPERATOR, CLERK = "operator", "lin-yating"
ADDRESS = "http://front.door"

cured: set[UUID] = set()


def fragile(folder: Folder, wish: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """Fails at ``poison``, until the case is cured."""
    poisoned = isinstance(wish, File) and isinstance(wish.heard, Mentioned) and wish.heard.text == "poison"
    if poisoned and folder.case not in cured:
        raise RuntimeError("cannot swallow this")
    return decide(folder, wish, rules, now)


@dataclass
class Ward:
    """One service, ``finance``, behind a front door; others do not answer."""

    building: Building
    folder: Path

    def __post_init__(self) -> None:
        department = replace(OFFICE, name="finance", decide=fragile)
        self.gate = self.building.gate(department)
        self.store = self.building.store("finance")
        self.store.prepare()
        self.listener = MessageHandler(department, rules_for)
        self.replayer = self.building.replayer(self.gate, department)
        self.missing: list[str] = []
        self.app = create_app(
            "finance", company=load_company(), clock=SystemClock(), words=say, problem_page=problem_page,
            settings=Settings("s" * 40, self.folder, address=ADDRESS),
            routers=(
                letter_routes("finance", DeadLetters(self.store)),
                condition_routes("finance", lambda: self.missing),
            ),
        )  # fmt: skip

    async def hear(self, case: UUID, *texts: str) -> None:
        """Messages of a neighbour arrive."""
        run: list[IncomingMessage] = []
        for text in texts:
            said = Recorded(Mentioned(text), envelope_of(Mentioned(text), case))
            value = encode(said.event, said.envelope)
            run.append(
                self.listener.read("neighbours", 0, len(run), value, [("position", str(uuid4().int)[:9].encode())])
            )
        await self.gate.hear(run)

    def colleagues(self, address: str) -> httpx.AsyncClient:
        """What the front door leads to: finance, and nobody else."""
        assert address == ADDRESS
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=address)

    def of(self, person: str, app: FastAPI | None = None, **headers: str) -> httpx.AsyncClient:
        """A person's browser or program, at the service itself unless another app is named."""
        app = app or self.app
        token, _ = app.state.surroundings.tokens.issue(person)
        transport = httpx.ASGITransport(app)
        headers |= {"authorization": f"Bearer {token}"}
        return httpx.AsyncClient(transport=transport, base_url="http://redress", headers=headers)

    def console(self, desks: Desks) -> FastAPI:
        """The front of the house with the operators' page."""
        app = create_app(
            "analytics", company=load_company(), clock=SystemClock(), words=say, problem_page=problem_page, login=True,
            settings=Settings("s" * 40, self.folder, address=ADDRESS),
            routers=(operations(desks.console, self.colleagues, ("intake", "finance")),),
        )  # fmt: skip
        return furnish(app, templates=TEMPLATES, front=True)
