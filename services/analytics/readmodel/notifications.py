"""Tells the web process through PostgreSQL what only the worker knows: how it is, and the rates of the moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from shared.postgres.pool import Pool

WORD = "redress_worker"
"""The channel of the worker's words."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """What the worker says of itself.

    ``missing`` is what keeps it from working, ``lag`` how many events it has not kept yet (None: not measured),
    ``rates`` as in ``Rates.figures``.
    """

    at: datetime
    missing: list[str]
    lag: int | None
    rates: dict[str, Any]


async def tell(pool: Pool, word: WorkerStatus) -> None:
    """Send it to whoever listens; nobody keeps it."""
    await pool.execute("SELECT pg_notify($1, $2)", WORD, msgspec.json.encode(word).decode())


def heard(payload: str) -> WorkerStatus:
    """What was sent."""
    return msgspec.json.decode(payload, type=WorkerStatus)
