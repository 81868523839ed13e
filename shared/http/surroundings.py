"""What every endpoint of a service stands in: its gate, company, words, files, tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import Request

from shared.clock import Clock
from shared.commands.answers import Answer
from shared.commands.department import Department
from shared.commands.requests import CommandRequest
from shared.contracts.envelope import Recorded
from shared.contracts.values import Actor
from shared.files import Files, Previews
from shared.http.language import Words
from shared.http.settings import Settings
from shared.http.tokens import Tokens
from shared.procedures.language.company import Company


class CommandGate(Protocol):
    """The part of a service's gate that HTTP needs; see ``shared/commands/gate.py``."""

    @property
    def department(self) -> Department: ...

    async def submit(self, request: CommandRequest) -> Answer: ...

    async def folder(self, case: UUID, *, at: int | None = None) -> tuple[Any, int, Any]: ...

    async def events(self, case: UUID) -> Sequence[Recorded]: ...


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """One service's parts, as its endpoints see them.

    ``gate_if_any`` is None in a service that decides nothing; ``actors`` are the company's people by their short name.
    """

    service: str
    gate_if_any: CommandGate | None
    company: Company
    actors: Mapping[str, Actor]
    clock: Clock
    settings: Settings
    tokens: Tokens
    files: Files
    previews: Previews
    words: Words

    @property
    def gate(self) -> CommandGate:
        """The gate of a deciding service. Raises LookupError in another."""
        if self.gate_if_any is None:
            raise LookupError(f"{self.service} has no gate")
        return self.gate_if_any


def surroundings(request: Request) -> ServiceContext:
    """The parts of the service that a request came to."""
    here: ServiceContext = request.app.state.surroundings
    return here
