"""Tryton's ``sale_complaint`` beside Redress: figures of its own bench, recorded before or measured anew."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.yardstick import yardstick

PEER = "TRYTON_PEER"
"""Names the folder with the scripts that install, fill and measure Tryton."""
RESULTS = Path("bench") / "tryton.json"
CLIENTS = (1, 8, 32)
RECORDED = {"register": (40.95, 73.5, 74.7), "life": (6.35, 11.35, 11.55), "list": (29.9, 53.5, 60.65)}
"""Operations a second with 1, 8 and 32 clients: three runs on 2 cores, Python 3.11.7, Linux 6.18, 22 November 2026."""
RECORDED_ON = "Tryton, recorded on 2 cores"
MINUTES = 30


@dataclass(frozen=True)
class Peer:
    """Operations a second; ``source`` says whose figures they are."""

    rates: Mapping[str, tuple[float, ...]]
    source: str

    def rate(self, workload: str, clients: int) -> float:
        """Operations a second with so many clients."""
        return self.rates[workload][CLIENTS.index(clients)]


def figures() -> Peer:
    """Those measured here, where there are any; else those recorded. Raises ValueError for a file of an older bench."""
    if not RESULTS.exists():
        return Peer(RECORDED, RECORDED_ON)
    told = json.loads(RESULTS.read_text("utf-8"))
    rates = {workload: tuple(rate_of(told, workload, clients) for clients in CLIENTS) for workload in RECORDED}
    if "yardstick_ms" not in told:
        raise ValueError(f"{RESULTS} tells no yardstick: delete it or measure anew")
    before, after = told["yardstick_ms"]
    return Peer(rates, f"Tryton, measured here (yardstick {before:.1f} ms before, {after:.1f} after)")


def rate_of(told: dict[str, Any], workload: str, clients: int) -> float:
    """A figure of Tryton's own table."""
    (found,) = [row for row in told["summary"] if (row["workload"], row["clients"]) == (workload, clients)]
    return float(found["per_s"]["median"])


def measure_anew() -> None:
    """Install, fill and measure Tryton, which takes some twelve minutes. Raises KeyError, CalledProcessError."""
    peer = Path(os.environ[PEER])
    RESULTS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="redress-tryton-") as work:
        Path(work).chmod(0o755)
        asked = {"WORK": work, "RUNS": "1", "OUT": str(RESULTS.absolute())}
        before = yardstick()
        subprocess.run(["bash", "run.sh"], cwd=peer, env=os.environ | asked, check=True, timeout=60 * MINUTES)
    told = json.loads(RESULTS.read_text("utf-8")) | {"yardstick_ms": (before, yardstick())}
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
