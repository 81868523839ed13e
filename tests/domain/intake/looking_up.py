"""Intake's app before a gate in memory and a real read model that is brought up to date whenever something is said."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from services.intake.projections import COMPLAINTS
from shared.commands.answers import Answer
from shared.commands.requests import CommandRequest
from shared.contracts import Event
from shared.contracts.values import SYSTEM
from tests.domain.story import NOW
from tests.http.memory import MemoryGate

BODY: dict[str, Any] = {
    "site": "TPE",
    "customer": "Acme Tools",
    "region": "domestic",
    "order": "SO-1001",
    "part": "PN-7",
    "delivered_on": "2026-10-20",
    "delivered": "500",
    "defective": "40",
    "unit": "piece",
    "value": {"amount": "25000.00", "currency": "TWD"},
    "demand": "return",
    "reason": "Cracked housings",
}


class FirstNumberGate(MemoryGate):
    """Gives every command the first number of its series."""

    async def submit(self, request: CommandRequest) -> Answer:
        return await super().submit(replace(request, command=replace(request.command, serial=1)))


class StoppedClock:
    def now(self) -> datetime:
        return NOW


class Intake:
    """Intake's app before a read model that is brought up to date whenever something is said."""

    def __init__(self, gate: MemoryGate, pool: asyncpg.Pool, client: httpx.AsyncClient) -> None:
        self.gate, self.pool, self.client = gate, pool, client

    async def say(self, case: UUID, *events: Event, site: str = "TPE") -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await COMPLAINTS.apply(connection, self.gate.say(case, SYSTEM, *events, site=site))

    async def file(self, *, person: str = "lin-yating", key: str = "", **filled: Any) -> httpx.Response:
        headers = {"idempotency-key": key or uuid4().hex}
        answer = await self.client.post(
            "/api/intake/complaints", json={**BODY, **filled}, headers=self.token(person) | headers
        )
        if answer.status_code == 201 and "idempotent-replayed" not in answer.headers:
            events = self.gate.streams[UUID(answer.json()["case"])]
            async with self.pool.acquire() as connection, connection.transaction():
                await COMPLAINTS.apply(connection, events)
        return answer

    async def listed(self, *, person: str = "lin-yating", **asked: Any) -> dict[str, Any]:
        answer = await self.client.get("/api/intake/complaints", params=asked, headers=self.token(person))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def token(self, person: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.app.state.surroundings.tokens.issue(person)[0]}"}

    @property
    def app(self) -> Any:
        return self.client._transport.app  # type: ignore[attr-defined]
