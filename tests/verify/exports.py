"""An export made without a database, a checkpoint that covers it, and what a forger needs to change it."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec

from shared.audit.checkpoints import Checkpoint, CheckpointHistory, Extent, Statement, listing, tree_over
from shared.audit.evidence import StreamHead
from shared.audit.export import export
from shared.audit.signing import SigningKey
from shared.clock import SystemClock
from shared.contracts.event import SERVICES
from shared.eventstore.chain import digest
from tests.verify.generating import case_of, chain

CASE = case_of(100)
LENGTHS = {"intake": 5, "investigation": 4, "approval": 3, "finance": 0, "analytics": 1}
EVENTS = {service: chain(CASE, length, service) for service, length in LENGTHS.items()}


def history_of(key: SigningKey, left_out: int = 0) -> CheckpointHistory:
    """A checkpoint over this case and others, taken before the last ``left_out`` events of intake."""
    heads = {
        (service, str(case_of(number))): StreamHead(number + 1, digest(b"other"))
        for service in SERVICES
        for number in range(7)
    }
    reached = LENGTHS | {"intake": LENGTHS["intake"] - left_out}
    for service, length in reached.items():
        if length:
            heads[service, str(CASE)] = StreamHead(length, digest(EVENTS[service][length - 1].state))
    tree = tree_over(heads)
    listed = b"".join(line + b"\n" for line in listing(heads))
    statement = Statement(
        number=1,
        time=SystemClock().now(),
        previous="",
        key=key.public.id,
        stores={service: Extent(reached[service], "") for service in SERVICES},
        heads=sha256(listed).hexdigest(),
        streams=tree.size,
        root=tree.root.hex(),
    )
    line = msgspec.json.encode(statement)
    history = CheckpointHistory()
    history.add(Checkpoint(statement, line, key.sign(line)), heads)
    return history


def exported(key: SigningKey, left_out: int = 0) -> bytes:
    history = history_of(key, left_out)
    assert history.last is not None
    return b"".join(export(str(CASE), EVENTS, history.last, history))


def sealed(lines: list[bytes]) -> bytes:
    """The lines with a last one that fits them, as whoever forges would write it."""
    body = b"".join(line + b"\n" for line in lines)
    return body + b'{"sha256":"%b"}\n' % sha256(body).hexdigest().encode()


def opened(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The header and the events."""
    first, *events, _ = content[:-1].split(b"\n")
    return json.loads(first), events


def forged(content: bytes, change: Callable[[dict[str, Any], list[bytes]], None]) -> bytes:
    """The export with something changed, and its last line made to fit."""
    header, events = opened(content)
    change(header, events)
    return sealed([json.dumps(header).encode(), *events])
