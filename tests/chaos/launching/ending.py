"""Killing a process as a power cut would: with all that it has started, and all at once."""

import os
import signal
from contextlib import suppress

import psutil


def end(pid: int) -> None:
    """``kill -9`` a process and its children."""
    try:
        process = psutil.Process(pid)
        victims = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether a process runs, be it stopped."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
