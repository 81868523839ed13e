"""A row of the process table: what to run, how to see that it works, how to end it."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.dev import leash
from deploy.dev.probes import Probe


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the stack.

    ``env`` is added to the supervisor's own environment. ``user`` is whom to run as, when not as oneself.
    ``stop`` is the signal that asks it to end; after ``grace`` seconds it is killed. It must be ready within
    ``patience`` seconds of its start.
    """

    name: str
    argv: tuple[str, ...]
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    user: str | None = None
    stop: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    patience: float = 90.0


def leashed(argv: tuple[str, ...], *, stop: signal.Signals = signal.SIGTERM, user: str | None = None) -> list[str]:
    """The same program, as this user, told to stop when the process that starts it dies."""
    return [sys.executable, "-I", "-S", leash.__file__, str(int(stop)), str(os.getpid()), user or "-", *argv]
