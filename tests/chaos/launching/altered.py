"""``python -m tests.chaos.launching.altered MODULE``: a service with the alterations that the environment names.

``REDRESS_CHAOS_POINTS`` is the folder in which it is told to die or to be mistaken, ``REDRESS_CHAOS_MUTATION`` the
guard that it lacks.
"""

import os
import runpy
import sys
from importlib import import_module
from pathlib import Path

import pytest

from deploy.dev.services import MODULES
from tests.chaos.launching.points import lay_points
from tests.chaos.launching.poison import lay_poison

POINTS, MUTATION = "REDRESS_CHAOS_POINTS", "REDRESS_CHAOS_MUTATION"


def main(module: str) -> None:
    """Alter what is to be altered, then be the service."""
    if folder := os.environ.get(POINTS):
        name = next(name for name, row in MODULES.items() if row == module)
        lay_points(name, Path(folder) / name)
        lay_poison(Path(folder) / f"{name}.poison")
    if missing := os.environ.get(MUTATION):
        getattr(import_module("tests.chaos.guards.removals"), missing)(pytest.MonkeyPatch())
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
