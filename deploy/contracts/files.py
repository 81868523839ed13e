"""Where the contracts' documents lie, how they are written, and what the last release had promised."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from deploy.contracts.asyncapi import document
from deploy.contracts.schemas import Key, Schema, schemas
from deploy.dev.settings import PROJECT

EVENTS = PROJECT / "docs" / "events"
SCHEMAS = "schemas"
RELEASED = "released"
DOCUMENT = "asyncapi.yaml"


def file_of(key: Key) -> str:
    """``intake.case-accepted.v1.json``."""
    return f"{key[0]}.v{key[1]}.json"


def key_of(file: str) -> Key:
    """The event version whose schema a file is."""
    name, _, version = file.removesuffix(".json").rpartition(".v")
    return name, int(version)


def rendered(events: Mapping[Key, type]) -> dict[str, str]:
    """Every document by its path in ``docs/events``, as it should read for these events."""
    files = {f"{SCHEMAS}/{file_of(key)}": _json(schema) for key, schema in schemas(events).items()}
    return files | {DOCUMENT: _yaml(document(events))}


def stale(events: Mapping[Key, type], folder: Path = EVENTS) -> list[str]:
    """The documents that do not read as they should, are missing, or are of no event any more."""
    should = rendered(events)
    there = [f"{SCHEMAS}/{path.name}" for path in (folder / SCHEMAS).glob("*.json")]
    return sorted(path for path in {*should, *there} if _text(folder / path) != should.get(path))


def write(events: Mapping[Key, type], folder: Path = EVENTS) -> list[str]:
    """Bring the documents up to date; those that were touched."""
    should, touched = rendered(events), stale(events, folder)
    for path in touched:
        if path in should:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(should[path], "utf-8")
        else:
            (folder / path).unlink()
    return touched


def read_released(folder: Path = EVENTS) -> dict[Key, Schema]:
    """The schemas of every event version that was ever released, as last released."""
    return {key_of(path.name): msgspec.json.decode(path.read_bytes()) for path in (folder / RELEASED).glob("*.json")}


def read_released_document(folder: Path = EVENTS) -> dict[str, Any]:
    """The AsyncAPI document as last released; empty when none was."""
    return yaml.safe_load(_text(folder / RELEASED / DOCUMENT) or "") or {}


def release(events: Mapping[Key, type], folder: Path = EVENTS) -> None:
    """Promise what is declared now. A version that is declared no longer stays promised: its events are stored."""
    (folder / RELEASED).mkdir(parents=True, exist_ok=True)
    for key, schema in schemas(events).items():
        (folder / RELEASED / file_of(key)).write_text(_json(schema), "utf-8")
    (folder / RELEASED / DOCUMENT).write_text(_yaml(document(events)), "utf-8")


def _json(schema: Schema) -> str:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None
