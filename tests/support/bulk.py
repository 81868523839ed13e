"""Fills stores with whole cases for tests and measurements: many new streams by COPY, in one transaction, each once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import msgspec
from psycopg import Connection

from shared.clock import Clock
from shared.commands.answers import KeyReused
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.values import Actor
from shared.eventstore.chain import digest
from shared.eventstore.codec import encode, schema_of
from shared.eventstore.exclusive_lock import exclusively
from shared.eventstore.hybrid_clock import HybridClock
from shared.eventstore.store import Store

_EVENTS = "COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
_COMMANDS = "COPY commands (id, digest, subject, version_before, version_after) FROM STDIN (FORMAT BINARY)"
_KNOWN = "SELECT id, digest FROM commands WHERE id = ANY(%b)"


@dataclass(frozen=True, slots=True)
class ImportedEvent:
    """Something that was said elsewhere: when, and by whom."""

    event: Event
    time: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """All that is taken over of one case, in its order; ``command`` is the id under which that is done once."""

    command: UUID
    case: UUID
    site: str
    pack: str
    pack_version: int
    told: Sequence[ImportedEvent]


class BulkAppender:
    """Appends histories to the store of one service; the relay sends them on like everything else.

    Nothing is decided here: whoever calls it answers for the events. Not safe for use from several threads at once.
    """

    def __init__(self, service: str, store: Store, clock: Clock) -> None:
        self._service = service
        self._store = store
        self._stamps = HybridClock(clock, service)

    def append(self, histories: Iterable[CaseHistory]) -> int:
        """Append all of them or none; how many events were new. A history that is there already adds nothing.

        Raises KeyReused, TooLarge, one of AWAY, and IntegrityError where a case has a folder already.
        """
        digests = [(history, _digest(history)) for history in histories]
        with exclusively(self._store) as connection:
            known = self._known(connection, [history.command for history, _ in digests])
            if any(known.get(history.command, told) != told for history, told in digests):
                raise KeyReused
            new = [(history, told) for history, told in digests if history.command not in known]
            with connection.cursor() as cursor:
                with cursor.copy(_EVENTS) as events:
                    events.set_types(("uuid", "int8", "text", "bytea"))
                    for row in self._rows(history for history, _ in new):
                        events.write_row(row)
                with cursor.copy(_COMMANDS) as commands:
                    commands.set_types(("uuid", "bytea", "uuid", "int8", "int8"))
                    for history, told in new:
                        commands.write_row((history.command, told, history.case, 0, len(history.told)))
        return sum(len(history.told) for history, _ in new)

    def _known(self, connection: "Connection[dict[str, object]]", ids: Sequence[UUID]) -> dict[object, object]:
        rows = connection.execute(_KNOWN, (list(ids),), binary=True)
        return {row["id"]: row["digest"] for row in rows}

    def _rows(self, histories: Iterable[CaseHistory]) -> Iterator[tuple[UUID, int, str, bytes]]:
        for history in histories:
            previous = ""
            for version, told in enumerate(history.told, start=1):
                name, schema = schema_of(told.event)
                state = encode(told.event, self._envelope(history, told, version, name, schema, previous))
                previous = digest(state)
                yield history.case, version, name, state

    def _envelope(
        self, history: CaseHistory, told: ImportedEvent, version: int, name: str, schema: int, previous: str
    ) -> Envelope:
        return Envelope(
            id=uuid4(),
            source=self._service,
            type=name,
            subject=history.case,
            time=told.time,
            version=version,
            schema=schema,
            site=history.site,
            actor=told.actor,
            correlation=history.command,
            causation=None,
            pack=history.pack,
            pack_version=history.pack_version,
            hlc=self._stamps.tick(),
            previous=previous,
        )


def _digest(history: CaseHistory) -> bytes:
    events = [(schema_of(told.event), told.time, told.actor.person, told.event) for told in history.told]
    return sha256(msgspec.json.encode((history.case, history.site, events))).digest()
