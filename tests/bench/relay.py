"""The relay, from a filled store to Kafka's acknowledgement, beside a producer that has the same bytes at hand."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import psycopg
from aiokafka import AIOKafkaProducer

from shared.clock import SystemClock
from shared.messaging.relay import Relay
from shared.messaging.topics import Topics, ensure_topics
from shared.postgres.databases import Database
from tests.bench.filling import load, prepare
from tests.bench.ground import Servers
from tests.bench.office import bench_database
from tests.bench.pace import asking, pace
from tests.bench.rows import Row

CASES = 10_000
LOG = "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY notification_id"
REACHED = "SELECT notification_id FROM notification_tracking WHERE application_name = 'relay'"
HEAD = "SELECT max(notification_id) FROM stored_events"


def measure(servers: Servers) -> Sequence[Row]:
    """The row of the relay."""
    topics = Topics(prefix="bench-relay")
    store = bench_database(servers.url, "relay")
    asyncio.run(fill(store, bench_database(servers.url, "relay_analytics")))
    relayed = asyncio.run(relay_rate(store, servers.bootstrap, topics))
    bare = asyncio.run(producer_rate(store, servers.bootstrap, replace(topics, prefix="bench-bare")))
    what = "relay to Kafka, acks=all, idempotent"
    return [Row(what, relayed, "events/s", "bare aiokafka producer", bare, at_least=0.5)]


async def fill(store: Database, readmodel: Database) -> None:
    """A store with cases in it."""
    await prepare(store, readmodel)
    await load(store, readmodel, 0, CASES)


async def relay_rate(store: Database, bootstrap: str, topics: Topics) -> float:
    """Events a second from the first look at the log to the last acknowledged one."""
    await ensure_topics(bootstrap, topics, [topics.of("intake"), topics.dead("intake")])
    relay = Relay("intake", store, bootstrap, SystemClock(), topics)
    async with await psycopg.AsyncConnection.connect(store.url, autocommit=True) as connection:
        head = await asking(connection, HEAD)()
        relay.start()
        try:
            return await pace(asking(connection, REACHED), head, "relayed events")
        finally:
            await relay.close()


async def producer_rate(store: Database, bootstrap: str, topics: Topics) -> float:
    """Events a second that a producer with the relay's settings gets acknowledged, the bytes being in memory."""
    with psycopg.connect(store.url) as connection:
        log: list[tuple[UUID, int, str, bytes]] = connection.execute(LOG, binary=True).fetchall()
    await ensure_topics(bootstrap, topics, [topics.of("intake")])
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", compression_type="lz4", linger_ms=5
    )
    await producer.start()
    try:
        began = time.perf_counter()
        waiting = [await producer.send(topics.of("intake"), state, key=str(case).encode()) for case, _, _, state in log]
        await asyncio.gather(*waiting)
        return len(log) / (time.perf_counter() - began)
    finally:
        await producer.stop()
