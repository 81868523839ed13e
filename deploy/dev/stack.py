"""The running of the whole stack, from an empty folder to the last process ended."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deploy.dev import frontdoor, ground, servers, services
from deploy.dev.keys import Keys
from deploy.dev.pidfile import ProcessMark, end_stale
from deploy.dev.ports import free_ports
from deploy.dev.process import Process, leashed
from deploy.dev.settings import PROJECT, StackSettings
from deploy.dev.supervisor import Supervisor
from deploy.dev.surroundings import environment, publish

Say = Callable[[str], None]
Table = Callable[[Mapping[str, int], Mapping[str, str]], Sequence[Process]]
"""From ports by name and the environment, the processes that stand on PostgreSQL and Kafka."""

SERVER_PORTS = ("postgres", "kafka", "kafka-controller")
STATIC = PROJECT / "shared" / "web" / "static"

READY = """
Redress is ready:  {address}
Log in there by choosing a person of the company; the demo asks for no password.
Logs: {logs}
Stop: Ctrl-C here, or `make stop` from another terminal.
"""


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs: the ``table`` for the ports of these ``names``, on the servers of ``settings``.

    ``load`` is a program that fills a new stack with cases; it runs once, until it has ended well.
    """

    settings: StackSettings
    say: Say
    table: Table = services.table
    names: tuple[str, ...] = tuple(services.MODULES)
    load: tuple[str, ...] | None = None

    def run(self) -> None:
        """Start everything, keep it running until Ctrl-C or SIGTERM, stop everything.

        Raises ``Trouble`` when something that a person can mend stands in the way, ``KeyboardInterrupt`` when it is
        broken off before the first process runs. Nothing is left running either way.
        """
        settings = self.settings
        with ground.occupy(settings):
            self.say(f"Redress starts in {settings.data}")
            for name in end_stale(settings.run):
                self.say(f"Ended {name}, left over from an earlier start")
            ground.require_free(settings.port)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            mark = settings.run / "supervisor.pid"
            ProcessMark.of(os.getpid()).write(mark)
            supervisor = Supervisor(settings.run, settings.logs, self.say)
            try:
                self._keep_running(supervisor)
            finally:
                self.say("Stopping")
                supervisor.stop()
                mark.unlink(missing_ok=True)
            self.say("Redress has stopped; its data stays.")

    def _keep_running(self, supervisor: Supervisor) -> None:
        settings = self.settings
        ports = self._ports()
        keys = Keys.of(settings.data)
        ground_floor = servers.prepare(settings, keys, ports, self.say)
        told = environment(settings, keys, ground_floor.database_url, ground_floor.kafka)
        publish(settings, told)
        rows = self.table(ports, told)
        doors = {name: ports[name] for name in self.names}
        front = frontdoor.process(settings.data / "front-door", settings.port, doors, STATIC)
        supervisor.heed_signals()
        for wave in (ground_floor.processes, (*rows, front)):
            supervisor.start(wave)
        self._load_once(supervisor, told)
        if not supervisor.ending:
            self.say(READY.format(address=settings.address, logs=settings.logs))
        supervisor.watch()

    def _ports(self) -> dict[str, int]:
        kept = self.settings.run / "ports.json"
        remembered = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        ports = free_ports((*SERVER_PORTS, *self.names), remembered, promised=self.settings.port)
        kept.write_text(json.dumps(ports), encoding="utf-8")
        return ports

    def _load_once(self, supervisor: Supervisor, told: Mapping[str, str]) -> None:
        loaded = self.settings.data / "samples-loaded"
        if self.load is None or loaded.exists() or supervisor.ending:
            return
        self.say("Loading the sample cases")
        loader = subprocess.Popen(leashed(self.load), env=os.environ | told, stdin=subprocess.DEVNULL)
        supervisor.watch(until=lambda: loader.poll() is not None)
        if loader.poll() is None:
            loader.terminate()
        elif loader.returncode == 0:
            loaded.touch()
        else:
            self.say("Not every sample case could be loaded; the next start tries again.")
        loader.wait()
