"""Puts up a house for a run, on lines and a small disk of its own, and takes it down again."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.disk import mounted
from tests.chaos.house import House
from tests.chaos.launching.up import start_altered


@contextmanager
def standing(mutation: str = "") -> Iterator[House]:
    """A house in a folder of its own; with a ``mutation`` it lacks a guard. Others may walk through the folder.

    PostgreSQL may run as another user. The logs stay when the house is evidence of something.
    """
    folder = Path(tempfile.mkdtemp(prefix="redress-chaos-"))
    folder.chmod(0o755)
    disk = mounted(folder / "stack")
    house: House | None = None
    try:
        started = start_altered(folder / "stack", mutation)
        try:
            house = House(started, disk)
            yield house
        finally:
            started.stop()
    finally:
        if disk is not None:
            disk.unmount()
        if not (house and house.is_evidence):
            shutil.rmtree(folder, ignore_errors=True)
