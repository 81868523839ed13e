"""Files that name a running process so that it can be found again, and never mistaken for another with its number."""

import contextlib
import json
import signal
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SAME_START = 2.0
"""Seconds by which the recorded start of a process may differ: the system derives it from a clock that is adjusted."""


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process as a pid file names it: number, start (seconds since the epoch), and the signal that ends it."""

    pid: int
    started: float
    stop: int = int(signal.SIGTERM)

    @classmethod
    def of(cls, pid: int, stop: signal.Signals = signal.SIGTERM) -> "ProcessMark":
        """The mark of a process that runs now.

        Raises ``psutil.NoSuchProcess`` when it does not.
        """
        return cls(pid, psutil.Process(pid).create_time(), int(stop))

    @classmethod
    def read(cls, path: Path) -> "ProcessMark | None":
        """The mark in this file, if there is a whole one."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Keep the mark in this file, in one step."""
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        beside.replace(path)

    def find(self) -> psutil.Process | None:
        """The very process, while it runs."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < SAME_START
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


def end_stale(run: Path, grace: float = 10.0) -> tuple[str, ...]:
    """End what pid files in this folder still name, as after a supervisor was killed; returns the names that ran."""
    marks = {path: ProcessMark.read(path) for path in sorted(run.glob("*.pid"))}
    running = {path.stem: process for path, mark in marks.items() if mark and (process := mark.find())}
    for path, mark in marks.items():
        if mark is not None and path.stem in running:
            with contextlib.suppress(psutil.Error):
                running[path.stem].send_signal(mark.stop)
    _, alive = psutil.wait_procs(running.values(), timeout=grace)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=grace)
    for path in marks:
        path.unlink(missing_ok=True)
    return tuple(running)
