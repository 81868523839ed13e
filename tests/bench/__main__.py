"""``make bench``: figures on this machine, each beside what it is compared with, measured in the same run."""

import asyncio
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.peers import library_rate
from tests.bench.registering import LoadFigures, registering
from tests.bench.watching import Seen, watching
from tests.started import Started, start

SECONDS = 8.0
CLIENTS = (1, 8, 32)
THREADS = (1, 16)
RATE = 20
"""Commands a second while the dashboard is watched."""
TARGET = 250.0
"""Milliseconds from the accepted command to the changed dashboard that 99 of 100 should not exceed."""


def main() -> None:
    """Start a stack, measure, print, write ``bench/results.json``, stop the stack."""
    out = Console()
    with tempfile.TemporaryDirectory(prefix="redress-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        out.print("Starting a stack of its own …")
        stack = start(Path(folder) / "stack")
        try:
            peer = {threads: library_rate(database_of(stack), threads, SECONDS) for threads in THREADS}
            rates = {clients: asyncio.run(registering(stack.address, clients, SECONDS)) for clients in CLIENTS}
            seen = asyncio.run(watching(stack.address, RATE))
        finally:
            stack.stop()
    out.print(rates_table(rates, peer), seen_table(seen))
    write(rates, peer, seen)


def database_of(stack: Started) -> str:
    """The stack's own PostgreSQL server, with its durable settings."""
    told: dict[str, str] = json.loads((stack.data / "run" / "environment.json").read_text("utf-8"))
    return told["DATABASE_URL"]


def rates_table(rates: dict[int, LoadFigures], peer: dict[int, float]) -> Table:
    """Commands a second."""
    table = Table(title="Commands a second: one complaint registered over HTTP, through the front door, on disk")
    for column in ("", "a second", "p50 ms", "p99 ms", "beside the library as it ships"):
        table.add_column(column, justify="right")
    for threads, rate in peer.items():
        table.add_row(f"library as it ships, {threads} threads, no HTTP", f"{rate:.0f}", "", "", "1.0 ×")
    for clients, figures in rates.items():
        beside = peer[1 if clients == 1 else 16]
        table.add_row(
            f"Redress, {clients} clients",
            f"{figures.rate:.0f}",
            f"{figures.p50:.1f}",
            f"{figures.p99:.1f}",
            f"{figures.rate / beside:.2f} ×",
        )
    return table


def seen_table(seen: Seen) -> Table:
    """From the accepted command to the change in the browser."""
    table = Table(title=f"Accepted command to the dashboard's change in the browser, {RATE} commands a second")
    for column in ("commands", "seen", "p50 ms", "p99 ms", "target p99 ms"):
        table.add_column(column, justify="right")
    table.add_row(str(seen.sent), str(len(seen.delays)), f"{seen.p50:.0f}", f"{seen.p99:.0f}", f"{TARGET:.0f}")
    return table


def write(rates: dict[int, LoadFigures], peer: dict[int, float], seen: Seen) -> None:
    """Keep the figures for whoever compares runs."""
    results: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": sys.version.split()[0]},
        "library": {str(threads): rate for threads, rate in peer.items()},
        "register": {
            str(clients): {"rate": one.rate, "p50": one.p50, "p99": one.p99} for clients, one in rates.items()
        },
        "dashboard": {"rate": RATE, "sent": seen.sent, "seen": len(seen.delays), "p50": seen.p50, "p99": seen.p99},
    }
    path = Path("bench") / "results.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
