"""Where the stack keeps its things, and what the environment says about it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.dev.trouble import Trouble

PROJECT = Path(__file__).resolve().parents[2]
FRONT_DOOR = 8100


@dataclass(frozen=True, slots=True)
class StackSettings:
    """What a start of the stack depends on.

    ``data`` holds everything that one stack writes, ``cache`` what is fetched once for all of them.
    ``database_url`` and ``kafka`` are servers of one's own: where given, that part is not started.
    """

    data: Path
    cache: Path
    port: int = FRONT_DOOR
    database_url: str | None = None
    kafka: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "StackSettings":
        """Read ``REDRESS_DATA``, ``REDRESS_CACHE``, ``REDRESS_PORT``, ``DATABASE_URL``, ``KAFKA_BOOTSTRAP_SERVERS``.

        Raises ``Trouble`` when the port is no port.
        """
        env = os.environ if environment is None else environment
        port = env.get("REDRESS_PORT") or str(FRONT_DOOR)
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Trouble(f"REDRESS_PORT is {port!r}: set it to a number from 1 to 65535.")
        return cls(
            data=Path(env.get("REDRESS_DATA") or PROJECT / ".redress").absolute(),
            cache=Path(env.get("REDRESS_CACHE") or PROJECT / ".redress").absolute(),
            port=int(port),
            database_url=env.get("DATABASE_URL") or None,
            kafka=env.get("KAFKA_BOOTSTRAP_SERVERS") or None,
        )

    @property
    def jars(self) -> Path:
        """Kafka's jars."""
        return self.cache / "jars"

    @property
    def run(self) -> Path:
        """Pid files, chosen ports, the state that ``redress status`` shows."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.data / "logs"

    @property
    def files(self) -> Path:
        """Attachments."""
        return self.data / "files"

    @property
    def clock(self) -> Path:
        """The offset that moves all clocks of the stack."""
        return self.data / "clock.json"

    @property
    def address(self) -> str:
        """What a person types into the browser."""
        return f"http://127.0.0.1:{self.port}"
