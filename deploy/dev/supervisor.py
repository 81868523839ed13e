"""Starts the processes of the stack in waves, keeps them running, and stops them in order."""

import json
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from deploy.dev.process import Process
from deploy.dev.running import ManagedProcess, RestartPacing, State
from deploy.dev.trouble import Trouble

Say = Callable[[str], None]

TICK = 0.1
USUAL = RestartPacing()
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps processes in the folders ``run`` (pid files, state) and ``logs``; tells what happens through ``say``.

    Used by one thread, which must outlive the processes: they end when it does.
    """

    def __init__(self, run: Path, logs: Path, say: Say, pace: RestartPacing = USUAL) -> None:
        self._run = run
        self._logs = logs
        self._say = say
        self._pace = pace
        self._waves: list[list[ManagedProcess]] = []
        self._told: object = None
        self._ending = 0
        run.mkdir(parents=True, exist_ok=True)
        logs.mkdir(parents=True, exist_ok=True)

    @property
    def ending(self) -> bool:
        """Whether the end was asked for."""
        return self._ending > 0

    def heed_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal end ``watch``; a second one kills what still stops."""
        for number in STOPS:
            signal.signal(number, self._heard)

    def start(self, wave: Sequence[Process]) -> None:
        """Start these together and return when every one is ready, or the end was asked for.

        Raises ``Trouble`` when one cannot be brought up; the others keep running until ``stop``.
        """
        started = [ManagedProcess(process, self._run, self._logs, self._pace) for process in wave]
        self._waves.append(started)
        for running in started:
            _set_aside(running.log)
            running.start()
        while not self._ending and any(running.state != "ready" for running in started):
            self._look()
            for running in started:
                if running.state == "failed":
                    raise Trouble(
                        f"{running.process.name} does not start: read {running.log}, which ends with\n"
                        f"{running.last_words()}"
                    )
            time.sleep(TICK)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep everything running until the end is asked for (or this is true)."""
        while not self._ending and not until():
            self._look()
            time.sleep(TICK)

    def stop(self) -> None:
        """End every process, the last started first: asked, given its time, then killed."""
        for wave in reversed(self._waves):
            for running in wave:
                running.ask_to_stop()
            for running in wave:
                self._await_end(running)
        self._waves.clear()
        self._tell()

    def pid(self, name: str) -> int | None:
        """The number of the process of this name, while it runs."""
        return next((running.pid for running in self._all() if running.process.name == name), None)

    def state(self, name: str) -> State:
        """How the process of this name is; ``waiting`` means to be restarted, ``failed`` given up."""
        return next((running.state for running in self._all() if running.process.name == name), "stopped")

    def _all(self) -> list[ManagedProcess]:
        return [running for wave in self._waves for running in wave]

    def _look(self) -> None:
        for running in self._all():
            sentence = running.look()
            if sentence is not None:
                self._say(sentence)
        self._tell()

    def _await_end(self, running: ManagedProcess) -> None:
        deadline = time.monotonic() + running.process.grace
        while not running.wait(TICK):
            if time.monotonic() > deadline or self._ending > 1:
                self._say(f"{running.process.name} did not stop in time and is killed")
                running.kill()
                running.wait(running.process.grace)
                return

    def _tell(self) -> None:
        told = [
            {"name": one.process.name, "state": one.state, "pid": one.pid, "restarts": one.restarts}
            for one in self._all()
        ]
        if told != self._told:
            self._told = told
            beside = self._run / "state.new"
            beside.write_text(json.dumps(told), encoding="utf-8")
            beside.replace(self._run / "state.json")

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._ending += 1


def _set_aside(log: Path) -> None:
    with suppress(FileNotFoundError):
        log.replace(log.with_suffix(".1.log"))
