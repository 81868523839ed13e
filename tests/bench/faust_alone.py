"""Faust with a table and nothing else: from a producer's send to the entry in the table."""

import asyncio
import tempfile
import time
from uuid import uuid4

import faust
from aiokafka import AIOKafkaProducer

from shared.messaging.topics import Topics, ensure_topics
from tests.bench.watching import Seen

SECONDS = 8
STARTED_WITHIN = 30.0


async def heard_after(bootstrap: str, rate: int) -> Seen:
    """How long so many messages a second take until a Faust table has counted them."""
    topics = Topics(prefix=f"bench-faust-{uuid4().hex[:6]}")
    name = topics.of("alone")
    await ensure_topics(bootstrap, topics, [name])
    seen = Seen(rate * SECONDS)
    with tempfile.TemporaryDirectory(prefix="redress-faust-") as folder:
        app = faust.App(
            topics.prefix,
            broker=f"kafka://{bootstrap}",
            store="memory://",
            datadir=folder,
            web_enabled=False,
            topic_partitions=1,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            broker_commit_interval=0.5,
            stream_wait_empty=False,
            loghandlers=[],
            logging_config=None,
        )
        table = app.Table("counted", default=int, partitions=1, use_partitioner=True)
        ready = asyncio.Event()

        async def count(stream: "faust.StreamT[bytes]") -> None:
            async for value in stream:
                table["all"] += 1
                if value == b"begin":
                    ready.set()
                else:
                    seen.delays.append(1000 * time.time() - float(value))

        app.agent(app.topic(name, value_type=bytes, value_serializer="raw"), name="count")(count)
        app.finalize()
        await app.start()
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
        await producer.start()
        try:
            async with asyncio.timeout(STARTED_WITHIN):
                while not ready.is_set():
                    await producer.send_and_wait(name, b"begin")
                    await asyncio.sleep(0.5)
            await steadily(producer, name, rate)
        finally:
            await producer.stop()
            await app.stop()
    return seen


async def steadily(producer: AIOKafkaProducer, name: str, rate: int) -> None:
    """Send the time of sending, at a steady rate, and wait a moment for the last."""
    begin = time.perf_counter()
    for turn in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, begin + turn / rate - time.perf_counter()))
        await producer.send(name, str(1000 * time.time()).encode(), key=str(turn).encode())
    await asyncio.sleep(2)
