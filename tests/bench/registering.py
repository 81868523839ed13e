"""Registers complaints over HTTP as fast as so many clients can."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tests.bench.load import Wanted, connected, drive

PERSON = "lin-yating"


@dataclass(frozen=True)
class LoadFigures:
    """Operations a second, and their latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    refused: int


def complaint(order: str) -> Wanted:
    """The request that registers one complaint."""
    return Wanted(
        "POST",
        "/api/intake/complaints",
        {
            "site": "TPE",
            "customer": f"Customer {order}",
            "region": "domestic",
            "order": order,
            "part": f"P-{order}",
            "delivered_on": "2026-01-15",
            "delivered": "100",
            "defective": "5",
            "unit": "piece",
            "value": {"amount": "20000", "currency": "TWD"},
            "demand": "return",
            "reason": "The edge is cracked on delivery.",
            "loss": True,
        },
    )


def token(address: str) -> str:
    """A token for a clerk of Sales."""
    answer = httpx.post(f"{address}/api/login", json={"person": PERSON}, timeout=20).raise_for_status()
    return str(answer.json()["token"])


async def registering(address: str, clients: int, seconds: float) -> LoadFigures:
    """Complaints a second that so many clients register, each its next after the answer."""
    place = urlsplit(address)
    signed = token(address)
    async with AsyncExitStack() as stack:
        lines = [
            await stack.enter_async_context(connected(place.hostname or "", place.port or 80, signed))
            for _ in range(clients)
        ]
        figures = await drive(lines, lambda who, turn: complaint(f"{time.time_ns()}-{who}-{turn}"), seconds=seconds)
    return LoadFigures(figures.rate, figures.percentile(50), figures.percentile(99), figures.refused)
