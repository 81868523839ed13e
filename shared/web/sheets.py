"""An event shown as a filled form: its title, who signed it and when, and its fields as people read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from shared.contracts.envelope import Recorded
from shared.contracts.event import Event, owner_of
from shared.contracts.values import Attachment, Deadline, Money, OutsideShare, Share
from shared.web.names import CHOICES

Kind = Literal[
    "case",
    "code",
    "copies",
    "date",
    "deadline",
    "files",
    "inputs",
    "limit",
    "line",
    "list",
    "codes",
    "moment",
    "money",
    "number",
    "parties",
    "shares",
    "text",
    "yesno",
]
ICONS = {
    "analytics.deadline-missed": "clock-exclamation",
    "analytics.deadline-warned": "clock",
    "approval.case-decided": "gavel",
    "approval.combined-opinion-written": "scale",
    "approval.copies-distributed": "files",
    "approval.disposition-approved": "signature",
    "approval.disposition-drafted": "writing",
    "approval.disposition-reviewed": "checklist",
    "approval.inquiry-answered": "message-circle",
    "approval.inquiry-slip-issued": "zoom-question",
    "approval.investigation-checked": "clipboard-check",
    "approval.sent-back": "arrow-back-up",
    "approval.urging-slip-issued": "bell",
    "finance.loss-recorded": "report-money",
    "intake.anomaly-slip-filed": "file-text",
    "intake.case-accepted": "stack-2",
    "intake.case-closed": "lock",
    "intake.complaint-withdrawn": "trash",
    "intake.case-superseded": "link",
    "intake.complaint-endorsed": "user-check",
    "intake.complaint-filed": "file-plus",
    "intake.customer-informed": "send",
    "intake.form-corrected": "pencil",
    "intake.form-returned": "arrow-back-up",
    "intake.negotiation-checked": "user-check",
    "intake.negotiation-recorded": "message-report",
    "intake.quantity-determined": "package",
    "investigation.cause-reported": "search",
    "investigation.countermeasure-proposed": "tool",
    "investigation.goods-inspected": "microscope",
    "investigation.opinion-given": "message-circle",
}
QUIET = frozenset({"intake.stage-opened", "intake.stage-closed"})
"""Events that the head of the case page tells, and no sheet."""
LIMITS = frozenset({"used", "allowed", "own"})
"""Fields of slips and stages that hold an amount of a limit."""
LONG = 60


@dataclass(frozen=True, slots=True)
class EventField:
    """One field of a sheet: the name of its words (``field.<name>``), what it is, its value, the kind of its code."""

    name: str
    kind: Kind
    value: Any
    names: str = ""

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width."""
        return self.kind in ("text", "shares", "parties", "files") and (self.kind != "text" or is_long(self.value))


@dataclass(frozen=True, slots=True)
class EventView:
    """One event as a form. ``said`` has its envelope; ``rows`` leave out what is empty."""

    said: Recorded
    rows: tuple[EventField, ...]

    @property
    def type(self) -> str:
        """The event's wire name."""
        return self.said.envelope.type

    @property
    def icon(self) -> str:
        """The icon of this kind of event."""
        return ICONS.get(self.type, "file-text")


def sheets(service: str, events: Sequence[Recorded]) -> tuple[EventView, ...]:
    """A department's own events as sheets, newest first."""
    own = (each for each in events if owner_of(each.envelope.type) == service and each.envelope.type not in QUIET)
    return tuple(sheet(each) for each in own)[::-1]


def sheet(said: Recorded) -> EventView:
    """One event as a sheet."""
    return EventView(said, tuple(rows_of(said.event)))


def rows_of(event: Event) -> Iterator[EventField]:
    """The fields of an event that hold something."""
    for each in fields(event):
        value = getattr(event, each.name)
        if value not in (None, "", (), {}):
            yield row(each.name, value)


def row(name: str, value: Any) -> EventField:
    """One field, by what it holds."""
    match value:
        case bool():
            return EventField(name, "yesno", value)
        case Money():
            return EventField(name, "money", value)
        case Deadline():
            return EventField(name, "deadline", value)
        case Decimal() | int():
            return EventField(name, "number", value)
        case datetime():
            return EventField(name, "moment", value)
        case date():
            return EventField(name, "date", value)
        case UUID():
            return EventField(name, "case", value)
        case dict():
            return EventField(name, "inputs", value)
        case tuple():
            return tuple_row(name, value)
        case _ if name in LIMITS:
            return EventField(name, "limit", value)
        case _ if name in CHOICES:
            return EventField(name, "code", value, CHOICES[name])
    return EventField(name, "text", value)


def tuple_row(name: str, value: tuple[Any, ...]) -> EventField:
    """A field that holds several values, by the first of them."""
    match value[0]:
        case Share():
            return EventField(name, "shares", value)
        case OutsideShare():
            return EventField(name, "parties", value)
        case Attachment():
            return EventField(name, "files", value)
        case (int(), str()):
            return EventField(name, "copies", value, "department")
    return EventField(name, "codes", value, CHOICES[name]) if name in CHOICES else EventField(name, "list", value)


def is_long(text: str) -> bool:
    """Whether a text needs a paragraph of its own."""
    return len(text) > LONG or "\n" in text
