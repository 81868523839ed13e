"""A gate without a store: one pure department, its folders in memory; answers and exceptions as of the real one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from shared.clock import Clock
from shared.commands.answers import Answer, KeyReused, StaleVersion, UnknownCase
from shared.commands.department import Department
from shared.commands.requests import CommandRequest
from shared.contracts.commands import Command, draw_of
from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event, version_of, wire_name
from shared.contracts.values import Actor
from shared.procedures.course.rules import Rules
from shared.procedures.language.company import Company
from shared.web.sites import rules_at


@dataclass
class MemoryGate:
    """Decides and remembers. ``trouble`` is raised instead of deciding, once it is set."""

    department: Department
    company: Company
    clock: Clock
    streams: dict[UUID, list[Recorded]] = field(default_factory=dict)
    sites: dict[UUID, str] = field(default_factory=dict)
    answers: dict[UUID, tuple[Command, Answer]] = field(default_factory=dict)
    correlations: list[UUID | None] = field(default_factory=list)
    trouble: Exception | None = None
    position: int = 0

    async def submit(self, request: CommandRequest) -> Answer:
        """What the real gate does, for one command at a time."""
        case, command, command_id = request.case, request.command, request.id
        site = request.opening.site if request.opening else None
        if self.trouble:
            raise self.trouble
        if command_id in self.answers:
            first, answer = self.answers[command_id]
            if first != command:
                raise KeyReused
            return Answer(answer.case, answer.version, answer.position, answer.events, repeated=True)
        if case not in self.streams and site is None:
            raise UnknownCase(case)
        version = len(self.streams.get(case, ()))
        if request.expected is not None and request.expected != version:
            raise StaleVersion(version)
        self.correlations.append(request.correlation)
        self.sites.setdefault(case, site or "")
        rules = rules_at(self.company, self.sites[case])
        if request.provided is not None and not request.provided(self.state(case), rules):
            raise StaleVersion(version)
        numbered = replace(command, serial=1) if draw_of(command, self.state(case)) else command
        said = list(self.department.decide(self.state(case), numbered, rules, self.clock.now()))
        recorded = self.say(case, command.by, *said)
        answer = Answer(case, version + len(recorded), self.position, tuple(recorded))
        self.answers[command_id] = command, answer
        return answer

    def say(self, case: UUID, by: Actor, *events: Event, site: str = "") -> list[Recorded]:
        """Record events, decided or heard."""
        self.sites.setdefault(case, site)
        stream = self.streams.setdefault(case, [])
        recorded = []
        for event in events:
            self.position += 1
            envelope = Envelope(
                id=uuid5(NAMESPACE_OID, f"{case}/{len(stream)}"),
                source=self.department.name,
                type=wire_name(type(event)),
                subject=case,
                time=self.clock.now(),
                version=len(stream) + 1,
                schema=version_of(type(event)),
                site=self.sites[case],
                actor=by,
                correlation=uuid4(),
                causation=None,
                pack="glzd194",
                pack_version=1,
                hlc=str(self.position),
                previous="",
            )
            recorded.append(Recorded(event, envelope, self.position))
            stream.append(recorded[-1])
        return recorded

    def state(self, case: UUID, at: int | None = None) -> Any:
        """The folder as it now is, or was at a version."""
        folder = self.department.initial(case)
        for recorded in self.streams.get(case, ())[:at]:
            folder = self.department.evolve(folder, recorded.event)
        return folder

    async def folder(self, case: UUID, *, at: int | None = None) -> tuple[Any, int, Rules]:
        """The folder, now or at a version, its version and its rules. Raises UnknownCase, StaleVersion."""
        if case not in self.streams or at == 0:
            raise UnknownCase(case)
        version = len(self.streams[case])
        if at is not None and at > version:
            raise StaleVersion(version)
        return self.state(case, at), at or version, rules_at(self.company, self.sites[case])

    async def events(self, case: UUID) -> Sequence[Recorded]:
        """Everything in the folder."""
        return list(self.streams.get(case, ()))
