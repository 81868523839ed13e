"""Attached files, kept by the SHA-256 of their content; what is half received leaves nothing behind for long."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from shared.contracts.values import Attachment
from shared.durable import settle
from shared.files.acceptance import Acceptance, FileRefused
from shared.files.ledger import DAY, Ledger, Use
from shared.files.names import clean_name

MIB = 1024 * 1024
PIECE = 256 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")
INCOMING = ".incoming-"
ABANDONED = DAY
"""Seconds after which an upload that is not complete is not going on any more: its service was killed."""

Names = Callable[[Use], bool]
"""Whether an event names what a case began to name."""


@dataclass(frozen=True, slots=True)
class Files:
    """A folder of files named by their digest.

    Sizes are bytes: ``limit`` of one file, ``quota`` of what one person uploads in a day, ``room`` that stays free on
    the disk.
    """

    folder: Path
    acceptance: Acceptance
    limit: int
    quota: int
    room: int

    @property
    def ledger(self) -> Ledger:
        """Who uploaded what, and what names it."""
        return Ledger(self.folder)

    def keep(self, source: BinaryIO, name: str, person: str) -> Attachment:
        """Store a file, durably, whose kind is known by its content. The same content twice is one file.

        Raises FileRefused: what the acceptance refuses, ``file-empty``, ``file-too-large``, ``file-quota`` when the
        person has uploaded enough for a day, ``files-full`` when the disk is nearly full.
        """
        shown = clean_name(name)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(self.folder).free < self.room:
            raise FileRefused("files-full", name=shown)
        handle, received = tempfile.mkstemp(dir=self.folder, prefix=INCOMING)
        try:
            with os.fdopen(handle, "w+b") as target:
                self.sweep_incoming(os.fstat(handle).st_mtime)
                attached = self.receive(source, target, shown)
            self.publish(Path(received), attached, person)
        except BaseException:
            Path(received).unlink(missing_ok=True)
            raise
        return attached

    def receive(self, source: BinaryIO, target: BinaryIO, name: str) -> Attachment:
        """Copy to disk, durably: what came."""
        hashed, size = hashlib.sha256(), 0
        while piece := source.read(PIECE):
            size += len(piece)
            if size > self.limit:
                raise FileRefused("file-too-large", name=name, limit=self.limit, megabytes=megabytes(self.limit))
            hashed.update(piece)
            target.write(piece)
        if not size:
            raise FileRefused("file-empty", name=name)
        kind = self.acceptance.kind(name, target)
        target.flush()
        os.fsync(target.fileno())
        return Attachment(hashed.hexdigest(), name, kind.media_type, size)

    def publish(self, received: Path, attached: Attachment, person: str) -> None:
        """Put a received file into its place, durably, and write down who brought it: that first, so that it is swept
        if nothing comes of it."""
        place = self.place(attached.digest)
        with self.ledger.locked() as now:
            others = self.ledger.uploaded(person, since=now - DAY) if not self.ledger.has(person, attached) else 0
            if others + attached.size > self.quota:
                raise FileRefused("file-quota", name=attached.name, megabytes=megabytes(self.quota))
            self.ledger.record(person, attached)
            place.parent.mkdir(exist_ok=True, mode=0o700)
            os.utime(received)
            os.replace(received, place)
        for folder in (place.parent, self.folder):
            settle(folder)

    def use(self, attached: Attachment, service: str, case: UUID) -> bool:
        """Keep a file for a case that is about to name it; False when it is not there."""
        with self.ledger.locked():
            if not self.has(attached):
                return False
            self.ledger.use(attached.digest, service, case)
        return True

    def has(self, attached: Attachment) -> bool:
        """Whether a file of this digest and size is kept."""
        if not DIGEST.fullmatch(attached.digest):
            return False
        place = self.place(attached.digest)
        return place.is_file() and place.stat().st_size == attached.size

    def place(self, digest: str) -> Path:
        """Where the file with a digest is kept."""
        return self.folder / digest[:2] / digest

    def sweep(self, service: str, age: float, names: Names) -> int:
        """Remove contents that were uploaded so many seconds ago and that nothing names; how many.

        Uses by other services are left to these.
        """
        with self.ledger.locked() as now:
            old = list(self.ledger.uploads(before=now - age))
        return sum(self.settle_upload(path, attached.digest, service, age, names) for path, attached in old)

    def settle_upload(self, upload: Path, digest: str, service: str, age: float, names: Names) -> bool:
        """Find out what became of an old upload, and forget it; its content goes unless something names it.

        What names it is asked without the lock, and looked at again under it: a command may have come meanwhile.
        """
        asked = {use: names(use) for use in self.ledger.uses(digest) if use.service == service and not use.sure}
        with self.ledger.locked() as now:
            if not upload.exists() or upload.stat().st_mtime > now - age:
                return False
            for use in self.ledger.uses(digest):
                if use.sure or use.at > now - age:
                    continue
                if use in asked:
                    self.ledger.confirm(use) if asked[use] else use.path.unlink()
            uses, place = self.ledger.uses(digest), self.place(digest)
            if any(not use.sure for use in uses):
                return False
            upload.unlink(missing_ok=True)
            if uses or not place.exists() or place.stat().st_mtime > now - age:
                return False
            for made in place.parent.glob(f"{digest}*"):
                made.unlink()
        return True

    def sweep_incoming(self, now: float) -> None:
        """Remove abandoned uploads; ``now`` is in seconds of the file system's own clock."""
        for left in self.folder.glob(f"{INCOMING}*"):
            with suppress(FileNotFoundError):
                if now - left.stat().st_mtime > ABANDONED:
                    left.unlink()


def megabytes(size: int) -> float:
    """Bytes in the unit people use, for a sentence."""
    return round(size / MIB, 2) if size % MIB else size // MIB
