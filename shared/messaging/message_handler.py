"""Turns messages into what the department makes of them."""

from collections.abc import Sequence
from uuid import UUID, uuid5

import structlog

from shared.commands.department import Department, RulesFor
from shared.commands.requests import CaseOpening, CommandRequest, Failure, IncomingMessage
from shared.contracts.commands import Redirected
from shared.contracts.envelope import Recorded
from shared.contracts.event import owner_of, wire_name
from shared.digits import LAST, whole
from shared.eventstore.codec import UnreadableEvent, decode, head
from shared.eventstore.dead_letters import DeadLetter, MessageOrigin

log = structlog.get_logger(__name__)

_HEARD = UUID("a3b6f0a2-6a3f-5d0e-8f53-7c1f5f2f9d77")


class MessageHandler:
    """Reads for one department; ``services`` are those whose topics it has to hear."""

    def __init__(self, department: Department, rules_for: RulesFor) -> None:
        self._rules_for = rules_for
        self._reactions = department.reactions
        self._names = frozenset(wire_name(heard) for heard in department.reactions)
        self.services = tuple(sorted({owner_of(name) for name in self._names}))

    def read(
        self,
        topic: str,
        partition: int,
        offset: int,
        value: bytes,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> IncomingMessage:
        """What the department makes of a message from Kafka; never raises."""
        position = position_of(dict(headers).get("position", b""))
        try:
            label = head(value)
        except UnreadableEvent as error:
            place = id_of_place(topic, partition, offset)
            origin = MessageOrigin(topic, partition, offset, position, place, place, value)
            return IncomingMessage(origin, failure=Failure("unreadable", str(error)))
        origin = MessageOrigin(topic, partition, offset, position, label.subject, label.id, value)
        if label.type not in self._names:
            return IncomingMessage(origin)
        return self._react(origin)

    def read_again(self, kept: DeadLetter) -> IncomingMessage:
        """What the department now makes of a message that was put aside; never raises."""
        return self._react(kept.letter.origin, kept.number)

    def _react(self, origin: MessageOrigin, letter: int | None = None) -> IncomingMessage:
        try:
            return IncomingMessage(origin, self._request(decode(origin.value, origin.position)), letter=letter)
        except UnreadableEvent as error:
            return IncomingMessage(origin, failure=Failure("unreadable", str(error)), letter=letter)
        except Exception as error:
            log.exception("a reaction failed", case=str(origin.subject), event_id=str(origin.event))
            return IncomingMessage(origin, failure=Failure("failed", f"{type(error).__name__}: {error}"), letter=letter)

    def _request(self, heard: Recorded) -> CommandRequest | None:
        reaction = self._reactions.get(type(heard.event))
        if reaction is None:
            return None
        envelope = heard.envelope
        rules = self._rules_for(envelope.site, envelope.pack, envelope.pack_version)
        command = reaction(heard.event, envelope, rules)
        if command is None:
            return None
        return CommandRequest(
            case=command.case if isinstance(command, Redirected) else envelope.subject,
            command=command,
            id=id_of_heard(envelope.id),
            opening=CaseOpening(envelope.site, envelope.pack, envelope.pack_version),
            correlation=envelope.correlation,
            causation=envelope.id,
            after=envelope.hlc,
        )


def id_of_heard(event: UUID) -> UUID:
    """The id of the command that follows from a heard event, so that it is done once."""
    return uuid5(_HEARD, str(event))


def id_of_place(topic: str, partition: int, offset: int) -> UUID:
    """The id of a message that tells none of its own."""
    return uuid5(_HEARD, f"{topic}/{partition}/{offset}")


def position_of(text: bytes) -> int:
    """The position that a header says, 0 when it is none."""
    return whole(text.decode("latin-1"), LAST) or 0
