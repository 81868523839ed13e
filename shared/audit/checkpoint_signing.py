"""Takes a checkpoint: reads what the stores gained since the last one, and signs where all their streams stand now.

``python -m shared.audit.checkpoint_signing SERVICE...`` takes one of these services' stores, as the environment says.
"""

import fcntl
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
import psycopg

from shared.audit.checkpoints import (
    Checkpoint,
    CheckpointHistory,
    Extent,
    Statement,
    listing,
    read_history,
    tree_over,
    write,
)
from shared.audit.evidence import CheckpointEvidence, StreamHead
from shared.audit.log_reader import reading
from shared.audit.signing import PUBLIC, NoKey, SigningKey, keyring
from shared.audit.verification import Log, LogWalk
from shared.clock import Clock, clock_from_env
from shared.postgres.databases import Database, database_of

KINDNESS = 10
"""How much a scheduled checkpoint gives way to the services (``nice``)."""


class CheckpointRefused(Exception):
    """A checkpoint that is not taken, because it would vouch for something that does not fit; the text says what."""


def take_checkpoint(folder: Path, key: SigningKey, databases: Mapping[str, Database], clock: Clock) -> Checkpoint:
    """Read what is new in every store, and write one more checkpoint and the public key into ``folder``.

    A store that does not exist yet counts as empty. Takes the time of the new events, and of one hash a stream.
    Raises CheckpointRefused when the folder's checkpoints do not hold or a store does not go on from them; NoKey,
    OSError, and psycopg.Error when a server is away. Then nothing was written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        key.public.write(folder)
        history = read_history(folder, keyring(folder.glob(f"*{PUBLIC}")))
        if history.trouble:
            raise CheckpointRefused(history.trouble)
        stores: dict[str, Extent] = {}
        changed: dict[tuple[str, str], StreamHead] = {}
        for service, database in databases.items():
            with reading(database) as log:
                stores[service], heads = gained(service, log, history.signed(service))
            changed |= {(service, stream): head for stream, head in heads.items()}
        checkpoint, listed = _signed(key, clock, history, stores, changed)
        write(folder, checkpoint, listed)
    return checkpoint


def gained(service: str, log: Log, signed: CheckpointEvidence) -> tuple[Extent, dict[str, StreamHead]]:
    """How far a log reaches now, and where the streams stand that gained events. Raises CheckpointRefused."""
    length = log.length()
    if length < signed.length:
        raise CheckpointRefused(
            f"{service}: the log ends at position {length}; a checkpoint reached to {signed.length}"
        )
    walk = LogWalk(service, CheckpointEvidence(), {stream: mark.head for stream, mark in signed.heads.items()})
    touched: dict[str, None] = {}
    for batch in log.batches(signed.length):
        walk.take(batch)
        touched |= dict.fromkeys(entry.stream for entry in batch)
    for stream in walk.suspects:
        raise CheckpointRefused(
            f"{service}: stream {stream} does not go on from where it stood; `redress verify` says more"
        )
    return Extent(length, walk.log), {stream: walk.heads[stream] for stream in touched}


def _signed(
    key: SigningKey,
    clock: Clock,
    history: CheckpointHistory,
    stores: dict[str, Extent],
    changed: dict[tuple[str, str], StreamHead],
) -> tuple[Checkpoint, bytes]:
    listed = b"".join(line + b"\n" for line in listing(changed))
    tree = tree_over(history.heads() | changed)
    last = history.last
    statement = Statement(
        number=last.statement.number + 1 if last else 1,
        time=clock.now(),
        previous=last.digest if last else "",
        key=key.public.id,
        stores=stores,
        heads=sha256(listed).hexdigest(),
        streams=tree.size,
        root=tree.root.hex(),
    )
    line = msgspec.json.encode(statement)
    return Checkpoint(statement, line, key.sign(line)), listed


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(services: Sequence[str]) -> None:
    """Take a checkpoint, giving way to whatever else runs; why not is said on the standard error stream."""
    os.nice(KINDNESS)
    databases = {service: database_of(service, os.environ["DATABASE_URL"]) for service in services}
    try:
        key = SigningKey.of(Path(os.environ["REDRESS_CHECKPOINT_KEY"]))
        take_checkpoint(Path(os.environ["REDRESS_CHECKPOINTS"]), key, databases, clock_from_env())
    except (CheckpointRefused, NoKey, OSError, psycopg.Error) as error:
        sys.exit(str(error).strip())


if __name__ == "__main__":
    main(sys.argv[1:])
