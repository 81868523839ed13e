"""The history as people read it: plain values back as what they are, so that pages show them like any form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.analytics.history.fold import CASE, CaseView, FieldDifference, Sheet, parts_of, plain
from shared.contracts.event import registry
from shared.web.sheets import EventField, row, rows_of

CODES = {"state": "state", "outcome": "outcome", "rule": "rule", "limit_rule": "rule", "pack": "pack"}
"""Fields of the view that hold a code of no form, and the kind of the code."""
LIMITS = ("limit", "own", "allowed", "used")
"""Fields of the view that hold an amount of a limit."""
TIMES = ("opened", "due", "closed")
"""Fields of the view that hold a moment."""
NEWEST = {name: kind for (name, _), kind in sorted(registry.items(), key=lambda declared: declared[0])}
"""Each event's class in its newest version, by wire name."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a sheet is about: a ``kind`` (case, stage, document), its code, and what tells several apart."""

    kind: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field as it read and as it reads; None where it was or is empty."""

    title: Title
    name: str
    old: EventField | None
    new: EventField | None


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A sheet of the case with the fields that hold something."""

    title: Title
    rows: tuple[EventField, ...]


def title_of(sheet: str) -> Title:
    """What a sheet is about, by its name in the view."""
    kind, *rest = sheet.split(".")
    if kind == CASE:
        return Title(CASE, CASE)
    if kind == "stage":
        stage, owner, _ = rest
        return Title("stage", stage, owner)
    return Title("document", ".".join((kind, rest[0])), ".".join(rest[1:]))


def differences(changes: Sequence[FieldDifference], before: CaseView, after: CaseView) -> list[Difference]:
    """Changes as people read them."""
    old, new = parts_of(before), parts_of(after)
    touched = dict.fromkeys(each.sheet for each in changes)
    was = {sheet: read(sheet, plain(old.get(sheet, {}))) for sheet in touched}
    now = {sheet: read(sheet, plain(new.get(sheet, {}))) for sheet in touched}
    return [
        Difference(title_of(each.sheet), each.field, was[each.sheet].get(each.field), now[each.sheet].get(each.field))
        for each in changes
        if each.field in was[each.sheet] or each.field in now[each.sheet]
    ]


def documents(view: CaseView) -> list[CaseDocument]:
    """The documents of a case, newest first."""
    written = [CaseDocument(title_of(name), tuple(read(name, sheet).values())) for name, sheet in view.sheets.items()]
    return written[::-1]


def read(name: str, sheet: Sheet) -> dict[str, EventField]:
    """The fields of a sheet that hold something, by name."""
    title = title_of(name)
    if title.kind == "document":
        return {each.name: each for each in rows_of(msgspec.convert(sheet, NEWEST[title.code]))} if sheet else {}
    return {field: coded(field, value) for field, value in sheet.items()}


def coded(field: str, value: Any) -> EventField:
    """A field of the view itself: a moment, a limit, a code, or what it holds."""
    if field in TIMES:
        return row(field, msgspec.convert(value, datetime))
    if field in LIMITS:
        return EventField(field, "limit", value)
    return EventField(field, "code", value, CODES[field]) if field in CODES else row(field, value)
