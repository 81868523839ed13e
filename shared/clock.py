"""The only source of the present moment: the system's time, or in a demo the system's time moved by an offset."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class OffsetClock:
    """The machine's time plus an offset that all processes of a stack read from one small file.

    The file holds ``{"offset": seconds}``. A missing file means no offset. It is read again when it changes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta()

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's.

        Raises ValueError when the file is no clock file.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._offset = None, timedelta()
            return self._offset
        mark = (found.st_mtime_ns, found.st_ino)
        if mark != self._seen:
            self._offset = timedelta(seconds=_read(self._path))
            self._seen = mark
        return self._offset

    def now(self) -> datetime:
        """The present moment of the demo, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move the clock of the whole stack forward (or, with a negative ``by``, back)."""
        self._write(self.offset + by)

    def set(self, to: datetime) -> None:
        """Have the whole stack believe that it is ``to`` now. Raises ValueError when it is not aware."""
        if to.tzinfo is None:
            raise ValueError("a moment without a time zone")
        self._write(to - datetime.now(UTC))

    def _write(self, offset: timedelta) -> None:
        with NamedTemporaryFile("w", dir=self._path.parent, prefix=self._path.name, delete=False) as file:
            json.dump({"offset": offset.total_seconds()}, file)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(self._path)


def clock_from_env() -> Clock:
    """The clock that the environment asks for: ``REDRESS_CLOCK_FILE`` names an offset file, else the system's.

    Raises RuntimeError when a movable clock is asked for in production (``REDRESS_MODE=production``).
    """
    path = os.environ.get("REDRESS_CLOCK_FILE", "")
    if not path:
        return SystemClock()
    if os.environ.get("REDRESS_MODE", "") == "production":
        raise RuntimeError("REDRESS_CLOCK_FILE is set, but a production system may not have a clock that can be moved")
    return OffsetClock(Path(path))


def _read(path: Path) -> float:
    try:
        return float(json.loads(path.read_text())["offset"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no clock file: {error}") from error
