"""``python -m tests.chaos.launching.up``: ``redress up`` with every service started through ``altered``, on lines."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from deploy.dev import services
from deploy.dev.ports import is_free
from deploy.dev.process import Process
from deploy.dev.settings import StackSettings
from deploy.dev.stack import Stack
from tests.chaos.launching.altered import MUTATION, POINTS
from tests.chaos.launching.lines import FILE, laid, led
from tests.support.started import Started, start

UP = (sys.executable, "-m", "tests.chaos.launching.up")


def table(ports: Mapping[str, int], environment: Mapping[str, str]) -> Sequence[Process]:
    """The usual rows, each on lines and with the launcher between Python and its module; and the lines themselves."""
    data = StackSettings.from_environment().data
    lines = laid(ports)
    lines.write(data / FILE)
    lines.advertise(data / "kafka" / "server.properties")
    rows = led(services.table(ports, environment), lines)
    cables = Process(
        name="cables",
        argv=(sys.executable, "-m", "tests.chaos.launching.cables", str(data / FILE)),
        ready=lambda: not is_free(lines.control),
    )
    return [cables, *(altered(row) for row in rows)]


def altered(row: Process) -> Process:
    """The row with the launcher in between."""
    return replace(row, argv=(sys.executable, "-m", "tests.chaos.launching.altered", row.argv[-1]))


def start_altered(folder: Path, mutation: str = "") -> Started:
    """Start such a stack in this folder and wait until it is ready; without ``mutation`` it has all its guards."""
    points = folder.parent / "points"
    points.mkdir(exist_ok=True)
    return start(folder, UP, **{POINTS: str(points), MUTATION: mutation})


if __name__ == "__main__":
    Stack(StackSettings.from_environment(), say=lambda line: print(line, flush=True), table=table).run()
