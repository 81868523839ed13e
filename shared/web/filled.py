"""What a form holds: values as form fields name them (``value.amount``), nested, and back from commands and events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts.envelope import Recorded
from shared.contracts.values import Money
from shared.web import formats
from shared.web.fields import Asked

Filled = dict[str, Any]
"""Texts, and dicts and lists of them, as a person typed them."""
WRITTEN = "en"
"""The language by which forms show numbers: all our languages write them alike, which a test holds."""


def nested(items: Iterable[tuple[str, str]]) -> Filled:
    """``value.amount=5`` as ``{"value": {"amount": "5"}}``; rows are numbered: ``responsible.0.weight``.

    A name given twice keeps its last value; a name whose parts clash with another's is left out.
    """
    root: Filled = {}
    for name, value in items:
        *path, last = name.split(".")
        place: Any = root
        for part in path:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if isinstance(place, dict) and not isinstance(place.get(last), dict):
            place[last] = value
    return root


def rows(value: Any) -> list[Any]:
    """Numbered rows in their order; a list is itself."""
    if isinstance(value, Mapping):
        numbered = sorted((int(place), row) for place, row in value.items() if place.isdecimal() and len(place) < 4)
        return [row for _, row in numbered]
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def given(asked: Asked, value: Any) -> Any:
    """What a person gave for a field, ready to be validated; None for a field left empty."""
    match asked.kind:
        case "lines":
            return [line.strip() for line in lines_of(value) if line.strip()] or None
        case "several":
            return value if isinstance(value, list) else [value] if value else None
        case "files":
            return rows(value) or None
        case "shares" | "parties":
            return [row for row in rows(value) if not isinstance(row, Mapping) or any(row.values())] or None
        case "inputs":
            return {name: text for name, text in value.items() if text != ""} if isinstance(value, Mapping) else {}
        case "money":
            return money_given(value) if isinstance(value, Mapping) and value.get("amount") else None
    return value.strip() or None if isinstance(value, str) else value


def money_given(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An amount with its currency, which may stand before the amount too, as the pages print it."""
    amount, currency = value["amount"], value.get("currency")
    if isinstance(amount, str) and isinstance(currency, str) and currency:
        return {**value, "amount": amount.strip().removeprefix(currency)}
    return value


def lines_of(value: Any) -> list[str]:
    """The lines of a text area."""
    return value.splitlines() if isinstance(value, str) else [str(line) for line in rows(value)]


def as_filled(value: Any) -> Any:
    """A value of a command or event as a form holds it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Money():
            return {"amount": formats.amount(value, WRITTEN), "currency": value.currency}
        case Decimal():
            return formats.number(value, WRITTEN)
        case str():
            return value
        case int() | UUID():
            return str(value)
        case date():
            return value.isoformat()
        case dict():
            return {name: as_filled(part) for name, part in value.items()}
        case tuple() | list():
            return [as_filled(part) for part in value]
    if is_dataclass(value):
        return {each.name: as_filled(getattr(value, each.name)) for each in fields(value)}
    raise TypeError(f"no form holds {type(value).__name__}")


def recalled(names: Sequence[str], events: Sequence[Recorded]) -> Filled:
    """For each name, what the newest event says that has it."""
    found: Filled = {}
    for recorded in reversed(events):
        for name in names:
            if name not in found and hasattr(recorded.event, name):
                found[name] = as_filled(getattr(recorded.event, name))
    return found
