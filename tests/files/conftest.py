"""A folder of files with small limits, and a way to let time pass there."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.contracts.values import Attachment
from shared.files import Acceptance, Files

HOUR = 3600.0
Keep = Callable[..., Attachment]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files", Acceptance(), limit=10_000, quota=20_000, room=0)


@pytest.fixture
def keep(files: Files) -> Keep:
    """Keeps a text of somebody."""

    def kept(content: bytes, name: str = "a.txt", person: str = "lin-yating") -> Attachment:
        return files.keep(io.BytesIO(content), name, person)

    return kept


def age(files: Files, hours: float) -> None:
    """Everything that is there was written so many hours earlier."""
    for path in files.folder.rglob("*"):
        if path.is_file():
            then = path.stat().st_mtime - hours * HOUR
            os.utime(path, (then, then))
