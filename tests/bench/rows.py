"""A row of the table: what was measured, beside what, and whether that is enough; and where the table goes."""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

RESULTS = Path("bench") / "results.json"


@dataclass(frozen=True, slots=True)
class Row:
    """``measured`` in ``unit``; ``peer`` is what it stands beside, measured in the same run unless ``beside`` says not.

    ``at_least``: so many times the peer must be reached. ``at_most``: so many times the peer, or without one so much
    of the unit, must not be exceeded. Neither: the figure is told. ``note`` says how it came about.
    """

    what: str
    measured: float
    unit: str
    beside: str = ""
    peer: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Measured to peer."""
        return self.measured / self.peer if self.peer else None

    @property
    def reached(self) -> bool | None:
        """Whether it is enough; None where nothing is asked."""
        figure = self.measured if self.ratio is None else self.ratio
        if self.at_least is not None:
            return figure >= self.at_least
        return None if self.at_most is None else figure <= self.at_most

    @property
    def must(self) -> str:
        """What is asked, in words."""
        sign, bound = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        if bound is None:
            return ""
        return f"{sign} {bound:g} ×" if self.peer else f"{sign} {bound:,g} {self.unit}"


def table_of(group: str, rows: Sequence[Row]) -> Table:
    """The rows of a group, for people."""
    table = Table(title=group, title_justify="left", title_style="bold", expand=False)
    for column in ("what", "measured", "beside", "ratio", "must reach", ""):
        table.add_column(column, justify="left" if column in ("what", "beside") else "right")
    for row in rows:
        peer = f"{row.beside}: {figure(row.peer)} {row.unit}" if row.peer is not None else row.beside
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} ×"
        mark = {None: "", True: "[green]reached[/]", False: "[red]not reached[/]"}[row.reached]
        table.add_row(row.what, f"{figure(row.measured)} {row.unit}", peer, ratio, row.must, mark)
    return table


def figure(number: float) -> str:
    """A number as people read it: three digits that matter."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of a group, how many ``seconds`` it took, and the machine's ``yardstick`` (ms) before and after."""

    rows: Sequence[Row]
    seconds: float
    yardstick: tuple[float, float]

    @property
    def told(self) -> str:
        """How it came about, for its title."""
        before, after = self.yardstick
        return f"{self.seconds:.0f} s; yardstick {before:.1f} ms before, {after:.1f} after"


def write(groups: Mapping[str, Measured]) -> None:
    """Keep the figures for whoever compares runs; groups that were not measured this time stay as they were."""
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": sys.version.split()[0]}
    told = kept.get("groups", {}) if kept.get("machine") == machine else {}
    for group, measured in groups.items():
        told[group] = {
            "seconds": round(measured.seconds, 1),
            "yardstick_ms": measured.yardstick,
            "rows": [asdict(row) | {"ratio": row.ratio, "reached": row.reached} for row in measured.rows],
        }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine, "groups": told}, indent=2, ensure_ascii=False) + "\n", "utf-8")
