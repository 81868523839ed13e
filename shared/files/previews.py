"""Small pictures of pictures: made once, beside the file, outside of the process that serves."""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import structlog

log = structlog.get_logger(__name__)

Size = Literal["small", "large"]
EDGES: dict[Size, int] = {"small": 192, "large": 1600}
"""Pixels of the longer side."""
AT_ONCE = 2
PATIENCE = 30.0
"""Seconds that one drawing may take."""


@dataclass(frozen=True, slots=True)
class Previews:
    """Draws a few previews at once, each within ``patience`` seconds."""

    patience: float = PATIENCE
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def of(self, file: Path, size: Size) -> Path | None:
        """The preview of a picture; None when none can be made, which is found out once."""
        made, unmade = file.with_name(f"{file.name}.{size}.jpg"), file.with_name(f"{file.name}.{size}.none")
        if not made.exists() and not unmade.exists():
            async with self.turns:
                await asyncio.to_thread(self.make, file, made, unmade, EDGES[size])
        return made if made.exists() else None

    def make(self, file: Path, made: Path, unmade: Path, edge: int) -> None:
        """Draw the preview, or leave a mark that there is none; whoever comes second finds it.

        One that was not drawn in time leaves no mark: the machine may have been busy.
        """
        if made.exists() or unmade.exists():
            return
        beside = made.with_name(f"{made.name}.{os.getpid()}")
        try:
            trouble = draw(file, beside, edge, self.patience)
            if not trouble:
                beside.chmod(0o600)
                beside.replace(made)
                return
            unmade.touch(mode=0o600)
        except subprocess.TimeoutExpired as late:
            trouble = f"not drawn within {late.timeout:g} s"
        finally:
            beside.unlink(missing_ok=True)
        log.warning("no preview", file=file.name, trouble=trouble)


def draw(file: Path, target: Path, edge: int, patience: float) -> str:
    """Have it drawn by another process; what went wrong, or nothing. Raises subprocess.TimeoutExpired."""
    argv = (sys.executable, "-m", "shared.files.drawing", str(file), str(target), str(edge))
    drawing = subprocess.run(argv, check=False, capture_output=True, timeout=patience)
    if drawing.returncode == 0:
        return ""
    return drawing.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] or f"ended with {drawing.returncode}"
