"""Checkpoints as files: what was signed about all stores at one moment, each naming the hash of the one before.

``000001.checkpoint`` holds two lines: a statement, and its Ed25519 signature in hex. ``000001.heads`` lists the
streams that gained events since the checkpoint before, one a line: service, stream, version, SHA-256 of that event.
The statement names the hash of that list and, over where all streams stand, the root of a Merkle tree.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from shared.audit.evidence import CheckpointEvidence, LogBound, SignedHead, StreamHead
from shared.audit.merkle import Tree
from shared.audit.signing import PublicKey
from shared.durable import settle

CHECKPOINT = ".checkpoint"
HEADS = ".heads"


class Extent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a store's log reaches; ``log`` is the digest of what it gained since the checkpoint before."""

    length: int
    log: str


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed. Hashes are SHA-256 in hex; ``previous`` is that of the file before, empty for the first."""

    format: Literal["redress-checkpoint/1"] = "redress-checkpoint/1"
    number: int
    time: datetime
    previous: str
    key: str
    stores: dict[str, Extent]
    heads: str
    streams: int
    root: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A statement, and the file's bytes as they were written: its line and that of the signature."""

    statement: Statement
    line: bytes
    signature: bytes

    @property
    def file(self) -> bytes:
        """The whole file."""
        return self.line + b"\n" + self.signature.hex().encode() + b"\n"

    @property
    def digest(self) -> str:
        """The hash by which the next one names it."""
        return sha256(self.file).hexdigest()


class InvalidCheckpoint(Exception):
    """A checkpoint that does not hold; the text says which and why."""


@dataclass(slots=True)
class CheckpointHistory:
    """All checkpoints, oldest first, up to the first that does not hold; ``trouble`` says why that one does not."""

    checkpoints: list[Checkpoint] = field(default_factory=list)
    trouble: str = ""
    _signed: dict[str, CheckpointEvidence] = field(default_factory=dict)

    @property
    def last(self) -> Checkpoint | None:
        """The newest one."""
        return self.checkpoints[-1] if self.checkpoints else None

    def signed(self, service: str) -> CheckpointEvidence:
        """What they say of one store."""
        return self._signed.get(service, CheckpointEvidence())

    def heads(self) -> dict[tuple[str, str], StreamHead]:
        """Where all streams stood at the last checkpoint."""
        return {
            (service, stream): mark.head
            for service, signed in self._signed.items()
            for stream, mark in signed.heads.items()
        }

    def add(self, checkpoint: Checkpoint, changed: Mapping[tuple[str, str], StreamHead]) -> None:
        """Take note of one more."""
        number = checkpoint.statement.number
        self.checkpoints.append(checkpoint)
        for service, extent in checkpoint.statement.stores.items():
            signed = self._signed.setdefault(service, CheckpointEvidence())
            signed.bounds.append(LogBound(number, extent.length, extent.log))
        for (service, stream), head in changed.items():
            self._signed[service].add(stream, SignedHead(number, head))


def read_history(folder: Path, keys: Mapping[str, PublicKey]) -> CheckpointHistory:
    """Read and check every checkpoint of a folder. Raises OSError when files cannot be read."""
    history = CheckpointHistory()
    try:
        for number in range(1, 1 + max(_numbers(folder), default=0)):
            history.add(*_read(folder, number, history, keys))
        if history.last is not None and tree_over(history.heads()).root.hex() != history.last.statement.root:
            raise InvalidCheckpoint(
                f"checkpoint {history.last.statement.number}: its root is not that of the streams listed"
            )
    except InvalidCheckpoint as untrue:
        history.trouble = str(untrue)
    return history


def last_statement(folder: Path) -> Statement | None:
    """What the newest checkpoint of a folder says, unchecked; None without any. Raises OSError, ValueError."""
    number = max(_numbers(folder), default=0)
    if not number:
        return None
    line, _, _ = path_of(folder, number, CHECKPOINT).read_bytes().partition(b"\n")
    return msgspec.json.decode(line, type=Statement)


def write(folder: Path, checkpoint: Checkpoint, listed: bytes) -> None:
    """Write the files of a checkpoint whole and durably, the list of heads first. Raises OSError."""
    for ending, content in ((HEADS, listed), (CHECKPOINT, checkpoint.file)):
        path = path_of(folder, checkpoint.statement.number, ending)
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    settle(folder)


def listing(heads: Mapping[tuple[str, str], StreamHead]) -> Iterator[bytes]:
    """Heads as lines without their ends, sorted: the leaves of the tree, and the rows of a list of heads."""
    for (service, stream), head in sorted(heads.items()):
        yield f"{service} {stream} {head.version} {head.digest}".encode()


def tree_over(heads: Mapping[tuple[str, str], StreamHead]) -> Tree:
    """The tree whose root a checkpoint names."""
    return Tree(listing(heads))


def path_of(folder: Path, number: int, ending: str) -> Path:
    """Where a file of a checkpoint lies."""
    return folder / f"{number:06d}{ending}"


def _numbers(folder: Path) -> Iterable[int]:
    return [int(path.stem) for path in folder.glob(f"*{CHECKPOINT}") if path.stem.isdecimal()]


def _read(
    folder: Path, number: int, history: CheckpointHistory, keys: Mapping[str, PublicKey]
) -> tuple[Checkpoint, dict[tuple[str, str], StreamHead]]:
    try:
        written = path_of(folder, number, CHECKPOINT).read_bytes()
        listed = path_of(folder, number, HEADS).read_bytes()
        line, signature = written.removesuffix(b"\n").split(b"\n")
        statement = msgspec.json.decode(line, type=Statement)
        checkpoint = Checkpoint(statement, line, bytes.fromhex(signature.decode()))
    except FileNotFoundError as error:
        raise InvalidCheckpoint(f"checkpoint {number}: {error.filename} is missing") from error
    except ValueError as error:
        raise InvalidCheckpoint(f"checkpoint {number}: its file is none of a checkpoint ({error})") from error
    key = keys.get(statement.key)
    if key is None:
        raise InvalidCheckpoint(
            f"checkpoint {number}: signed with key {statement.key}, which is not among those trusted"
        )
    if not key.signed(line, checkpoint.signature) or checkpoint.file != written:
        raise InvalidCheckpoint(f"checkpoint {number}: its signature does not fit")
    if statement.number != number or statement.previous != (history.last.digest if history.last else ""):
        raise InvalidCheckpoint(f"checkpoint {number}: it does not follow the one before it")
    if statement.heads != sha256(listed).hexdigest():
        raise InvalidCheckpoint(f"checkpoint {number}: its list of heads was changed")
    return checkpoint, dict(map(_head, listed.decode().splitlines()))


def _head(line: str) -> tuple[tuple[str, str], StreamHead]:
    service, stream, version, digest = line.split(" ")
    return (service, str(UUID(stream))), StreamHead(int(version), digest)
