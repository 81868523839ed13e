"""What becomes of incoming messages: decided on once, put aside when they cannot be taken, parked behind such a one."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog

from shared.commands.batch import CommandBatch
from shared.commands.requests import Failure, IncomingMessage
from shared.contracts.refused import Refused
from shared.eventstore.dead_letters import DeadLetterState, MessageOrigin, RejectedMessage, RetryOutcome
from shared.eventstore.store import AWAY, Lookup

log = structlog.get_logger(__name__)


def tracking_name(topic: str, partition: int) -> str:
    """Under which name the highest position handled of a topic's partition is kept."""
    return f"{topic}[{partition}]"


def tracked(messages: Iterable[IncomingMessage]) -> dict[str, int]:
    """The highest position of each partition among messages that come from Kafka."""
    highest: dict[str, int] = {}
    for origin in (one.origin for one in messages if one.letter is None and one.origin.position):
        name = tracking_name(origin.topic, origin.partition)
        highest[name] = max(origin.position, highest.get(name, 0))
    return highest


class MessageBatch:
    """The part of incoming messages in a batch of commands.

    A message is a duplicate when its command id is known: its tracked position alone does not say so, since what
    was sent again after a failure may come late. The position is kept as the mark of how far has been heard, and
    to stop an instance that was replaced.
    """

    def __init__(self, batch: CommandBatch, lookup: Lookup) -> None:
        self._batch = batch
        self._lookup = lookup
        self._blocked: set[UUID] = set()

    def take(self, run: Sequence[IncomingMessage]) -> None:
        """Gather what follows from these messages, in their order."""
        for message in run:
            if message.letter is None:
                self._take_new(message)
            elif message.origin.subject not in self._blocked:
                self._take_again(message, message.letter)
        for name, position in tracked(run).items():
            if position > self._lookup.trackings.get(name, 0):
                self._batch.append.trackings[name] = max(position, self._batch.append.trackings.get(name, 0))

    def _take_new(self, message: IncomingMessage) -> None:
        origin = message.origin
        if origin.event in self._lookup.aside or self._done(message):
            return
        if origin.subject in self._lookup.waiting or origin.subject in self._blocked:
            self._put_aside(origin, DeadLetterState.PARKED, Failure("waits", "behind a dead letter of the same case"))
        elif failure := self._failure(message):
            self._blocked.add(origin.subject)
            self._put_aside(origin, DeadLetterState.DEAD, failure)

    def _take_again(self, message: IncomingMessage, letter: int) -> None:
        failure = None if self._done(message) else self._failure(message)
        if failure is None:
            self._batch.append.settled.append(RetryOutcome(letter, DeadLetterState.REPLAYED))
        else:
            self._blocked.add(message.origin.subject)
            outcome = RetryOutcome(letter, DeadLetterState.DEAD, failure.reason, failure.detail)
            self._batch.append.settled.append(outcome)

    def _done(self, message: IncomingMessage) -> bool:
        if message.request is None:
            return message.failure is None
        return message.request.id in self._lookup.commands or message.request.id in self._batch.pending

    def _failure(self, message: IncomingMessage) -> Failure | None:
        if message.request is None:
            return message.failure
        try:
            self._batch.decide(message.request)
        except Refused as refused:
            return Failure(refused.code, f"{refused.rule} {refused.fields} {refused.details}")
        except AWAY:
            raise
        except Exception as error:
            case, event = str(message.request.case), str(message.origin.event)
            log.exception("a heard event cannot be taken", case=case, event_id=event)
            return Failure("failed", f"{type(error).__name__}: {error}")
        return None

    def _put_aside(self, origin: MessageOrigin, state: DeadLetterState, failure: Failure) -> None:
        self._batch.append.letters.append(
            (self._batch.now, RejectedMessage(origin, state, failure.reason, failure.detail))
        )
