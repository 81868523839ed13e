"""Plays every guard's scene, with all guards and without the one, on servers of its own."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.dev import jars, kafka, postgres
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.settings import StackSettings
from deploy.dev.supervisor import Supervisor
from tests.chaos.guards import GUARDS
from tests.chaos.guards.guard import Guard
from tests.support.building import Building

Say = Callable[[str], None]


@dataclass(frozen=True)
class Proof:
    """``whole`` is what was wrong with all guards (nothing, when all is well), ``without`` what was without the one."""

    guard: Guard
    whole: list[str]
    without: list[str]

    @property
    def caught(self) -> bool:
        """Whether the scene tells a house with the guard from one without."""
        return not self.whole and any(broken.startswith(self.guard.promise) for broken in self.without)


async def proved(say: Say) -> list[Proof]:
    """A proof for each guard."""
    proofs = []
    with servers() as (postgres_url, bootstrap):
        for guard in GUARDS:
            began = time.monotonic()
            whole = await played(guard, postgres_url, bootstrap)
            with pytest.MonkeyPatch.context() as patch:
                guard.remove(patch)
                without = await played(guard, postgres_url, bootstrap)
            proofs.append(Proof(guard, whole, without))
            caught = "caught" if proofs[-1].caught else f"NOT CAUGHT: {whole} {without}"
            say(f"without {guard.name}: {caught} ({time.monotonic() - began:.1f} s)")
    return proofs


async def played(guard: Guard, postgres_url: str, bootstrap: str) -> list[str]:
    """What is wrong at the end of a guard's scene, in a new building."""
    building = Building(postgres_url, bootstrap)
    try:
        return await guard.scene(building)
    except Exception as error:
        return [f"the scene fails: {error!r}"]
    finally:
        await building.close()


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """The addresses of a PostgreSQL and a Kafka for small scenes."""
    with tempfile.TemporaryDirectory(prefix="redress-guards-", ignore_cleanup_errors=True) as made:
        folder, port, broker = Path(made), free_port(), free_port()
        folder.chmod(0o755)
        fetched = jars.fetch_all(StackSettings.from_environment().jars, lambda _: None)
        postgres.prepare(folder / "postgres", "secret")
        kafka.prepare(folder / "kafka", broker, free_port(), fetched)
        supervisor = Supervisor(folder / "run", folder / "logs", lambda _: None)
        try:
            supervisor.start(
                [
                    postgres.process(folder / "postgres", port, durable=False),
                    kafka.process(folder / "kafka", broker, fetched),
                ]
            )
            yield postgres.url(port, "secret"), f"{LOOPBACK}:{broker}"
        finally:
            supervisor.stop()
