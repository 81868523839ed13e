"""What goes through the gate: a command with its circumstances, and an incoming message with what is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID, uuid5

import msgspec

from shared.commands.answers import Answer
from shared.commands.department import Condition, command_name
from shared.contracts.commands import Command, File
from shared.contracts.values import SYSTEM, Actor
from shared.eventstore.dead_letters import MessageOrigin

_KEYS = UUID("5f0f7c64-8a0b-5c39-9d51-0b8e7d6f2a11")

Outcome = Answer | Exception
"""What became of a command: it was answered, or refused for its own reason."""


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """Under what a case is opened that has no folder yet. Without ``pack``: the one its site uses now."""

    site: str
    pack: str | None = None
    pack_version: int | None = None


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """One command on its way.

    ``digest`` tells another body under the same ``id``; empty, it is not compared. ``expected`` is the version of
    the folder that the caller saw, ``provided`` what else must be true of it. ``after`` is the stamp of the event that
    led to this command.
    """

    case: UUID
    command: Command
    id: UUID
    digest: bytes = b""
    expected: int | None = None
    provided: Condition | None = None
    opening: CaseOpening | None = None
    correlation: UUID | None = None
    causation: UUID | None = None
    after: str = ""

    @classmethod
    def of(
        cls,
        case: UUID,
        command: Command,
        *,
        command_id: UUID | str,
        expected: int | None = None,
        provided: Condition | None = None,
        correlation: UUID | None = None,
        causation: UUID | None = None,
        site: str | None = None,
    ) -> "CommandRequest":
        """A command as a caller gives it; ``site`` is needed by one that may open the case."""
        return cls(
            case=case,
            command=command,
            id=id_of(command_id),
            digest=digest_of(case, command),
            expected=expected,
            provided=provided,
            opening=None if site is None else CaseOpening(site),
            correlation=correlation,
            causation=causation,
        )

    @property
    def name(self) -> str:
        """How the command is named in logs and traces."""
        return command_name(self.command)

    @property
    def actor(self) -> Actor:
        """Who acts: for a copy of what was heard, who acted there."""
        if isinstance(self.command, File) and self.command.envelope is not None:
            return self.command.envelope.actor
        return self.command.by


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message cannot be taken: a code, and more for the operator."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message, and what the department makes of it: a command, nothing, or a failure.

    ``letter`` is its number when it is a dead letter that is tried again.
    """

    origin: MessageOrigin
    request: CommandRequest | None = None
    failure: Failure | None = None
    letter: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is recorded together or not at all: one command, or a run of messages in their order."""

    request: CommandRequest | None = None
    messages: Sequence[IncomingMessage] = ()

    @property
    def requests(self) -> list[CommandRequest]:
        """Every command in it."""
        followed = [message.request for message in self.messages if message.request is not None]
        return followed if self.request is None else [self.request, *followed]


def id_of(key: UUID | str) -> UUID:
    """A command id out of what a caller gave; the same text gives the same id, and never one used inside."""
    return key if isinstance(key, UUID) else uuid5(_KEYS, key)


def digest_of(case: UUID, command: Command) -> bytes:
    """Tells commands with the same id apart: what is asked, for which case, by whom."""
    anonymous = replace(command, by=SYSTEM)
    body = msgspec.json.encode((command_name(command), case, command.by.person, anonymous), enc_hook=repr)
    return sha256(body).digest()
