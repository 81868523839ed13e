"""Tells the web process through PostgreSQL what only the worker knows: the rates of the moment."""

import json
from typing import Any

from shared.readmodel.pool import Pool

RATES = "redress_rates"
"""The channel of the rates; the payload is JSON, see ``Rates.figures``."""


async def tell_rates(pool: Pool, figures: dict[str, Any]) -> None:
    """Send the figures to whoever listens; nobody keeps them."""
    await pool.execute("SELECT pg_notify($1, $2)", RATES, json.dumps(figures, separators=(",", ":")))
