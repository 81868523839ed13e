"""Three departments around one clock: the register, the clocks and the GM Office hear each other at once."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.analytics import domain as clocks
from services.analytics.domain import MissDeadline
from services.analytics.reactions import REACTIONS as CLOCKS_HEAR
from services.approval import domain as office
from services.approval.reactions import REACTIONS as OFFICE_HEARS
from services.intake import domain as register
from shared.contracts import Event, approval
from shared.contracts.commands import File
from shared.contracts.envelope import Envelope
from shared.contracts.event import owner_of, version_of, wire_name
from shared.contracts.values import SYSTEM
from shared.procedures.course.rules import Rules
from tests.domain.story import CASE, NOW, SITE, rules_of

Slip = approval.UrgingSlipIssued | approval.InquirySlipIssued
HEAR = {"analytics": CLOCKS_HEAR, "approval": OFFICE_HEARS}
DOMAINS: dict[str, Any] = {"intake": register, "approval": office, "analytics": clocks}
INSTANT = timedelta(microseconds=1)


@dataclass
class Departments:
    """The folders of one case, the moment, and what the three said, with its moment."""

    rules: Rules = field(default_factory=rules_of, repr=False)
    now: datetime = NOW
    folders: dict[str, Any] = field(default_factory=dict)
    said: list[tuple[Event, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folders = {name: domain.initial(CASE) for name, domain in DOMAINS.items()}

    def do(self, *events: Event) -> None:
        """Departments do something, which the register hears at once; the GM Office knows its own doings."""
        for event in events:
            if owner_of(wire_name(type(event))) == "approval":
                self._keep("approval", event)
            self._command("intake", File(heard=event, envelope=self._envelope(event)))

    def wait(self, days: float) -> None:
        """Time passes; whatever is missed meanwhile is said at once."""
        until = self.now + timedelta(days=days)
        while missed := min(self._due(until), key=lambda running: running.deadline.due, default=None):
            self.now = missed.deadline.due + INSTANT
            deadline = missed.deadline
            self._command("analytics", MissDeadline(name=deadline.name, owner=deadline.owner, round=missed.round))
        self.now = until

    @property
    def open(self) -> list[tuple[str, str]]:
        """Which stages are with whom."""
        return [(task.stage, task.owner) for task in self.folders["intake"].tasks.open]

    @property
    def slips(self) -> list[Slip]:
        """The slips that were issued, in their order."""
        return [event for event, _ in self.said if isinstance(event, Slip)]

    def _due(self, until: datetime) -> list[Any]:
        return [each for each in self.folders["analytics"].running if not each.missed and each.deadline.due < until]

    def _command(self, service: str, command: Any) -> None:
        if hasattr(command, "serial"):
            command = replace(command, serial=len(self.slips) + 1)
        for event in DOMAINS[service].decide(self.folders[service], command, self.rules, self.now):
            self._keep(service, event)
            if owner_of(wire_name(type(event))) == service or service == "intake":
                self._tell(service, event)

    def _keep(self, service: str, event: Event) -> None:
        self.folders[service] = DOMAINS[service].evolve(self.folders[service], event)

    def _tell(self, teller: str, event: Event) -> None:
        if owner_of(wire_name(type(event))) == teller:
            self.said.append((event, self.now))
        for service, reactions in HEAR.items():
            reaction = reactions.get(type(event))
            heard = reaction and service not in (teller, owner_of(wire_name(type(event))))
            if heard and (command := reaction(event, self._envelope(event), self.rules)):
                self._command(service, command)
        if isinstance(event, Slip) and teller == "approval":
            self._command("intake", File(heard=event, envelope=self._envelope(event)))

    def _envelope(self, event: Event) -> Envelope:
        name, nobody = wire_name(type(event)), UUID(int=1)
        return Envelope(
            id=nobody, source=owner_of(name), type=name, subject=CASE, time=self.now, version=1,
            schema=version_of(type(event)), site=SITE, actor=SYSTEM, correlation=nobody, causation=None,
            pack="glzd194", pack_version=1, hlc="", previous="",
        )  # fmt: skip
