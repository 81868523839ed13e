"""A PostgreSQL with a Unix socket, and a door of TLS in front of it."""

import os
import pwd
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from deploy.dev import postgres
from deploy.dev.ports import free_port
from deploy.dev.supervisor import Supervisor
from tests.postgres.tls import TlsDoor, certificate


@dataclass(frozen=True)
class Doors:
    """``tls`` is the port where nothing but TLS is taken, by who has ``trusted``; ``plain`` that of the Unix socket."""

    tls: int
    plain: int
    sockets: Path
    trusted: Path
    other: Path

    def url(self, host: str = "127.0.0.1", **options: str) -> str:
        """The address of the server by TLS with these options."""
        told = "&".join(f"{name}={value}" for name, value in options.items())
        return f"postgresql://redress:secret@{host}:{self.tls}/?{told}"


@pytest.fixture(scope="session")
def doors(own_folder: Path, supervisor: Supervisor) -> Iterator[Doors]:
    """A running server and its doors."""
    folder = own_folder / "doors"
    folder.mkdir(mode=0o755)
    (trusted, key), (other, _) = certificate(folder, "server"), certificate(folder, "other")
    postgres.prepare(folder / "data", "secret")
    if user := postgres.substitute(folder / "data"):
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    port = free_port()
    process = postgres.process(folder / "data", port, durable=False)
    sockets = ("-c", f"unix_socket_directories={folder}")
    supervisor.start([replace(process, name="postgres-doors", argv=(*process.argv, *sockets))])
    with TlsDoor(port, trusted, key) as door:
        yield Doors(door.port, port, folder, trusted, other)
        door.shutdown()
