"""What the stories of intake are given."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest

from services.intake import domain
from services.intake.api import COMMANDS, QUERIES
from services.intake.pages import PAGES
from services.intake.projections import COMPLAINTS
from services.intake.reactions import REACTIONS
from shared.commands.department import Department
from shared.contracts.envelope import Envelope
from shared.http.app import create_app
from shared.http.settings import Settings
from shared.procedures.language.company import load_company
from shared.web.translations import say
from tests.domain.intake.forms import CLERK
from tests.domain.intake.looking_up import FirstNumberGate, Intake, StoppedClock
from tests.domain.story import NOW, SITE


@pytest.fixture
def envelope() -> Callable[[UUID], Envelope]:
    """The envelope of a filed form of a case."""

    def of(case: UUID) -> Envelope:
        return Envelope(
            id=case,
            source="intake",
            type="intake.complaint-filed",
            subject=case,
            time=NOW,
            version=1,
            schema=1,
            site=SITE,
            actor=CLERK,
            correlation=case,
            causation=None,
            pack="glzd194",
            pack_version=1,
            hlc="",
            previous="",
        )

    return of


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[asyncpg.Pool]:
    """A database of the test's own with intake's read model in it."""
    name = f"test_{uuid4().hex}"
    server = await asyncpg.connect(f"{postgres_url}/postgres")
    await server.execute(f"CREATE DATABASE {name}")
    async with asyncpg.create_pool(f"{postgres_url}/{name}", min_size=1, max_size=4) as pool:
        async with pool.acquire() as connection:
            await COMPLAINTS.migrate(connection)
        yield pool
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
async def here(pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[Intake]:
    """Intake, empty."""
    company, clock = load_company(), StoppedClock()
    department = Department("intake", domain.initial, domain.decide, domain.evolve, REACTIONS)
    gate = FirstNumberGate(department, company, clock)
    app = create_app(
        "intake",
        company=company,
        clock=clock,
        settings=Settings(secret="s" * 32, files=tmp_path),
        words=say,
        gate=gate,
        doors=COMMANDS,
        routers=(QUERIES, PAGES),
    )
    app.state.parts = msgspec.defstruct("Parts", ["pool"])(pool)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://intake") as client:
        yield Intake(gate, pool, client)
