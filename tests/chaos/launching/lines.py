"""Which lines run between the parts of a stack, and how its processes are led through them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.process import Process
from deploy.dev.services import MODULES

FILE = "lines.json"
"""Where in the stack's folder they are written down."""
POSTGRES, KAFKA, DOOR = "postgres", "kafka", "door"
"""What a process is connected with: the servers it uses, and the front door that uses it."""
LINES = tuple(f"{name} {part}" for name in MODULES for part in (POSTGRES, KAFKA, DOOR))
"""Every line by its name."""


@dataclass(frozen=True)
class Lines:
    """The lines of one stack: the port of each and the one that it leads to; ``control`` is where they are broken."""

    control: int
    ports: Mapping[str, tuple[int, int]]

    def port(self, name: str, part: str) -> int:
        """Where a line begins."""
        return self.ports[f"{name} {part}"][0]

    def write(self, file: Path) -> None:
        """Leave it to the process that carries them, and to the harness."""
        file.write_text(json.dumps({"control": self.control, "lines": self.ports}), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> "Lines":
        """The lines that are written there."""
        told = json.loads(file.read_text("utf-8"))
        return cls(told["control"], {name: (port, target) for name, (port, target) in told["lines"].items()})

    def lead(self, row: Process) -> Process:
        """A service's row with its servers at the near ends of its lines, and its own door behind one."""
        database = urlsplit(row.env["DATABASE_URL"])
        user, _, _ = database.netloc.rpartition("@")
        through = database._replace(netloc=f"{user}@{LOOPBACK}:{self.port(row.name, POSTGRES)}")
        _, behind = self.ports[f"{row.name} {DOOR}"]
        led = {
            "DATABASE_URL": through.geturl(),
            "KAFKA_BOOTSTRAP_SERVERS": f"{LOOPBACK}:{self.port(row.name, KAFKA)}",
            "REDRESS_PORT": str(behind),
        }
        return replace(row, env={**row.env, **led})

    def advertise(self, properties: Path) -> None:
        """Have Kafka listen for each process by itself, and send it back to its own line."""
        ends = [(_listener(name), *self.ports[f"{name} {KAFKA}"]) for name in MODULES]
        settings = dict(line.split("=", 1) for line in properties.read_text("utf-8").splitlines())
        protocols = [f"{listener}:PLAINTEXT" for listener, _, _ in ends]
        settings["listener.security.protocol.map"] += "," + ",".join(protocols)
        listening = [f"{listener}://{LOOPBACK}:{target}" for listener, _, target in ends]
        advertised = [f"{listener}://{LOOPBACK}:{port}" for listener, port, _ in ends]
        settings["listeners"] += "," + ",".join(listening)
        settings["advertised.listeners"] += "," + ",".join(advertised)
        settings |= {f"listener.name.{listener.lower()}.num.network.threads": "1" for listener, _, _ in ends}
        properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")


def laid(ports: Mapping[str, int]) -> Lines:
    """Lines for a stack on these ports. The doors keep the services' own ports; what is behind them is new."""
    found: dict[str, tuple[int, int]] = {}
    taken = set(ports.values())

    def fresh() -> int:
        while (port := free_port()) in taken:
            continue
        taken.add(port)
        return port

    for name in MODULES:
        found[f"{name} {POSTGRES}"] = (fresh(), ports["postgres"])
        found[f"{name} {KAFKA}"] = (fresh(), fresh())
        found[f"{name} {DOOR}"] = (ports[name], fresh())
    return Lines(fresh(), found)


def led(rows: Sequence[Process], lines: Lines) -> list[Process]:
    """All rows through their lines."""
    return [lines.lead(row) for row in rows]


def _listener(name: str) -> str:
    return name.replace("-", "_").upper()
