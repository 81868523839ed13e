"""Analytics on real rows, without Kafka: an app, people who are logged in, a clock that stands still."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import FastAPI

from services.analytics.api import queries
from services.analytics.console import Console
from services.analytics.pages import TEMPLATES, pages
from services.analytics.readmodel.ingestion import KEPT, notice
from services.analytics.readmodel.writer import hear, write
from shared.contracts.envelope import Recorded
from shared.eventstore.codec import encode
from shared.http.app import create_app
from shared.http.settings import Settings
from shared.procedures.language.company import load_company
from shared.readmodels import Pool
from shared.runtime import Parts
from shared.web.console import furnish
from shared.web.pages import problem_page
from shared.web.translations import say
from tests.analytics.recording import BEGAN

CLERK, SUPERVISOR, QUALITY, OFFICE, ELSEWHERE = "lin-yating", "chen-zhiming", "zhao-min", "yang-shufen", "wang-lei"
MANAGER, VICE = "huang-meihua", "guo-liming"


@dataclass
class StillClock:
    """A clock that tests move."""

    moment: datetime = BEGAN

    def now(self) -> datetime:
        return self.moment


@dataclass
class Desks:
    """Several people at their desks, and the rows that they look at."""

    pool: Pool
    folder: Path
    clock: StillClock = field(default_factory=StillClock)
    console: Console = field(default_factory=Console)

    def __post_init__(self) -> None:
        company = load_company()
        parts = Parts(company, self.clock, cast(Any, None), self.pool, "", "", tuple)
        self.loops = self.console.loops(parts)
        self.app: FastAPI = furnish(
            create_app(
                "analytics", company=company, clock=self.clock, token_clock=self.clock, words=say, login=True,
                settings=Settings("s" * 40, self.folder), problem_page=problem_page,
                routers=(queries(self.console), pages(self.console)),
            ),
            templates=TEMPLATES,
            front=True,
        )  # fmt: skip

    def of(self, person: str, **headers: str) -> httpx.AsyncClient:
        """A person's browser or program."""
        token, _ = self.app.state.surroundings.tokens.issue(person)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://redress",
            headers={"authorization": f"Bearer {token}", **headers},
        )

    async def ask(self, person: str, address: str, **headers: str) -> httpx.Response:
        """The answer that a person gets."""
        async with self.of(person, **headers) as client:
            return await client.get(address)

    async def keep(self, *recorded: Recorded) -> None:
        """The worker keeps what was said, and tells."""
        heard = [hear(encode(each.event, each.envelope), each.position) for each in recorded]
        async with self.pool.acquire() as connection, connection.transaction():
            await write(connection, heard)
            await connection.execute("SELECT pg_notify($1, $2)", KEPT, notice(heard))


def picked(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of rows."""
    return [tuple(row[name] for name in names) for row in rows]
