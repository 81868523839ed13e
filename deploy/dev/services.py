"""The process table's own rows: the five services and analytics' stream worker, each on a port of its own."""

import sys
from collections.abc import Mapping

from deploy.dev.probes import answers
from deploy.dev.process import Process
from deploy.dev.settings import PROJECT
from shared.contracts.event import SERVICES

WORKER = "analytics-worker"

MODULES = {name: f"services.{name}.main" for name in SERVICES} | {WORKER: "services.analytics.worker"}


def table(ports: Mapping[str, int], environment: Mapping[str, str]) -> list[Process]:
    """A row for each of ``MODULES``, on the port of its name, in this environment."""
    return [
        Process(
            name=name,
            argv=(sys.executable, "-m", module),
            env={**environment, "REDRESS_PORT": str(ports[name])},
            ready=answers(f"http://127.0.0.1:{ports[name]}/health/ready"),
            folder=PROJECT,
        )
        for name, module in MODULES.items()
    ]
