"""``make bench``: figures on this machine, each beside what it is compared with, measured in the same run."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from rich.console import Console

from tests.bench import (
    bulk,
    dashboard,
    gate,
    growth,
    history,
    inbox,
    life,
    listing,
    live,
    memory,
    rebuild,
    registering,
    relay,
    tryton,
)
from tests.bench.ground import House, Servers, house, servers
from tests.bench.rows import RESULTS, Measured, Row, table_of, write
from tests.bench.yardstick import yardstick

ON_SERVERS: dict[str, Callable[[Servers], Sequence[Row]]] = {
    "gate": gate.measure,
    "bulk": bulk.measure,
    "relay": relay.measure,
    "inbox": inbox.measure,
    "live": live.measure,
    "rebuild": rebuild.measure,
}
"""What is measured with no stack beside it."""
IN_THE_HOUSE: dict[str, Callable[[House], Sequence[Row]]] = {
    "memory": memory.measure,
    "dashboard": dashboard.measure,
    "register": registering.measure,
    "life": life.measure,
    "history": history.measure,
    "list": listing.measure,
}
"""What is measured on a whole stack, in this order: an empty one first."""
ALONE: dict[str, Callable[[], Sequence[Row]]] = {"growth": growth.measure}
"""What brings its own ground, and is measured when it is named."""

WIDE = 160
"""Columns where nobody says how wide it is."""


def main(asked: Namespace) -> None:
    """Measure what is asked for, print each group's rows as they come, write ``bench/results.json``."""
    out = Console()
    if not out.is_terminal:
        out = Console(width=WIDE)
    measured: dict[str, Measured] = {}

    def take(group: str, rows: Callable[[], Sequence[Row]]) -> None:
        before, began = yardstick(), time.monotonic()
        found = list(rows())
        measured[group] = Measured(found, time.monotonic() - began, (before, yardstick()))
        out.print(table_of(f"{group} ({measured[group].told})", found))
        for row in found:
            if row.note:
                out.print(f"  {row.what}: {row.note}", style="dim", highlight=False)
        write(measured)

    if asked.tryton:
        tryton.measure_anew()
    with ExitStack() as standing:
        wanted = [group for group in ON_SERVERS if group in asked.only]
        ground = standing.enter_context(servers()) if wanted else None
        for group in wanted:
            assert ground is not None
            take(group, lambda group=group: ON_SERVERS[group](ground))  # type: ignore[misc]
    with ExitStack() as standing:
        wanted = [group for group in IN_THE_HOUSE if group in asked.only]
        place = standing.enter_context(house()) if wanted else None
        for group in wanted:
            assert place is not None
            take(group, lambda group=group: IN_THE_HOUSE[group](place))  # type: ignore[misc]
    for group in ALONE:
        if group in asked.only:
            take(group, ALONE[group])
    out.print(f"Written: {RESULTS}")


def read() -> Namespace:
    """What the command line asks for."""
    usual = [*ON_SERVERS, *IN_THE_HOUSE]
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default=",".join(usual), help=f"of {', '.join((*usual, *ALONE))}; divided by commas")
    parser.add_argument("--growth", action="store_true", help="also 10,000 to 1,000,000 cases, which takes long")
    parser.add_argument("--tryton", action="store_true", help="measure Tryton anew; TRYTON_PEER names its folder")
    asked = parser.parse_args()
    if asked.tryton and tryton.PEER not in os.environ:
        parser.error(f"{tryton.PEER} names no folder")
    asked.only = [*asked.only.split(","), *(["growth"] if asked.growth else [])]
    if unknown := set(asked.only) - {*usual, *ALONE}:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    main(read())
