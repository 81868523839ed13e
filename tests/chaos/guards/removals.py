"""The guards of the spine, each taken out by itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from services.analytics import domain
from services.analytics.deadlines.scheduler import DeadlineScheduler
from services.analytics.readmodel import positions
from services.analytics.readmodel.ingestion import Ingestion, Item
from services.analytics.readmodel.writer import LoggedEvent as Kept
from shared.commands.batch import CommandBatch
from shared.commands.department import Decide
from shared.commands.gate import Gate
from shared.commands.messages import MessageBatch
from shared.commands.new_events import EventFactory
from shared.commands.numbering import Decision
from shared.commands.requests import CommandRequest
from shared.commands.writer import Writer
from shared.contracts import analytics
from shared.contracts.commands import draw_of
from shared.contracts.envelope import Envelope
from shared.eventstore import tables
from shared.eventstore.recorder import AppendBatch, Recorder
from shared.eventstore.store import Lookup, LookupQuery, Store
from shared.messaging import inbox, relay
from shared.messaging.outbox import Outbox, OutboxPage
from shared.messaging.producer import Producer
from shared.postgres.databases import Database
from shared.readmodels import runner
from shared.readmodels.log import read_log
from shared.readmodels.runner import Runner
from tests.eventstore.test_log import unlocked

MOMENT = 0.3
"""Seconds by which a gap is made wider, so that a kill falls into it before long."""


def command_ids(patch: pytest.MonkeyPatch) -> None:
    """What was done before under the same command id is not looked up: the same is done again."""
    lookup = Store.lookup

    def forgetful(self: Store, query: LookupQuery) -> Lookup:
        return replace(lookup(self, query), commands={})

    patch.setattr(Store, "lookup", forgetful)
    taken = "FROM unnest(ids, digests, subjects, befores, afters)"
    forgiving = tuple(each.replace(taken, f"{taken} ON CONFLICT DO NOTHING") for each in tables.CREATE)
    assert forgiving != tables.CREATE
    patch.setattr(tables, "CREATE", forgiving)


def what_was_seen(patch: pytest.MonkeyPatch) -> None:
    """A command is decided on the folder whatever its giver saw of it."""
    decide = CommandBatch.decide
    patch.setattr(CommandBatch, "decide", lambda self, request: decide(self, replace(request, provided=None)))


def one_transaction(patch: pytest.MonkeyPatch) -> None:
    """Command ids and positions are written after the events, in a transaction of their own."""
    append = Recorder.append

    def torn(self: Recorder, what: AppendBatch) -> Sequence[int]:
        recorded = append(self, AppendBatch(events=what.events, below=what.below)) if what.events else ()
        append(self, replace(what, events=[]))
        return recorded

    patch.setattr(Recorder, "append", torn)


def as_they_were_read(patch: pytest.MonkeyPatch) -> None:
    """New events are recorded whatever has become of those that they stand on."""
    compared = "WHERE e.state IS NULL OR encode(sha256(e.state), 'hex') <> g.digest"
    trusting = tuple(each.replace(compared, "WHERE false") for each in tables.CREATE)
    assert trusting != tables.CREATE
    patch.setattr(tables, "CREATE", trusting)


def table_lock(patch: pytest.MonkeyPatch) -> None:
    """Writers do not wait for each other: what gets its position first may be seen last."""
    patch.setattr(tables, "CREATE", tuple(map(unlocked, tables.CREATE)))


def series_stream(patch: pytest.MonkeyPatch) -> None:
    """Numbers are counted in the process, not in the store."""
    counted: dict[Writer, dict[str, int]] = {}
    batch = Writer._batch

    def counting_batch(self: Writer, *arguments: Any) -> CommandBatch:
        made = batch(self, *arguments)
        made._numbering.decide = partial(counting, counted.setdefault(self, {}), made.now)  # type: ignore[method-assign]
        return made

    def counting(
        serials: dict[str, int], now: datetime, decide: Decide, folder: Any, request: CommandRequest, rules: Any
    ) -> Decision:
        draw = draw_of(request.command, folder)
        if draw is None:
            return Decision(tuple(decide(folder, request.command, rules, now)))
        key = rules.series(draw.series, now)
        first = serials.get(key, 0) + 1
        events = tuple(decide(folder, replace(request.command, serial=first), rules, now))
        serials[key] = first - 1 + sum(isinstance(event, draw.event) for event in events)
        return Decision(events)

    patch.setattr(Writer, "_batch", counting_batch)


def hash_chain(patch: pytest.MonkeyPatch) -> None:
    """No event says what came before it."""
    envelope = EventFactory.envelope

    def unchained(self: EventFactory, *arguments: Any) -> Envelope:
        return replace(envelope(self, *arguments), previous="")

    patch.setattr(EventFactory, "envelope", unchained)


def fence(patch: pytest.MonkeyPatch) -> None:
    """A position may be written back, by whoever comes last."""
    open_gate = tables.RAISE_TRACKINGS.replace("WHERE t.notification_id < excluded.notification_id", "")
    assert open_gate != tables.RAISE_TRACKINGS
    patch.setattr(tables, "RAISE_TRACKINGS", open_gate)


def bounded_queue(patch: pytest.MonkeyPatch) -> None:
    """The gate takes as many commands as come."""
    init = Gate.__init__

    def boundless(self: Gate, *arguments: Any, **named: Any) -> None:
        init(self, *arguments, **{**named, "waiting": 10**9})

    patch.setattr(Gate, "__init__", boundless)


def waiting_for_the_disk(patch: pytest.MonkeyPatch) -> None:
    """The store answers before what it recorded is safe."""
    parameters = Database.parameters

    def hasty(self: Database, purpose: str) -> dict[str, Any]:
        told = parameters(self, purpose)
        return told | {"options": f"{told['options']} -c synchronous_commit=off"}

    patch.setattr(Database, "parameters", hasty)


def advisory_lock(patch: pytest.MonkeyPatch) -> None:
    """Each relay takes itself for the only one."""

    async def surely(self: Outbox) -> bool:
        return True

    patch.setattr(Outbox, "is_only", surely)


def cursor_after_sending(patch: pytest.MonkeyPatch) -> None:
    """The relay takes for sent what it is only going to send."""

    async def send(self: relay.Relay, chunk: OutboxPage, outgoing: Outbox, sender: Producer) -> bool:
        said = [relay._message(entry) for entry in chunk.entries if entry.state is not None]
        await outgoing.advance(chunk, chunk.entries[-1].position, {})
        await asyncio.sleep(MOMENT)
        while said:
            count, _ = await sender.send(self._topic, said)
            said = said[count:]
        return True

    patch.setattr(relay.Relay, "_send", send)


def watch_over_the_topic(patch: pytest.MonkeyPatch) -> None:
    """The relay goes on where it was, whatever Kafka has lost."""

    async def look_away(self: relay.Relay, outgoing: Outbox, sender: Producer) -> None:
        return

    async def advance(self: Outbox, chunk: OutboxPage, position: int, offsets: Any) -> None:
        await self._select(tables.ADVANCE_CURSOR, "relay", position, chunk.cursor)

    patch.setattr(relay.Relay, "_check_topic", look_away)
    patch.setattr(Outbox, "advance", advance)


def level_with_kafka(patch: pytest.MonkeyPatch) -> None:
    """The relay does not ask whether the store has what its topic holds."""

    async def surely(*arguments: Any) -> None:
        return

    patch.setattr(relay, "require_level", surely)


def offsets_after_recording(patch: pytest.MonkeyPatch) -> None:
    """The inbox takes for heard what it has only fetched."""

    class Hasty(AIOKafkaConsumer):  # type: ignore[misc]
        async def getmany(self, *places: Any, **how: Any) -> dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]:
            fetched: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]] = await super().getmany(*places, **how)
            if fetched:
                await self.commit({place: some[-1].offset + 1 for place, some in fetched.items()})
                await asyncio.sleep(MOMENT)
            return fetched

    patch.setattr(inbox, "AIOKafkaConsumer", Hasty)


def parking(patch: pytest.MonkeyPatch) -> None:
    """What comes behind a dead letter of its case is taken at once."""
    take = MessageBatch._take_new

    def unheeding(self: MessageBatch, heard: Any) -> None:
        self._blocked = set()
        self._lookup = replace(self._lookup, waiting=frozenset())
        take(self, heard)

    patch.setattr(MessageBatch, "_take_new", unheeding)


def dead_letters(patch: pytest.MonkeyPatch) -> None:
    """What cannot be taken is passed over."""

    def forget(self: MessageBatch, *arguments: Any) -> None:
        return

    patch.setattr(MessageBatch, "_put_aside", forget)


def positions_with_rows(patch: pytest.MonkeyPatch) -> None:
    """The worker notes how far it is before it writes the rows, and does not look whether these are there."""
    transaction = Ingestion._transaction

    async def hasty(self: Ingestion, items: Sequence[Item]) -> list[Kept]:
        async with self._pool.acquire() as connection:
            await positions.advance(connection, {each.place: each.offset + 1 for each, *_ in items})
        return await transaction(self, items)

    async def trust(self: Ingestion, items: Sequence[Item]) -> None:
        return

    patch.setattr(Ingestion, "_transaction", hasty)
    patch.setattr(Ingestion, "_recognise", trust, raising=False)


def position_with_rows(patch: pytest.MonkeyPatch) -> None:
    """Who keeps a read model notes how far it is before he writes its rows."""

    async def hasty(self: Runner) -> bool:
        async with self._pool.acquire() as connection:
            position = await connection.fetchval(runner._LOCK, self._projection.name)
            stretch = await read_log(connection, position, runner.STRETCH, self._projection.names)
            if stretch.entries:
                await connection.execute(runner._MOVE, self._projection.name, stretch.position)
                await asyncio.sleep(MOMENT)
                await self._projection.apply(connection, stretch.events)
            self._show(stretch.position if stretch.entries else position)
            return bool(stretch.entries)

    patch.setattr(Runner, "_step", hasty)


def hearing_first(patch: pytest.MonkeyPatch) -> None:
    """Analytics says who is late though the news that he is done may be waiting."""
    init = DeadlineScheduler.__init__

    def hasty(self: DeadlineScheduler, clock: Any, gate: Any, past: Any, hearing: Any, known: Any) -> None:
        init(self, clock, gate, past, lambda: (), known)

    patch.setattr(DeadlineScheduler, "__init__", hasty)


def said_once(patch: pytest.MonkeyPatch) -> None:
    """Analytics does not remember whom it has told that he is late."""

    def miss(running: Any, at: Any) -> Any:
        if at > running.deadline.due:
            yield analytics.DeadlineMissed(
                running.deadline.name, running.deadline.owner, running.round, running.deadline.due
            )

    patch.setattr(domain, "miss", miss)
