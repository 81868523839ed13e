"""The office behind HTTP: an app on a gate in memory, a clock that stands still, and callers who are logged in."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.http.app import create_app
from shared.http.settings import Settings
from shared.procedures.language.company import Company, load_company
from shared.web.translations import say
from tests.http.memory import MemoryGate
from tests.http.office import DOORS, OFFICE

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
CLERK, SUPERVISOR, QUALITY = "lin-yating", "chen-zhiming", "zhao-min"
ELSEWHERE = "wang-lei"
"""A clerk of Sales at the other site."""

COMPLAINT: dict[str, Any] = {
    "site": "TPE",
    "customer": "昆山精密机械",
    "order": "SO-1",
    "value": {"amount": "356400.50", "currency": "TWD"},
    "delivered": "1200",
    "delivered_on": "2026-10-12",
    "demand": "return",
}

Caller = Callable[[str], httpx.AsyncClient]


@dataclass
class StillClock:
    """A clock that tests move."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def company() -> Company:
    return load_company()


@pytest.fixture
def gate(company: Company, clock: StillClock) -> MemoryGate:
    return MemoryGate(OFFICE, company, clock)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings("s" * 40, tmp_path / "files", body_limit=20_000, upload_limit=60_000, file_limit=50_000)


@pytest.fixture
def app(gate: MemoryGate, company: Company, clock: StillClock, settings: Settings) -> FastAPI:
    return create_app(
        "intake",
        company=company,
        clock=clock,
        settings=settings,
        words=say,
        token_clock=clock,
        gate=gate,
        doors=DOORS,
        login=True,
    )


@pytest.fixture
async def anyone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A caller who is not logged in."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://redress.test") as client:
        yield client


@pytest.fixture
def caller(app: FastAPI, anyone: httpx.AsyncClient) -> Caller:
    """A caller who is logged in: ``caller("lin-yating")``."""

    def logged_in(person: str) -> httpx.AsyncClient:
        token, _ = app.state.surroundings.tokens.issue(person)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://redress.test",
            headers={"authorization": f"Bearer {token}"},
        )

    return logged_in


@pytest.fixture
def clerk(caller: Caller) -> httpx.AsyncClient:
    return caller(CLERK)


@pytest.fixture
def supervisor(caller: Caller) -> httpx.AsyncClient:
    return caller(SUPERVISOR)


def wrong(answer: httpx.Response) -> list[tuple[str, str]]:
    """Which fields were refused, and by which code."""
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]
