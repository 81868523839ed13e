"""The running stack as the harness handles it: its processes, its servers' addresses, and who died how often."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from deploy.dev import jars, kafka
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.probes import answers
from deploy.dev.process import leashed
from deploy.dev.services import MODULES, WORKER
from deploy.dev.settings import PROJECT, StackSettings
from shared.contracts.event import SERVICES
from tests.chaos.disk import Disk
from tests.chaos.launching.altered import POINTS
from tests.chaos.launching.cables import PLUGGED
from tests.chaos.launching.ending import alive, end
from tests.chaos.launching.lines import FILE, Lines
from tests.support.started import Started
from tests.support.waiting import eventually

MORTALS = (*SERVICES, WORKER, "kafka", "postgres")
"""What may be killed: everything but the front door and the supervisor."""
DEATHS, WITHIN = 3, 65.0
"""So many deaths of a process in so many seconds the supervisor bears with room to spare, before it gives it up."""


@dataclass
class House:
    """A started stack. ``killed`` counts the deaths that the harness caused, ``wipes`` those of all that Kafka had."""

    started: Started
    disk: Disk | None = None
    killed: Counter[str] = field(default_factory=Counter)
    wipes: int = 0
    is_evidence: bool = False
    _deaths: dict[str, deque[float]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the stack's processes were told."""
        told: dict[str, str] = json.loads((self.started.data / "run" / "environment.json").read_text("utf-8"))
        return told

    @property
    def database_url(self) -> str:
        """The server of the five databases."""
        return self.environment["DATABASE_URL"]

    @property
    def bootstrap(self) -> str:
        """``host:port`` of Kafka."""
        return self.environment["KAFKA_BOOTSTRAP_SERVERS"]

    @property
    def points(self) -> Path:
        """Where services are told at which point to die; of a stack that was started for that."""
        return Path(self.started.environment[POINTS])

    @property
    def clock(self) -> Path:
        """The file that moves all clocks of the stack."""
        return Path(self.environment["REDRESS_CLOCK_FILE"])

    def rows(self) -> dict[str, dict[str, Any]]:
        """The supervisor's process table, by name."""
        rows = json.loads((self.started.data / "run" / "state.json").read_text("utf-8"))
        return {row["name"]: row for row in rows}

    def process(self, name: str) -> psutil.Process | None:
        """The process of this name, ready or not; None while it is dead."""
        pid = self.rows()[name]["pid"]
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(pid) if pid else None
        return None

    def may_die(self, name: str) -> bool:
        """Whether the supervisor would start it again."""
        deaths = self._deaths.setdefault(name, deque())
        while deaths and time.monotonic() - deaths[0] > WITHIN:
            deaths.popleft()
        return len(deaths) < DEATHS

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> bool:
        """End a process with all that belongs to it; False when it is dead already."""
        process = self.process(name)
        if process is None:
            return False
        self.note_death(name)
        if how == signal.SIGKILL:
            end(process.pid)
        else:
            process.send_signal(how)
        eventually(lambda: not alive(process.pid), f"{name} is dead", 30)
        return True

    def has_die_at(self, service: str, point: str, within: float, mortal: str = "") -> bool:
        """Have a service kill itself, or a server, when it comes to a point; False when it does not come there."""
        process, victim = self.process(service), self.process(mortal or service)
        order = self.points / service
        if process is None or victim is None:
            return False
        beside = order.with_suffix(".new")
        beside.write_text(f"{point}|{victim.pid}", "utf-8")
        beside.replace(order)
        with suppress(AssertionError):
            eventually(lambda: not order.exists() or not alive(process.pid), f"{service} comes to {point}", within)
        if order.exists():
            order.unlink()
            return False
        self.note_death(mortal or service)
        eventually(lambda: not alive(victim.pid), f"{victim.pid} is dead", 10)
        return True

    @contextmanager
    def excused(self, name: str) -> Iterator[None]:
        """What dies of itself meanwhile, and until it is ready again, dies by the harness's doing."""
        before = self.rows()[name]["restarts"]
        yield
        eventually(lambda: self.rows()[name]["state"] == "ready" and self.is_alive(name), f"{name} is ready", 60)
        for _ in range(self.rows()[name]["restarts"] - before):
            self.note_death(name)

    @contextmanager
    def broken(self, line: str, mode: str) -> Iterator[None]:
        """Have a line between two parts in this mode meanwhile."""
        self._put(line, mode)
        try:
            yield
        finally:
            self._put(line, PLUGGED)

    def _put(self, line: str, mode: str) -> None:
        control = Lines.read(self.started.data / FILE).control
        with socket.create_connection((LOOPBACK, control), 5) as orders:
            orders.sendall(f"{line}|{mode}\n".encode())
            assert orders.recv(16) == b"done\n"

    def note_death(self, name: str) -> None:
        """Take note that a process dies by the harness's doing."""
        self._deaths.setdefault(name, deque()).append(time.monotonic())
        self.killed[name] += 1

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a process in the middle of what it does, and let it go on afterwards."""
        process = self.process(name)
        if process is None:
            yield
            return
        process.suspend()
        try:
            yield
        finally:
            with suppress(psutil.NoSuchProcess):
                process.resume()

    @contextmanager
    def doubled(self, name: str) -> Iterator[None]:
        """Run a second process of a service beside the first, on a port of its own, and end it afterwards."""
        port = free_port()
        env = self.started.environment | self.environment | {"REDRESS_PORT": str(port)}
        with (self.started.data / "logs" / f"second-{name}.log").open("ab") as log:
            second = subprocess.Popen(
                leashed((sys.executable, "-m", MODULES[name])), env=env, cwd=PROJECT, stdout=log, stderr=log
            )
        try:
            eventually(answers(f"http://{LOOPBACK}:{port}/health/ready"), f"a second {name} is ready", 90)
            yield
        finally:
            second.terminate()
            second.wait(30)

    @contextmanager
    def unattended(self) -> Iterator[None]:
        """Keep the supervisor from starting anything meanwhile."""
        supervisor = psutil.Process(self.started.process.pid)
        supervisor.suspend()
        try:
            yield
        finally:
            supervisor.resume()

    def wipe_kafka(self) -> None:
        """Kill Kafka, throw away all that it has, and leave it empty to the supervisor."""
        self.wipes += 1
        with self.unattended():
            self.kill("kafka")
            data = self.started.data / "kafka"
            ports = json.loads((self.started.data / "run" / "ports.json").read_text("utf-8"))
            shutil.rmtree(data / "log")
            fetched = jars.fetch_all(StackSettings.from_environment().jars, lambda _: None)
            kafka.prepare(data, ports["kafka"], ports["kafka-controller"], fetched)
            lines = self.started.data / FILE
            if lines.exists():
                Lines.read(lines).advertise(data / "server.properties")

    def await_all(self, within: float = 150.0) -> None:
        """Wait until every process is ready. Raises AssertionError when one is not, or was given up."""

        def ready() -> bool:
            states = {name: row["state"] for name, row in self.rows().items()}
            given_up = [name for name, state in states.items() if state == "failed"]
            assert not given_up, f"given up: {given_up}"
            return all(state == "ready" and self.is_alive(name) for name, state in states.items())

        eventually(ready, "every process is ready", within)

    def is_alive(self, name: str) -> bool:
        """Whether the process that the supervisor thinks of runs."""
        process = self.process(name)
        return process is not None and alive(process.pid)

    def restarts(self) -> dict[str, int]:
        """How often each process was started again."""
        return {name: row["restarts"] for name, row in self.rows().items() if name in MODULES or name in MORTALS}
