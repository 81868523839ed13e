"""Folders as the gate keeps them: the department's state of a case, and where its stream stands."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from shared.commands.department import Department, Folder
from shared.contracts.envelope import Recorded
from shared.eventstore.chain import digest
from shared.eventstore.codec import decode
from shared.eventstore.recorder import PredecessorChanged
from shared.eventstore.store import EventRow


@dataclass(frozen=True, slots=True)
class FolderSnapshot:
    """A folder after the event at ``version`` of its stream (0: none yet).

    ``previous`` is the digest of that event, ``stamp`` its logical time, ``position`` its place in the log.
    ``site`` and pack are those under which the case was opened.
    """

    folder: Folder
    version: int = 0
    previous: str = ""
    stamp: str = ""
    position: int = 0
    site: str = ""
    pack: str | None = None
    pack_version: int | None = None

    @property
    def seen(self) -> int:
        """After which version to read, so that the folder's own last event is seen again (see :meth:`newer`)."""
        return max(0, self.version - 1)

    def after(self, department: Department, recorded: Recorded, state: bytes) -> "FolderSnapshot":
        """The folder after one more event, whose stored bytes are ``state``."""
        envelope = recorded.envelope
        first = self.version == 0
        return FolderSnapshot(
            folder=department.evolve(self.folder, recorded.event),
            version=envelope.version,
            previous=digest(state),
            stamp=envelope.hlc,
            position=recorded.position,
            site=envelope.site if first else self.site,
            pack=envelope.pack if first else self.pack,
            pack_version=envelope.pack_version if first else self.pack_version,
        )

    def newer(self, rows: Sequence[EventRow]) -> Sequence[EventRow]:
        """Of the rows from this folder's last event on, those after it.

        Raises PredecessorChanged when that event is another one.
        """
        if self.version == 0:
            return rows
        if not rows or rows[0].version != self.version or digest(rows[0].state) != self.previous:
            raise PredecessorChanged(f"version {self.version} of a folder at hand")
        return rows[1:]

    def after_rows(self, department: Department, rows: Iterable[EventRow]) -> "FolderSnapshot":
        """The folder after what was read from the store. Raises UnreadableEvent."""
        snapshot = self
        for row in rows:
            snapshot = snapshot.after(department, decode(row.state, row.position), row.state)
        return snapshot


class AggregateCache:
    """The folders used last, at most ``size`` of them. Safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._snapshots: OrderedDict[UUID, FolderSnapshot] = OrderedDict()
        self._lock = Lock()

    def get(self, case: UUID) -> FolderSnapshot | None:
        """The folder, if it is here."""
        with self._lock:
            snapshot = self._snapshots.get(case)
            if snapshot is not None:
                self._snapshots.move_to_end(case)
            return snapshot

    def clear(self) -> None:
        """Keep none."""
        with self._lock:
            self._snapshots.clear()

    def put(self, case: UUID, snapshot: FolderSnapshot) -> None:
        """Keep a folder, unless a newer one is here."""
        with self._lock:
            known = self._snapshots.get(case)
            if known is None or known.version <= snapshot.version:
                self._snapshots[case] = snapshot
                self._snapshots.move_to_end(case)
            while len(self._snapshots) > self._size:
                self._snapshots.popitem(last=False)
