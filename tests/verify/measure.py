"""``python -m tests.verify.measure [EVENTS]``: how many events a second are verified, on a PostgreSQL of its own."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from deploy.dev import postgres
from deploy.dev.ports import free_port
from deploy.dev.supervisor import Supervisor
from shared.audit.checkpoint_signing import take_checkpoint
from shared.audit.checkpoints import read_history
from shared.audit.evidence import CheckpointEvidence
from shared.audit.log_reader import reading
from shared.audit.signing import SigningKey, keyring
from shared.audit.verification import Verdict, verify
from shared.clock import SystemClock
from shared.postgres.databases import database_of
from tests.verify.generating import fill, store_of

T = TypeVar("T")
LENGTH = 12
"""Events a case."""


def main(events: int) -> None:
    """Generate that many events, and say how long each way of looking at them takes."""
    with tempfile.TemporaryDirectory(prefix="redress-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        supervisor = Supervisor(folder / "run", folder / "logs", lambda _: None)
        port = free_port()
        postgres.prepare(folder / "postgres", "secret")
        supervisor.start([postgres.process(folder / "postgres", port, durable=False)])
        try:
            measure(folder, postgres.url(port, "secret"), events)
        finally:
            supervisor.stop()


def measure(folder: Path, url: str, events: int) -> None:
    """Generate, verify, take a checkpoint, verify against it."""
    database = database_of("testing", url)
    timed("generated", events, lambda: fill(database, store_of(events // LENGTH, LENGTH)))

    def against(signed: CheckpointEvidence) -> Verdict:
        with reading(database) as log:
            return verify("testing", log, signed)

    assert timed("verified against its chain", events, lambda: against(CheckpointEvidence())).sound
    key = SigningKey.of(folder / "key.pem")
    checkpoints = folder / "checkpoints"
    for which in ("first", "second, with nothing new,"):
        words = f"{which} checkpoint taken"
        timed(words, events, lambda: take_checkpoint(checkpoints, key, {"testing": database}, SystemClock()))
    history = timed("checkpoints read", events, lambda: read_history(checkpoints, keyring(checkpoints.glob("*.pem"))))
    verdict = timed("verified against checkpoints", events, lambda: against(history.signed("testing")))
    assert verdict.sound
    assert verdict.covered == verdict.events


def timed(what: str, events: int, do: Callable[[], T]) -> T:
    """Do it and say how long it took."""
    began, worked = time.perf_counter(), time.process_time()
    done = do()
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    print(f"{what:<45}{seconds:8.2f} s{events / seconds:12,.0f} events/s{worked:8.2f} s of own work", flush=True)
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
