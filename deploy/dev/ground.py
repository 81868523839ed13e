"""What must be so before anything is started: a folder to write in, room on the disk, a free port, nobody else here."""

import errno
import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

from deploy.dev.ports import is_free
from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble

ROOM = 1024**3
"""Bytes that a stack with its sample cases may take, with room to work."""


def occupy(settings: StackSettings) -> IO[str]:
    """Make the stack's folder and take it for this process; it is given back when the file is closed.

    Raises ``Trouble`` when the folder cannot be written, is taken, the disk is full, or the address is taken.
    """
    for folder in (settings.data, settings.run, settings.logs, settings.files, settings.cache):
        _make(folder)
    lock = (settings.run / "lock").open("a", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise Trouble(
            f"Redress is already running in {settings.data}: open {settings.address}, or stop it with `make stop`."
        ) from error
    if shutil.disk_usage(settings.data).free < ROOM:
        raise Trouble(
            f"Less than 1 GB is free where {settings.data} is: make room, or set REDRESS_DATA to a folder elsewhere."
        )
    return lock


def is_occupied(settings: StackSettings) -> bool:
    """Whether a supervisor holds the stack's folder."""
    try:
        with (settings.run / "lock").open("r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def require_free(port: int) -> None:
    """Raises ``Trouble`` when another program listens on the front door's port."""
    if not is_free(port):
        raise Trouble(
            f"Port {port} is taken by another program: stop that one, or choose another port, "
            f"for example `REDRESS_PORT={port + 100} make demo`."
        )


def explained(error: OSError) -> Trouble | None:
    """What to tell of an error of the system that a person can mend; None for any other."""
    place = error.filename or "the disk"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return Trouble(f"There is no room left to write {place}: make room and start again.")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Trouble(f"{place} cannot be written: make it yours, or set REDRESS_DATA to a folder of your own.")
    return None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Trouble(f"{folder} is not a folder: move it away, or set REDRESS_DATA to a folder.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Trouble(f"{folder} cannot be written: make it yours, or set REDRESS_DATA to a folder of your own.")
