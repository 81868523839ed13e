"""A department's list as a caller sees it: its projection fed by hand on a real database, asked over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import asyncpg
import httpx
from fastapi import APIRouter

from shared.clock import SystemClock
from shared.contracts import Event, wire_name
from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.values import SYSTEM
from shared.http.app import create_app
from shared.http.settings import Settings
from shared.http.tokens import Tokens
from shared.procedures.language.company import load_company
from shared.readmodels.projection import Projection
from shared.web.translations import say
from tests.domain.story import NOW

SETTINGS = Settings(secret="s" * 32, files=Path("/nonexistent"))


def case(number: int) -> UUID:
    """A case's id."""
    return uuid5(NAMESPACE_URL, str(number))


def recorded(position: int, of: UUID, said: Event, *, site: str = "TPE", at: datetime | None = None) -> Recorded:
    """An event at a position of the department's log, a minute after the one before."""
    envelope = Envelope(
        id=uuid5(of, str(position)),
        source="test",
        type=wire_name(type(said)),
        subject=of,
        time=at or NOW + timedelta(minutes=position),
        version=position,
        schema=1,
        site=site,
        actor=SYSTEM,
        correlation=of,
        causation=None,
        pack="glzd194",
        pack_version=1,
        hlc=f"{position:020}",
        previous="",
    )
    return Recorded(said, envelope, position)


@dataclass
class Desk:
    """Somebody asking the department's lists."""

    client: httpx.AsyncClient

    async def get(self, path: str, person: str = "chen-zhiming", **asked: Any) -> Any:
        """The answer to a person of the sample company."""
        token, _ = Tokens(SETTINGS.secret, SystemClock(), SETTINGS.session).issue(person)
        answer = await self.client.get(path, params=asked, headers={"authorization": f"Bearer {token}"})
        return answer.json()


@asynccontextmanager
async def desk(
    postgres_url: str, projection: Projection, queries: APIRouter, events: Sequence[Recorded]
) -> AsyncIterator[Desk]:
    """The department's lists, after these events."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_url}/postgres")
    await server.execute(f"CREATE DATABASE {name}")
    async with asyncpg.create_pool(f"{postgres_url}/{name}", min_size=1, max_size=2) as pool:
        async with pool.acquire() as connection:
            await projection.migrate(connection)
            async with connection.transaction():
                await projection.apply(connection, events)
        app = create_app(
            "test", company=load_company(), clock=SystemClock(), settings=SETTINGS, words=say, routers=[queries]
        )
        app.state.parts = SimpleNamespace(pool=pool)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Desk(client)
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()
