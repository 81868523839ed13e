"""The golden examples: for every event version that ever was, the stored bytes of one event of it, made readable."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from deploy.contracts.schemas import Key
from deploy.dev.settings import PROJECT

GOLDEN = PROJECT / "shared" / "contracts" / "golden"
NAMED = re.compile(r"(?P<name>[a-z-]+\.[a-z-]+)\.v(?P<version>\d+)(\.[a-z-]+)?\.json")
"""``intake.case-accepted.v1.json``; a further example says what it shows: ``intake.case-accepted.v1.overseas.json``."""


class Misnamed(Exception):
    """A file among the golden examples whose name is not that of an event version."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One example: the event version that its file is named after, and the bytes as they were stored."""

    file: str
    name: str
    version: int
    state: bytes

    @property
    def key(self) -> Key:
        """The event version."""
        return self.name, self.version

    @property
    def envelope(self) -> dict[str, Any]:
        """The whole event as plain JSON values."""
        found: dict[str, Any] = msgspec.json.decode(self.state)
        return found

    @property
    def data(self) -> dict[str, Any]:
        """The event's own fields as plain JSON values."""
        found: dict[str, Any] = self.envelope["data"]
        return found


def read_golden(folder: Path = GOLDEN) -> list[Golden]:
    """Every golden example. Raises Misnamed."""
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> Golden:
    named = NAMED.fullmatch(path.name)
    if named is None:
        raise Misnamed(f"{path.name} is not named <owner>.<fact>.v<version>[.<what it shows>].json")
    stored = msgspec.json.format(path.read_bytes(), indent=-1)
    return Golden(path.name, named["name"], int(named["version"]), stored)
