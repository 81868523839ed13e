"""What becomes of heard messages: decided on once, put aside when they cannot be taken, parked behind such a one."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog

from shared.commands.batch import CommandBatch
from shared.commands.requests import Failure, IncomingMessage
from shared.contracts.refused import Refused
from shared.eventstore.dead_letters import DeadLetterState, MessageOrigin, RejectedMessage, RetryOutcome
from shared.eventstore.store import Lookup

log = structlog.get_logger(__name__)


def tracking_name(topic: str, partition: int) -> str:
    """Under which name the highest position handled of a topic's partition is kept."""
    return f"{topic}[{partition}]"


def tracked(heard: Iterable[IncomingMessage]) -> dict[str, int]:
    """The highest position of each partition among messages that come from Kafka."""
    highest: dict[str, int] = {}
    for origin in (one.origin for one in heard if one.letter is None and one.origin.position):
        name = tracking_name(origin.topic, origin.partition)
        highest[name] = max(origin.position, highest.get(name, 0))
    return highest


class MessageBatch:
    """Takes runs of heard messages at a desk.

    A message is a duplicate when its command id is known: its tracked position alone does not say so, since what
    was sent again after a failure may come late. The position is kept as the mark of how far has been heard, and
    to stop an instance that was replaced.
    """

    def __init__(self, desk: CommandBatch, look: Lookup) -> None:
        self._desk = desk
        self._look = look
        self._blocked: set[UUID] = set()

    def take(self, run: Sequence[IncomingMessage]) -> None:
        """Gather what follows from these messages, in their order."""
        for heard in run:
            if heard.letter is None:
                self._take_new(heard)
            elif heard.origin.subject not in self._blocked:
                self._take_again(heard, heard.letter)
        for name, position in tracked(run).items():
            if position > self._look.trackings.get(name, 0):
                self._desk.append.trackings[name] = max(position, self._desk.append.trackings.get(name, 0))

    def _take_new(self, heard: IncomingMessage) -> None:
        origin = heard.origin
        if origin.event in self._look.aside or self._done(heard):
            return
        if origin.subject in self._look.waiting or origin.subject in self._blocked:
            self._put_aside(origin, DeadLetterState.PARKED, Failure("waits", "behind a dead letter of the same case"))
        elif failure := self._failure(heard):
            self._blocked.add(origin.subject)
            self._put_aside(origin, DeadLetterState.DEAD, failure)

    def _take_again(self, heard: IncomingMessage, letter: int) -> None:
        failure = None if self._done(heard) else self._failure(heard)
        if failure is None:
            self._desk.append.settled.append(RetryOutcome(letter, DeadLetterState.REPLAYED))
        else:
            self._blocked.add(heard.origin.subject)
            self._desk.append.settled.append(RetryOutcome(letter, DeadLetterState.DEAD, failure.reason, failure.detail))

    def _done(self, heard: IncomingMessage) -> bool:
        if heard.wish is None:
            return heard.failure is None
        return heard.wish.id in self._look.commands or heard.wish.id in self._desk.decided

    def _failure(self, heard: IncomingMessage) -> Failure | None:
        if heard.wish is None:
            return heard.failure
        try:
            self._desk.decide(heard.wish)
        except Refused as refused:
            return Failure(refused.code, f"{refused.rule} {refused.fields} {refused.details}")
        except Exception as error:
            log.exception("a heard event cannot be taken", case=str(heard.wish.case), event_id=str(heard.origin.event))
            return Failure("failed", f"{type(error).__name__}: {error}")
        return None

    def _put_aside(self, origin: MessageOrigin, state: DeadLetterState, failure: Failure) -> None:
        self._desk.append.letters.append(
            (self._desk.now, RejectedMessage(origin, state, failure.reason, failure.detail))
        )
