"""A scene at a server of its own: PostgreSQL loses its power right after it has answered."""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.dev import postgres
from deploy.dev.ports import free_port
from deploy.dev.process import leashed
from tests.chaos.guards.guard import broken
from tests.chaos.guards.recording import notes_of
from tests.chaos.launching.ending import end
from tests.support.building import Building, note, open_case
from tests.support.waiting import eventually

NOTES = 40


async def the_power_fails(building: Building) -> list[str]:
    """A gate has answered forty commands when its server is killed with all its processes, and started again."""
    with tempfile.TemporaryDirectory(prefix="redress-guard-", ignore_cleanup_errors=True) as made:
        folder, port = Path(made), free_port()
        await asyncio.to_thread(folder.chmod, 0o755)
        await asyncio.to_thread(postgres.prepare, folder / "postgres", "secret")
        own = Building(postgres.url(port, "secret"))
        with running(folder / "postgres", port) as pid:
            gate = own.gate()
            case = await open_case(gate)
            await asyncio.gather(*(note(gate, case, f"{number}") for number in range(NOTES)))
            end(pid)
        with running(folder / "postgres", port):
            found = await notes_of(own.gate(), case)
            await own.close()
    return broken("an answered command is missing", len(found), NOTES)


@contextmanager
def running(data: Path, port: int) -> Iterator[int]:
    """PostgreSQL on this data; killed at the end, if it was not before. Its number."""
    row = postgres.process(data, port)

    def started() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            leashed(row.argv, user=row.user), cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    server = started()

    def ready() -> bool:
        nonlocal server
        if server.poll() is not None:
            server = started()
        return row.ready()

    eventually(ready, "PostgreSQL answers", 30)
    try:
        yield server.pid
    finally:
        end(server.pid)
        server.wait()
