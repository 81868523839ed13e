"""What goes through the gate: a command with its circumstances, and a heard message with what is made of it."""

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
"""What became of a wish: it was answered, or refused for its own reason."""


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
    """A message, and what the department makes of it: a wish, nothing, or a failure.

    ``letter`` is its number when it is a dead letter that is tried again.
    """

    origin: MessageOrigin
    wish: CommandRequest | None = None
    failure: Failure | None = None
    letter: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is recorded together or not at all: one wish, or a run of heard messages in their order."""

    wish: CommandRequest | None = None
    heard: Sequence[IncomingMessage] = ()

    @property
    def wishes(self) -> list[CommandRequest]:
        """Every command in it."""
        heard = [one.wish for one in self.heard if one.wish is not None]
        return heard if self.wish is None else [self.wish, *heard]


def id_of(key: UUID | str) -> UUID:
    """A command id out of what a caller gave; the same text gives the same id, and never one used inside."""
    return key if isinstance(key, UUID) else uuid5(_KEYS, key)


def digest_of(case: UUID, command: Command) -> bytes:
    """Tells commands with the same id apart: what is wished, for which case, by whom."""
    wish = replace(command, by=SYSTEM)
    body = msgspec.json.encode((command_name(command), case, command.by.person, wish), enc_hook=repr)
    return sha256(body).digest()
