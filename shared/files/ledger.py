"""Who uploaded which file, and which case names it: small files beside the contents, so that every service reads them.

``.uploads/<person>/<digest>.<name>`` is an upload, ``.uses/<ab>/<digest>.<service>.<case>`` a case that may name the
content; it ends in ``.sure`` once an event was seen that does. Both are as old as their last repetition, by the file
system's own clock.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import msgspec

from shared.contracts.values import Attachment
from shared.durable import settle

DAY = 24 * 3600.0
SURE = ".sure"
MOST_CASES = 50
"""Cases that are looked at for one file."""


@dataclass(frozen=True, slots=True)
class Use:
    """A case of a service that names a content, or began to: ``at`` in seconds of the file system's clock."""

    path: Path
    digest: str
    service: str
    case: UUID
    sure: bool
    at: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger in a folder of files."""

    folder: Path

    @contextmanager
    def locked(self) -> Iterator[float]:
        """Nobody else changes the ledger or takes contents away meanwhile; the moment on the file system's clock."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.utime(handle)
            yield os.fstat(handle).st_mtime
        finally:
            os.close(handle)

    def record(self, person: str, attached: Attachment) -> None:
        """Write down an upload, durably."""
        path = self.upload(person, attached)
        write(path, msgspec.json.encode(attached))

    def has(self, person: str, attached: Attachment) -> bool:
        """Whether a person uploaded exactly this: content, name, type and size."""
        return read(self.upload(person, attached)) == attached

    def uploaded(self, person: str, since: float) -> int:
        """How many bytes a person uploaded after a moment."""
        told = [read(path) for path in files_in(self.person(person)) if path.stat().st_mtime > since]
        return sum(each.size for each in told if each is not None)

    def uploads(self, before: float) -> Iterator[tuple[Path, Attachment]]:
        """Uploads that were written down before a moment."""
        for path in sorted((self.folder / ".uploads").glob("*/*")):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before and (attached := read(path)):
                    yield path, attached

    def use(self, digest: str, service: str, case: UUID) -> None:
        """Write down, durably, that a case is about to name a content."""
        path = self.uses_folder(digest) / f"{digest}.{service}.{case}"
        if not path.with_name(path.name + SURE).exists():
            write(path, b"")

    def uses(self, digest: str) -> list[Use]:
        """Every case that names a content, or began to."""
        return [use_of(path) for path in sorted(self.uses_folder(digest).glob(f"{digest}.*"))]

    def cases(self, digest: str) -> list[UUID]:
        """Some cases that may name a content."""
        return list(dict.fromkeys(each.case for each in self.uses(digest)))[:MOST_CASES]

    def confirm(self, use: Use) -> None:
        """An event was seen that names the content: for good."""
        use.path.replace(use.path.with_name(use.path.name + SURE))

    def upload(self, person: str, attached: Attachment) -> Path:
        """Where an upload is written down; the same content under another name is another upload."""
        name = hashlib.sha256(attached.name.encode()).hexdigest()[:16]
        return self.person(person) / f"{attached.digest}.{name}"

    def person(self, person: str) -> Path:
        """Where the uploads of a person are written down."""
        return self.folder / ".uploads" / quote(person, safe="").replace(".", "%2E")

    def uses_folder(self, digest: str) -> Path:
        """Where the uses of a content are written down."""
        return self.folder / ".uses" / digest[:2]


def use_of(path: Path) -> Use:
    """A use as its file tells it."""
    digest, service, case, *sure = path.name.split(".")
    return Use(path, digest, service, UUID(case), bool(sure), path.stat().st_mtime)


def files_in(folder: Path) -> list[Path]:
    """The files of a folder; none where there is no such folder."""
    return list(folder.iterdir()) if folder.is_dir() else []


def read(path: Path) -> Attachment | None:
    """What an upload is of; None where nothing whole is written down."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Attachment)
    except (OSError, msgspec.DecodeError):
        return None


def write(path: Path, content: bytes) -> None:
    """Write a small file so that it outlasts a power cut, in place of an older one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        os.utime(file.fileno())
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        settle(folder)
