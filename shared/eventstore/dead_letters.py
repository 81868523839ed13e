"""Dead letters as values: where a message came from, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class DeadLetterState(StrEnum):
    """Where a dead letter stands."""

    DEAD = "dead"
    """It could not be taken; an operator has to look."""
    PARKED = "parked"
    """It waits behind a dead one of the same case."""
    DUE = "due"
    """An operator asked for another try."""
    REPLAYED = "replayed"
    """Another try succeeded."""
    DISCARDED = "discarded"
    """An operator decided that it will never be taken."""


class DeadLetterReader(StrEnum):
    """Who of a service could not take a message."""

    INBOX = "inbox"
    """Who decides on what is heard: a case waits behind its dead letter."""
    WORKER = "worker"
    """Who keeps what is heard for reading: nothing waits."""


OPEN = (DeadLetterState.DEAD, DeadLetterState.PARKED, DeadLetterState.DUE)
"""While a case has a letter in one of these states, what is heard about it waits."""


@dataclass(frozen=True, slots=True)
class MessageOrigin:
    """A message as it came: ``position`` is that of the event in its service's log, 0 when it was not told.

    ``subject`` is the case, or where none can be told an id made of the place in Kafka; ``event`` likewise.
    """

    topic: str
    partition: int
    offset: int
    position: int
    subject: UUID
    event: UUID
    value: bytes


@dataclass(frozen=True, slots=True)
class RejectedMessage:
    """A message put aside: ``reason`` is a code (of a refusal, or ``failed``), ``detail`` says more."""

    origin: MessageOrigin
    state: DeadLetterState
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A letter as it lies in the store."""

    number: int
    at: datetime
    reader: DeadLetterReader
    letter: RejectedMessage


@dataclass(frozen=True, slots=True)
class RetryOutcome:
    """What became of a kept letter when it was tried again."""

    number: int
    state: DeadLetterState
    reason: str = ""
    detail: str = ""


def letter_of(row: tuple[Any, ...]) -> DeadLetter:
    """A letter out of the columns of ``tables.LETTER_COLUMNS``."""
    number, at, reader, topic, partition, offset, position, subject, event, value, state, reason, detail = row
    origin = MessageOrigin(topic, partition, offset, position, subject, event, bytes(value))
    return DeadLetter(
        number, at, DeadLetterReader(reader), RejectedMessage(origin, DeadLetterState(state), reason, detail)
    )


def printable(detail: str) -> str:
    """A detail as PostgreSQL takes it."""
    return detail.replace("\x00", "\N{REPLACEMENT CHARACTER}")
