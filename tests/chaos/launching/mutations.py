"""Services with one guard taken out: what the harness must notice, or it proves nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from eventsourcing.persistence import StoredEvent

from shared.contracts.commands import Command, draw_of
from shared.eventing import inbox, relay, tables
from shared.eventing.databases import Database
from shared.eventing.desk import Desk
from shared.eventing.outgoing import Chunk, Outgoing
from shared.eventing.sender import Sender
from shared.eventing.store import Ask, Look, Store
from shared.eventing.wishes import Wish

MOMENT = 0.3
"""Seconds by which a gap is made wider, so that a kill falls into it before long."""


def forget_commands() -> None:
    """What was done before under the same command id is not looked up: the same is done again."""
    look = Store.look

    def forgetful(self: Store, ask: Ask) -> Look:
        return replace(look(self, ask), commands={})

    Store.look = forgetful  # type: ignore[method-assign]
    tables.INSERT_COMMANDS += " ON CONFLICT DO NOTHING"


def move_the_cursor_first() -> None:
    """The relay takes for sent what it is only going to send."""

    async def send(self: relay.Relay, chunk: Chunk, outgoing: Outgoing, sender: Sender) -> None:
        said = [relay._message(entry) for entry in chunk.entries if entry.state is not None]
        await outgoing.advance(chunk, chunk.entries[-1].position, {})
        await asyncio.sleep(MOMENT)
        while said:
            count, _ = await sender.send(self._topic, said)
            said = said[count:]

    relay.Relay._send = send  # type: ignore[method-assign]


def commit_offsets_first() -> None:
    """The inbox takes for heard what it has only fetched."""

    class Hasty(AIOKafkaConsumer):  # type: ignore[misc]
        async def getmany(self, *places: Any, **how: Any) -> dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]:
            fetched: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]] = await super().getmany(*places, **how)
            if fetched:
                await self.commit({place: some[-1].offset + 1 for place, some in fetched.items()})
                await asyncio.sleep(MOMENT)
            return fetched

    inbox.AIOKafkaConsumer = Hasty  # type: ignore[attr-defined]


def not_wait_for_the_disk() -> None:
    """The store answers before what it recorded is safe."""
    parameters = Database.parameters

    def hasty(self: Database, purpose: str) -> dict[str, Any]:
        told = parameters(self, purpose)
        return told | {"options": f"{told['options']} -c synchronous_commit=off"}

    Database.parameters = hasty  # type: ignore[method-assign]


def not_notice_a_wiped_topic() -> None:
    """The relay goes on where it was, whatever Kafka has lost."""

    async def look_away(self: relay.Relay, outgoing: Outgoing, sender: Sender) -> None:
        return

    async def advance(self: Outgoing, chunk: Chunk, position: int, offsets: Any) -> None:
        await self._select(tables.ADVANCE_CURSOR, "relay", position, chunk.cursor)

    relay.Relay._check_topic = look_away  # type: ignore[method-assign]
    Outgoing.advance = advance  # type: ignore[method-assign]


def number_from_memory() -> None:
    """Numbers are counted in the process, not in the store."""
    serials: dict[str, int] = {}

    def with_serial(self: Desk, wish: Wish, held: Any, rules: Any) -> Command:
        draw = draw_of(wish.command, held.folder)
        key = rules.series(draw.series, self.now) if draw else ""
        return replace(wish.command, serial=serials.get(key, 0) + 1)

    def draw(self: Desk, draw: Any, wish: Wish, rules: Any, said: tuple[Any, ...]) -> list[StoredEvent]:
        if draw is not None:
            key = rules.series(draw.series, self.now)
            serials[key] = serials.get(key, 0) + sum(isinstance(event, draw.event) for event in said)
        return []

    Desk._with_serial = with_serial  # type: ignore[method-assign]
    Desk._draw = draw  # type: ignore[method-assign]


MUTATIONS: dict[str, Callable[[], None]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        forget_commands,
        move_the_cursor_first,
        commit_offsets_first,
        not_wait_for_the_disk,
        not_notice_a_wiped_topic,
        number_from_memory,
    )
}
