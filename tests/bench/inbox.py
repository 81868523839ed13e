"""The inbox, from a topic to the effect: what intake says becomes events in investigation's own store."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from services.investigation.main import ROOMS
from shared.messaging.inbox import Inbox
from shared.messaging.producer import OutgoingMessage, Producer
from shared.messaging.topics import Topics, ensure_topics
from shared.postgres.databases import Database
from tests.bench.generating import cases, rows
from tests.bench.ground import Servers
from tests.bench.office import bench_database, gate_of
from tests.bench.pace import asking, pace
from tests.bench.rows import Row

CASES = 6_000
SENT_AT_ONCE = 500
COUNT = "SELECT count(*) FROM stored_events"
Event = tuple[UUID, int, str, bytes]
"""Case, version, wire name, bytes."""


def measure(servers: Servers) -> Sequence[Row]:
    """The row of the inbox."""
    heard = [event for event in rows(list(cases(0, CASES, datetime.now(UTC), of=CASES)), 0).events if has_effect(event)]
    measured = asyncio.run(rate(bench_database(servers.url, "inbox"), servers.bootstrap, heard))
    note = "each event is filed by investigation, in its real domain: one event heard, one event recorded"
    return [Row("inbox, from the topic to the effect", measured, "events/s", at_least=3000, note=note)]


def has_effect(event: Event) -> bool:
    """Whether investigation files it."""
    _, _, name, state = event
    return name == "intake.complaint-filed" or b'"stage":"cause"' in state


async def rate(database: Database, bootstrap: str, heard: Sequence[Event]) -> float:
    """Events a second, from the first effect to the last."""
    topics = Topics(prefix="bench-inbox")
    await ensure_topics(bootstrap, topics, [topics.of("intake")])
    await send(bootstrap, topics.of("intake"), heard)
    async with (
        gate_of(database, ROOMS.department) as gate,
        await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection,
    ):
        inbox = Inbox(ROOMS.department, gate, bootstrap, topics)
        inbox.start()
        try:
            return await pace(asking(connection, COUNT), len(heard), "effects")
        finally:
            await inbox.close()


async def send(bootstrap: str, topic: str, events: Sequence[Event]) -> None:
    """Send events as a relay would."""
    sender = Producer(bootstrap, "bench")
    await sender.start()
    try:
        messages = [message(position, event) for position, event in enumerate(events, 1)]
        while messages:
            count, _ = await sender.send(topic, messages[:SENT_AT_ONCE])
            messages = messages[count:]
    finally:
        await sender.stop()


def message(position: int, event: Event) -> OutgoingMessage:
    """An event as a relay sends it."""
    case, _, _, state = event
    return OutgoingMessage(str(case).encode(), state, [("position", str(position).encode())])


def by_service(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Events by who says them."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event[2].partition(".")[0], []).append(event)
    return found
