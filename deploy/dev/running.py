"""One process of the table while the supervisor keeps it running: started, watched, restarted, given up, stopped."""

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from deploy.dev.pidfile import ProcessMark
from deploy.dev.process import Process, leashed

State = Literal["starting", "ready", "waiting", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class RestartPacing:
    """How a process that dies is started again: after a pause (seconds) that doubles up to a longest one.

    One that dies more often than ``deaths`` times ``within`` so many seconds is given up.
    """

    first: float = 0.5
    longest: float = 8.0
    deaths: int = 4
    within: float = 60.0

    def pause(self, death: int) -> float:
        """How long to wait after this death, counted from 1."""
        return min(self.first * float(2 ** (death - 1)), self.longest)


class ManagedProcess:
    """Keeps one process. Nothing happens by itself: the supervisor calls ``look`` a few times a second."""

    def __init__(self, process: Process, run: Path, logs: Path, pace: RestartPacing) -> None:
        self.process = process
        self.log = logs / f"{process.name}.log"
        self.state: State = "stopped"
        self.restarts = 0
        self._pace = pace
        self._pid_file = run / f"{process.name}.pid"
        self._child: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._again_at = 0.0
        self._deaths: deque[float] = deque()

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def start(self) -> None:
        """Start the process, its output going to its log."""
        process = self.process
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                leashed(process.argv, stop=process.stop, user=process.user),
                env=os.environ | dict(process.env),
                cwd=process.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with contextlib.suppress(psutil.NoSuchProcess):
            ProcessMark.of(self._child.pid, process.stop).write(self._pid_file)
        self.state = "starting"
        self._since = time.monotonic()

    def look(self) -> str | None:
        """See how it is and do what follows; returns a sentence when that is worth telling."""
        match self.state:
            case "starting" | "ready" if self.pid is None:
                return self._died()
            case "starting" if self.process.ready():
                self.state = "ready"
                return f"{self.process.name} is ready ({time.monotonic() - self._since:.1f} s)"
            case "starting" if time.monotonic() - self._since > self.process.patience:
                self.kill()
                return f"{self.process.name} was not ready after {self.process.patience:.0f} s and was ended"
            case "waiting" if time.monotonic() >= self._again_at:
                self.restarts += 1
                self.start()
        return None

    def ask_to_stop(self) -> None:
        """Send the signal that ends it in order, and do not start it again."""
        self.state = "stopped"
        self._signal(self.process.stop)

    def kill(self) -> None:
        """End it and what it started at once."""
        self._signal(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within this time; forgets its pid file then."""
        if self._child is not None:
            try:
                self._child.wait(max(seconds, 0.0))
            except subprocess.TimeoutExpired:
                return False
        self._pid_file.unlink(missing_ok=True)
        return True

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return ""

    def _died(self) -> str:
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > self._pace.within:
            self._deaths.popleft()
        how = _how(self._child.returncode if self._child is not None else None)
        if len(self._deaths) > self._pace.deaths:
            self.state = "failed"
            return f"{self.process.name} {how} again and is given up; see {self.log}"
        pause = self._pace.pause(len(self._deaths))
        self.state = "waiting"
        self._again_at = now + pause
        return f"{self.process.name} {how}; it is started again in {pause:g} s (log: {self.log})"

    def _signal(self, number: signal.Signals) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self._child.pid, number)
            else:
                self._child.send_signal(number)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
