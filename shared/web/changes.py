"""What changed of that which an act stands on: each field as it was seen and as it is now, and who changed it."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from shared.contracts.envelope import Recorded
from shared.contracts.event import declarations, wire_name
from shared.procedures.course.basis import Basis, Turn
from shared.web.sheets import EventField, row, rows_of


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field as it was seen and as it is; None where it was or is empty."""

    name: str
    seen: EventField | None
    now: EventField | None


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Fields that changed together: by which kind of event, empty for the turn; ``said`` has who and when, if known."""

    type: str
    fields: tuple[FieldChange, ...]
    said: Recorded | None = None


def changes(seen: Basis, now: Basis, events: Sequence[Recorded]) -> tuple[ChangeGroup, ...]:
    """Everything that differs, the turn first; ``events`` are those of the folder, where it is found who said it."""
    found = [*turn_changes(seen.turn, now.turn)]
    for name, value in now.content.items():
        found += content_changes(name, seen.content.get(name), value, events)
    told = {field.name for change in found if change.type for field in change.fields}
    return tuple(each for each in found if each.type or not {field.name for field in each.fields} <= told)


def turn_changes(seen: Turn | None, now: Turn | None) -> Iterator[ChangeGroup]:
    """Another stage, round, department or level."""
    if differing := changed_rows(turn_rows(seen), turn_rows(now)):
        yield ChangeGroup("", differing)


def turn_rows(turn: Turn | None) -> dict[str, EventField]:
    """A turn's fields that hold something, by name."""
    if turn is None:
        return {}
    told = {"stage": turn.stage, "owner": turn.owner, "level": turn.level, "round": turn.round}
    return {name: row(name, value) for name, value in told.items() if value}


def content_changes(name: str, seen: Any, now: Any, events: Sequence[Recorded]) -> Iterator[ChangeGroup]:
    """What differs in one part of the content: an event, several by a key, or a plain value."""
    if seen == now:
        return
    if isinstance(now, Mapping):
        for key in {**(seen or {}), **now}:
            yield from content_changes(name, (seen or {}).get(key), now.get(key), events)
    elif is_event(seen) or is_event(now):
        said = next((each for each in reversed(events) if each.event == now), None)
        shown = type(seen if now is None else now)
        names = {each.name for each in fields(shown)}
        rows = changed_rows(event_rows(seen, names), event_rows(now, names))
        yield ChangeGroup(wire_name(shown), rows, said)
    else:
        yield ChangeGroup("", changed_rows(value_rows(name, seen), value_rows(name, now)))


def is_event(value: Any) -> bool:
    """Whether a value is a declared event."""
    return type(value) in declarations


def event_rows(event: Any, names: Container[str]) -> dict[str, EventField]:
    """Those of an event's fields that hold something and are asked for, by name; none where there is no event."""
    return {} if event is None else {each.name: each for each in rows_of(event) if each.name in names}


def value_rows(name: str, value: Any) -> dict[str, EventField]:
    """A plain value as the one field it is."""
    return {} if value in (None, "", (), {}) else {name: row(name, value)}


def changed_rows(seen: Mapping[str, EventField], now: Mapping[str, EventField]) -> tuple[FieldChange, ...]:
    """The fields that differ, those that are now first."""
    names = dict.fromkeys((*now, *seen))
    return tuple(FieldChange(name, seen.get(name), now.get(name)) for name in names if seen.get(name) != now.get(name))
