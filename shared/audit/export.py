"""One case as a file for an auditor: every department's events byte for byte, and the proof that a checkpoint has them.

The file is JSON, one object a line. The first line says what follows: the case, the checkpoint's statement (as text,
byte for byte) with its signature, and for each store how many events the case has there and where the stream stood,
as a leaf of the checkpoint's tree with the hashes beside its way to the root (``head``); or, where the checkpoint has
no such stream, the leaves between which it would stand (``beside``). Then come the events, store after store, each
line the bytes as stored. The last line is the SHA-256 of all lines before it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from shared.audit.chain_check import first_misfit
from shared.audit.checkpoints import Checkpoint, CheckpointHistory, listing
from shared.audit.evidence import AuditFinding, LogEntry, StreamEvidence
from shared.audit.merkle import Tree


class Leaf(msgspec.Struct, frozen=True):
    """A line of the tree, its number from 0, and the hashes beside its way to the root, in hex."""

    line: str
    index: int
    path: list[str]


class ExportedStream(msgspec.Struct, frozen=True):
    """What follows of one store, and what the checkpoint says of the case there."""

    service: str
    events: int
    head: Leaf | None
    beside: list[Leaf]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of an export."""

    format: str = "redress-export/1"
    case: str
    key: str
    checkpoint: str
    signature: str
    folders: list[ExportedStream]


class NotExportable(Exception):
    """A case that cannot be exported, because an event of it is not as it was recorded."""

    def __init__(self, finding: AuditFinding) -> None:
        super().__init__(finding.words)
        self.finding = finding


class Prover:
    """Shows where streams stand in the tree of the last checkpoint."""

    def __init__(self, history: CheckpointHistory) -> None:
        self._lines = [line.decode() for line in listing(history.heads())]
        self._tree = Tree(line.encode() for line in self._lines)

    def folder(self, service: str, case: str, events: int) -> ExportedStream:
        """What the checkpoint says of a case in a store."""
        stream = f"{service} {case} "
        index = bisect_left(self._lines, stream)
        if index < len(self._lines) and self._lines[index].startswith(stream):
            return ExportedStream(service, events, self._leaf(index), [])
        beside = [self._leaf(other) for other in (index - 1, index) if 0 <= other < len(self._lines)]
        return ExportedStream(service, events, None, beside)

    def _leaf(self, index: int) -> Leaf:
        return Leaf(self._lines[index], index, [beside.hex() for beside in self._tree.path(index)])


def export(
    case: str, events: Mapping[str, Sequence[LogEntry]], checkpoint: Checkpoint, history: CheckpointHistory
) -> Iterator[bytes]:
    """The lines of the file, each with its end. ``events``: by store, those of the case by version.

    Raises NotExportable when an event is not as it was recorded.
    """
    for service, entries in events.items():
        signed = history.signed(service)
        finding = first_misfit(service, case, entries, StreamEvidence(signed.marks_of([case])[case], signed.length))
        if finding is not None:
            raise NotExportable(finding)
    prover = Prover(history)
    header = Header(
        case=case,
        key=checkpoint.statement.key,
        checkpoint=checkpoint.line.decode(),
        signature=checkpoint.signature.hex(),
        folders=[prover.folder(service, case, len(entries)) for service, entries in events.items()],
    )
    whole = sha256()
    for content in (msgspec.json.encode(header), *(entry.state for each in events.values() for entry in each)):
        line = content + b"\n"
        whole.update(line)
        yield line
    yield msgspec.json.encode({"sha256": whole.hexdigest()}) + b"\n"
