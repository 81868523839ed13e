"""By which texts and numbers a case is found: pure, event -> texts in the form in which they are sought.

A text stays once it was said: who knows a form by the order that stood on it before it was corrected finds it.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from shared.contracts import approval, intake, investigation
from shared.contracts.event import Event
from shared.contracts.values import SYSTEM
from shared.text.normal import normal


class ByWhom(Protocol):
    """Who said an event."""

    @property
    def actor(self) -> str: ...
    @property
    def actor_name(self) -> str: ...


class Sought(NamedTuple):
    """A text by which a case is found; ``number`` is the same where it is a number that leads straight to it."""

    words: str
    number: str | None = None


def text(*parts: str) -> Iterator[Sought]:
    """One text of several parts, those that are empty left out; nothing where all are."""
    if words := " ".join(filter(None, map(normal, parts))):
        yield Sought(words)


def number(told: str) -> Iterator[Sought]:
    """A number of the register or of a slip."""
    yield Sought(normal(told), normal(told))


def form(said: intake.ComplaintFiled | intake.AnomalySlipFiled) -> Iterator[Sought]:
    """Who complains of what, and why."""
    return text(said.customer, said.order, said.part, said.reference, said.reason)


def anomaly(said: intake.AnomalySlipFiled) -> Iterator[Sought]:
    """An anomaly slip is found as a form is, and by its number."""
    yield from form(said)
    yield from number(said.number)


def those_responsible(said: investigation.CauseReported) -> Iterator[Sought]:
    """The persons, and the companies outside, who answer for the cause."""
    for share in said.responsible:
        yield from text(share.person)
    for other in said.outside:
        yield from text(other.name)


def those_at_work(said: investigation.CountermeasureProposed) -> Iterator[Sought]:
    """The persons who made the goods."""
    for person in said.persons:
        yield from text(person)


TEXTS: dict[type, Callable[[Any], Iterable[Sought]]] = {
    intake.ComplaintFiled: form,
    intake.FormCorrected: lambda said: text(said.order, said.part, said.reason),
    intake.AnomalySlipFiled: anomaly,
    intake.CaseAccepted: lambda said: number(said.number),
    approval.UrgingSlipIssued: lambda said: number(said.number),
    approval.InquirySlipIssued: lambda said: number(said.number),
    investigation.CauseReported: those_responsible,
    investigation.CountermeasureProposed: those_at_work,
}
"""Event -> the texts in it by which its case is found."""


def texts(event: Event, by: ByWhom) -> Iterator[Sought]:
    """The texts by which a case is found after an event, whoever said it among them."""
    if type(event) in TEXTS:
        yield from TEXTS[type(event)](event)
    if by.actor != SYSTEM.person:
        yield person(by.actor_name, by.actor)


@lru_cache(10_000)
def person(name: str, code: str) -> Sought:
    """A person by name and by login."""
    return next(text(name, code))
