"""A whole stack that a test has started as a person would, by its command, in a folder and on a port of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.dev.ports import free_port
from deploy.dev.settings import PROJECT
from tests.support.waiting import eventually

UP = (sys.executable, "-m", "deploy.cli", "up", "--no-samples")


@dataclass(frozen=True)
class Started:
    """``address`` is the front door, ``data`` the stack's folder, ``environment`` what its commands need."""

    address: str
    data: Path
    environment: dict[str, str]
    command: tuple[str, ...]
    process: subprocess.Popen[bytes]

    @property
    def told(self) -> str:
        """What the command has said up to now."""
        return (self.data.parent / f"{self.data.name}.told").read_text("utf-8")

    def pid(self, name: str) -> int | None:
        """The process of this name, when it is ready."""
        rows = json.loads((self.data / "run" / "state.json").read_text("utf-8"))
        return next((row["pid"] for row in rows if row["name"] == name and row["state"] == "ready"), None)

    def kill(self, name: str) -> int:
        """``kill -9`` the process of this name; returns the number it had."""
        pid = eventually(lambda: self.pid(name), f"{name} is ready")
        psutil.Process(pid).kill()
        return pid

    def await_restart(self, name: str, killed: int) -> int:
        """Wait until the process of this name is ready under another number than the killed one; returns it."""
        return eventually(lambda: pid if (pid := self.pid(name)) != killed else None, f"{name} is ready again", 90)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``redress`` with these arguments beside the stack."""
        argv = [sys.executable, "-m", "deploy.cli", *arguments]
        return subprocess.run(
            argv, env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300
        )

    def processes(self) -> list[psutil.Process]:
        """Every process that the command has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ask it to stop and wait; returns its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=120)


def begin(data: Path, command: Sequence[str] = UP, **environment: str) -> Started:
    """Start a stack in this folder; returns at once."""
    port = free_port()
    told = (data.parent / f"{data.name}.told").open("wb")
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS")}
    env = own | {"REDRESS_DATA": str(data), "REDRESS_PORT": str(port), "PYTHONPATH": str(PROJECT)} | environment
    with told:
        process = subprocess.Popen(
            command, env=env, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT
        )
    return Started(f"http://127.0.0.1:{env['REDRESS_PORT']}", data, env, tuple(command), process)


def start(data: Path, command: Sequence[str] = UP, **environment: str) -> Started:
    """Start a stack in this folder and wait until it says that it is ready."""
    started = begin(data, command, **environment)

    def ready() -> bool:
        assert started.process.poll() is None, started.told
        return "Redress is ready" in started.told

    try:
        eventually(ready, "the stack is ready", 240)
    except BaseException:
        if started.process.poll() is None:
            started.stop()
        print(started.told)
        raise
    return started
