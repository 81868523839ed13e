"""The corpus: stored bytes of whole cases as past releases wrote them, and the folders that they fold to."""

import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from deploy.contracts.schemas import Key
from services.analytics.history.fold import fold, in_order
from shared.commands.department import Department
from shared.contracts.envelope import Recorded
from shared.contracts.event import SERVICES, owner_of
from shared.eventstore.codec import decode
from shared.runtime import Rooms

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = "folders.json"
HISTORY = "history"
"""What the folders call the fold of all departments' events in analytics' history."""


@dataclass(frozen=True)
class Life:
    """One case in the folder ``corpus/<release>/<name>``: a file of stored events for each department."""

    folder: Path

    def __str__(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def services(self) -> list[str]:
        """The departments that have a folder of the case."""
        return [service for service in SERVICES if (self.folder / f"{service}.ndjson").exists()]

    def states(self, service: str) -> list[bytes]:
        """A department's stream: each event as it was stored."""
        return (self.folder / f"{service}.ndjson").read_bytes().splitlines()

    def stream(self, service: str) -> list[Recorded]:
        """A department's stream as it is read today."""
        return [decode(state) for state in self.states(service)]

    def said(self) -> list[Recorded]:
        """What the departments said of the case, in causal order, without the copies of what they heard."""
        every = (each for service in self.services for each in self.stream(service))
        return in_order(each for each in every if owner_of(each.envelope.type) == each.envelope.source)

    def schemas(self) -> set[Key]:
        """The event versions that were stored in it."""
        every = (each.envelope for service in self.services for each in self.stream(service))
        return {(envelope.type, envelope.schema) for envelope in every}

    @property
    def folders(self) -> dict[str, Any]:
        """The folders as they were when the life was recorded."""
        found: dict[str, Any] = json.loads((self.folder / FOLDERS).read_text("utf-8"))
        return found


def lives() -> list[Life]:
    """Every life of every release."""
    return [Life(path.parent) for path in sorted(CORPUS.rglob(FOLDERS))]


def department_of(service: str) -> Department:
    """A service's domain, as it is started with it."""
    rooms: Rooms = import_module(f"services.{service}.main").ROOMS
    return rooms.department


def folded(life: Life) -> dict[str, Any]:
    """The folder of each department, and analytics' history of the case, as plain JSON values."""
    folders: dict[str, Any] = {}
    for service in life.services:
        department = department_of(service)
        stream = life.stream(service)
        folder = department.initial(stream[0].envelope.subject)
        for recorded in stream:
            folder = department.evolve(folder, recorded.event)
        folders[service] = folder
    folders[HISTORY] = fold(life.said())
    plain: dict[str, Any] = json.loads(msgspec.json.encode(folders, order="sorted"))
    return plain


def write_folders(life: Life) -> None:
    """Keep the folders that a life folds to today."""
    text = json.dumps(folded(life), ensure_ascii=False, indent=1)
    (life.folder / FOLDERS).write_text(f"{text}\n", "utf-8")
