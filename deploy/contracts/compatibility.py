"""What became of the contracts since a release, and whether what is stored and whoever listens can bear it.

Events are stored for ever, and a department may still run the release before. So a change is borne when both hold:
every stored event of a version is read by what is declared today, and every event written today is read by the last
release. One more field that may be missing is borne; whatever else changes a version is not, nor is taking a name
away. A new name is borne. So is a new version, once an upcast reads the old one (its golden example shows that); but
whoever runs the last release puts it aside unread, so those that hear it are upgraded first.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.contracts.schemas import ENVELOPE, Key, Schema

GONE = "its events are stored for ever under that name: declare it again, and a new name beside it"
CHANGED = (
    "events of it are stored for ever: leave this version as it was released, declare the new shape as the next "
    "version, and an upcast to it (docs/events/README.md)"
)
REWRAPPED = "every stored event stands in it: leave it as it was released; only what may be missing can be added"

COMPARED_BY_FIELD = ("properties", "required", "default")
TOLD = ("$id", "$schema", "title", "description")
"""What a schema says to people."""


@dataclass(frozen=True, slots=True)
class ContractChange:
    """What became of a contract; ``remedy`` says what to do about it, and is empty when it is borne."""

    subject: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        said = f"{self.subject}: {self.what}"
        return f"{said}; {self.remedy}" if self.remedy else said


def changes(released: Mapping[Key, Schema], present: Mapping[Key, Schema]) -> list[ContractChange]:
    """What changed since a release, by name and version."""
    return [change for key in sorted({*released, *present}) for change in _changes(key, released, present)]


def breaking(released: Mapping[Key, Schema], present: Mapping[Key, Schema]) -> list[str]:
    """The changes that are not borne, each with what to do about it."""
    return [str(change) for change in changes(released, present) if change.remedy]


def _changes(key: Key, released: Mapping[Key, Schema], present: Mapping[Key, Schema]) -> Iterator[ContractChange]:
    name, version = key
    subject = f"{name} version {version}"
    if key in released and key in present:
        remedy = REWRAPPED if key == ENVELOPE else CHANGED
        for what, borne in _compared(expanded(released[key]), expanded(present[key]), ""):
            yield ContractChange(subject, what, "" if borne else remedy)
    elif key in present:
        known = any(other == name for other, _ in released)
        yield ContractChange(subject, "is new: upgrade those that hear it first" if known else "is a new event")
    elif any(other == name and later > version for other, later in present):
        yield ContractChange(subject, "is declared no longer: read by its upcast")
    else:
        yield ContractChange(subject, "is declared no longer", GONE)


Difference = tuple[str, bool]
"""What differs, and whether that is borne."""


def _compared(old: Schema, new: Schema, field: str) -> Iterator[Difference]:
    """The differences of two schemas without references; ``field`` says where in the event they stand."""
    if _kind(old) != _kind(new):
        yield f"{field or 'data'} was {_kind(old)} and is {_kind(new)}", False
        return
    yield from _compared_by_field(old, new, f"{field}." if field else "")
    for word, place in (("items", "[]"), ("additionalProperties", ".*"), ("anyOf", "")):
        for one, other in zip(_parts(old, word), _parts(new, word), strict=True):
            yield from _compared(one, other, f"{field}{place}")


def _compared_by_field(old: Schema, new: Schema, prefix: str) -> Iterator[Difference]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, schema in before.items():
        if name not in after:
            yield f"{prefix}{name} is gone", False
            continue
        needed = name in new["required"]
        if needed != (name in old["required"]):
            yield f"{prefix}{name} is {'now' if needed else 'no longer'} required", False
        elif schema.get("default") != after[name].get("default"):
            yield f"{prefix}{name} has another default", False
        yield from _compared(schema, after[name], f"{prefix}{name}")
    for name in after:
        if name not in before:
            needed = name in new["required"]
            yield f"{prefix}{name} is new and {'required' if needed else 'may be missing'}", not needed


def _parts(schema: Schema, word: str) -> list[Schema]:
    """The schemas under a word: several, one, or none."""
    found = schema.get(word)
    if isinstance(found, list):
        return found
    return [found] if isinstance(found, dict) else []


def _kind(schema: Schema) -> str:
    """The type that a schema states, as JSON, without the fields of objects."""
    return json.dumps(_stated(schema), sort_keys=True)


def _stated(part: Any) -> Any:
    if isinstance(part, dict):
        return {word: _stated(value) for word, value in part.items() if word not in (*TOLD, *COMPARED_BY_FIELD)}
    return [_stated(one) for one in part] if isinstance(part, list) else part


def expanded(schema: Schema) -> Schema:
    """A schema with its definitions put in where they are referred to."""
    definitions = schema.get("definitions", {})

    def put_in(part: Any) -> Any:
        if isinstance(part, dict) and "$ref" in part:
            rest = {word: value for word, value in part.items() if word != "$ref"}
            return put_in(definitions[part["$ref"].rpartition("/")[2]]) | rest
        if isinstance(part, dict):
            return {word: put_in(value) for word, value in part.items()}
        return [put_in(one) for one in part] if isinstance(part, list) else part

    return {word: put_in(value) for word, value in schema.items() if word != "definitions"}
