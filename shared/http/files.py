"""Attached files, kept by the SHA-256 of their content; what is half received leaves nothing behind for long."""

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import filetype

from shared.contracts.values import Attachment
from shared.durable import settle
from shared.http.problems import Problem

PIECE = 256 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 200
HEAD = 8192
INCOMING = ".incoming-"
ABANDONED = 24 * 3600
"""Seconds after which an upload that is not complete is not going on any more: its service was killed."""


@dataclass(frozen=True, slots=True)
class Files:
    """A folder of files named by their digest. Sizes are bytes; ``types`` are the media types taken in."""

    folder: Path
    limit: int
    types: tuple[str, ...]

    def keep(self, source: BinaryIO, name: str) -> Attachment:
        """Store a file, durably, whose type is known by its content. The same content twice is one file.

        Raises Problem 413 when it is too big, 415 when its type is not taken in, 422 when it is empty.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, received = tempfile.mkstemp(dir=self.folder, prefix=INCOMING)
        try:
            with os.fdopen(handle, "wb") as target:
                self.sweep(os.fstat(handle).st_mtime)
                digest, size, media_type = self.receive(source, target)
            place = self.place(digest)
            place.parent.mkdir(exist_ok=True)
            os.replace(received, place)
            for folder in (place.parent, self.folder):
                settle(folder)
        except BaseException:
            Path(received).unlink(missing_ok=True)
            raise
        return Attachment(digest, clean_name(name), media_type, size)

    def sweep(self, now: float) -> None:
        """Remove abandoned uploads; ``now`` is in seconds of the file system's own clock."""
        for left in self.folder.glob(f"{INCOMING}*"):
            with suppress(FileNotFoundError):
                if now - left.stat().st_mtime > ABANDONED:
                    left.unlink()

    def receive(self, source: BinaryIO, target: BinaryIO) -> tuple[str, int, str]:
        """Copy to disk, durably: digest, size and media type of what came."""
        hashed, size, head = hashlib.sha256(), 0, b""
        while piece := source.read(PIECE):
            size += len(piece)
            if size > self.limit:
                raise Problem(413, "problem.file-too-large", limit=self.limit)
            head = head or piece[:HEAD]
            hashed.update(piece)
            target.write(piece)
        if not size:
            raise Problem(422, "problem.file-empty")
        media_type = self.accepted(head)
        target.flush()
        os.fsync(target.fileno())
        return hashed.hexdigest(), size, media_type

    def accepted(self, head: bytes) -> str:
        """The media type of content that begins like this. Raises Problem 415 unless it is taken in."""
        media_type = filetype.guess_mime(head) or "application/octet-stream"
        if media_type not in self.types:
            raise Problem(415, "problem.file-type", media_type=media_type, accepted=", ".join(self.types))
        return str(media_type)

    def has(self, attached: Attachment) -> bool:
        """Whether a file is kept, and is of the size and the type that it is said to be."""
        if not DIGEST.fullmatch(attached.digest):
            return False
        place = self.place(attached.digest)
        if not place.is_file() or place.stat().st_size != attached.size:
            return False
        with place.open("rb") as file:
            return bool(filetype.guess_mime(file.read(HEAD)) == attached.media_type)

    def place(self, digest: str) -> Path:
        """Where the file with a digest is kept."""
        return self.folder / digest[:2] / digest


def clean_name(name: str) -> str:
    """A file's name as shown to people: without folders or control characters, not too long, never empty."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(char for char in last if char.isprintable()).strip()
    stem, dot, ending = printable.rpartition(".")
    if len(printable) > LONGEST_NAME:
        printable = (stem or ending)[: LONGEST_NAME - len(ending) - 1] + dot + ending[:20]
    return printable[:LONGEST_NAME] or "file"
