"""Given, when, then: what one department decides, told with the real rules of the glzd194 pack at a fixed moment."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from shared.contracts.commands import Command
from shared.contracts.event import Event
from shared.contracts.refused import Refused
from shared.contracts.values import Actor, Money
from shared.procedures.course.rules import Rules
from shared.procedures.language.company import load_company
from shared.procedures.language.loader import load_pack

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
CASE = UUID("0d4c1e5a-0000-5000-8000-000000000001")
SITE = "TPE"


class Decider(Protocol):
    """A department's domain: its module, or anything that offers the same three functions."""

    def initial(self, case: UUID) -> Any: ...
    def decide(self, folder: Any, command: Any, rules: Rules, now: datetime) -> Iterable[Event]: ...
    def evolve(self, folder: Any, event: Event) -> Any: ...


@cache
def rules_of(site: str = SITE) -> Rules:
    """The rules of a site of the sample company."""
    company = load_company()
    return Rules(load_pack(company.sites[site].pack), company.sites[site])


def by(department: str, level: str = "clerk", *sites: str) -> Actor:
    """Somebody of a department, at the stories' site unless others are named."""
    return Actor(f"{department}-{level}", f"{department} {level}", department, level, sites or (SITE,))


def money(amount: str, currency: str = "TWD") -> Money:
    """Money of the stories' site."""
    return Money(Decimal(amount), currency)


@dataclass(frozen=True)
class Then:
    """How the department answered: with events, or with a refusal."""

    events: Sequence[Event]
    refusal: Refused | None

    def then(self, *expected: Event) -> None:
        """It said exactly this, in this order."""
        if self.refusal is not None:
            raise AssertionError(f"refused: {self.refusal.args}")
        assert list(self.events) == list(expected)

    def refused(self, expected: Refused) -> None:
        """It refused, with this code, rule, fields and details."""
        assert self.refusal == expected, f"not refused, but said {self.events}" if self.refusal is None else ""


@dataclass(frozen=True)
class Given:
    """A folder in which some events have been filed."""

    decider: Decider
    folder: Any
    rules: Rules

    def when(self, command: Command, *, at: datetime = NOW) -> Then:
        """Somebody wishes something."""
        try:
            return Then(list(self.decider.decide(self.folder, command, self.rules, at)), None)
        except Refused as refusal:
            return Then([], refusal)


def story(decider: Decider, *, case: UUID = CASE) -> Callable[..., Given]:
    """The ``given`` of one department: ``given(*events, site="TPE")``."""

    def given(*events: Event, site: str = SITE) -> Given:
        folder = decider.initial(case)
        for event in events:
            folder = decider.evolve(folder, event)
        return Given(decider, folder, rules_of(site))

    return given
