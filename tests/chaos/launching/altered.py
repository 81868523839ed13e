"""``python -m tests.chaos.launching.altered MODULE``: a service with the alterations that the environment names.

``REDRESS_CHAOS_POINTS`` is the folder in which it is told to die, ``REDRESS_CHAOS_MUTATION`` the guard that it lacks.
"""

import os
import runpy
import sys
from pathlib import Path

from tests.chaos.launching.mutations import MUTATIONS
from tests.chaos.launching.points import lay_points

POINTS, MUTATION = "REDRESS_CHAOS_POINTS", "REDRESS_CHAOS_MUTATION"


def main(module: str) -> None:
    """Alter what is to be altered, then be the service."""
    if folder := os.environ.get(POINTS):
        lay_points(Path(folder) / module.split(".")[1])
    if name := os.environ.get(MUTATION):
        MUTATIONS[name]()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1])
