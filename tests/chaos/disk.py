"""A small disk under PostgreSQL's data, which can be filled: a mounted memory file system, where one may mount."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.dev import postgres
from deploy.dev.keys import Keys

SIZE = 2 << 30
"""Bytes that fit on it."""
LEFT = 1 << 16
"""Bytes that are left when it is full: what is written while it is being made so."""


@dataclass(frozen=True)
class Disk:
    """``place`` is where it is mounted."""

    place: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """Have no room on it for more than is there, meanwhile."""
        self._resize(shutil.disk_usage(self.place).used + LEFT)
        try:
            yield
        finally:
            self._resize(SIZE)

    def _resize(self, size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.place)], check=True)

    def unmount(self) -> None:
        """Take it away with all that is on it."""
        subprocess.run(["umount", "--lazy", str(self.place)], check=True)


def mounted(data: Path) -> Disk | None:
    """A disk under the data of PostgreSQL in this stack's folder, which is made there; None where one may not mount."""
    place = data / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    postgres.prepare(place, Keys.of(data).database)
    aside = place.with_suffix(".made")
    place.rename(aside)
    place.mkdir()
    how = ("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "redress-chaos", str(place))
    mounting = subprocess.run(how, check=False, capture_output=True)
    if mounting.returncode != 0:
        place.rmdir()
        aside.rename(place)
        return None
    shutil.copystat(aside, place)
    owner = aside.stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    subprocess.run(["cp", "-a", f"{aside}/.", str(place)], check=True)
    shutil.rmtree(aside)
    return Disk(place)
