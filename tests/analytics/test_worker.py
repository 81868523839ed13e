"""The streams on a real Kafka: everything is kept once, whatever is delivered twice, is poison, or is interrupted."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.dev.ports import free_port
from services.analytics.readmodel import connection, ingestion
from services.analytics.readmodel.ingestion import Ingestion
from services.analytics.readmodel.notifications import WORD, WorkerStatus, heard
from services.analytics.worker.process import Worker
from shared.contracts.envelope import Recorded
from shared.contracts.event import SERVICES
from shared.messaging.subscription import TopicMessage
from shared.messaging.topics import Topics, ensure_topics
from shared.postgres.databases import Database
from tests.analytics.course import COURSE
from tests.analytics.recording import Departments
from tests.analytics.test_keeping import delivered
from tests.analytics.waiting import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture
def topics() -> Topics:
    """Topics that no other test uses."""
    return Topics(prefix=f"t{uuid4().hex[:8]}", partitions=3)


@pytest.fixture
async def send(topics: Topics, kafka_bootstrap: str) -> AsyncIterator[Any]:
    """Sends messages as the relays do."""
    names = [topic for service in SERVICES for topic in (topics.of(service), topics.dead(service))]
    await ensure_topics(kafka_bootstrap, topics, names)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()

    async def send(*messages: TopicMessage) -> None:
        for message in messages:
            service = message.topic.rpartition(".")[2]
            headers = [("position", message.position)]
            await producer.send(topics.of(service), message.value, message.key, headers=headers)
        await producer.flush()

    yield send
    await producer.stop()


def lack(worker: Worker) -> Any:
    async def look() -> list[str]:
        return worker.missing()

    return look


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    """The worker runs until the block ends, and ends because it was asked to."""
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        await eventually(lack(worker), lambda missing: not missing or running.done())
        assert not running.done(), running.result()
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 20)


@pytest.fixture
def worker(database: Database, kafka_bootstrap: str, topics: Topics) -> Worker:
    return Worker(database, kafka_bootstrap, topics)


@pytest.fixture
async def rows(database: Database, worker: Worker) -> AsyncIterator[asyncpg.Pool]:
    """The tables that the worker writes."""
    pool = await connection.connect(database)
    yield pool
    pool.terminate()


def positions(pool: asyncpg.Pool) -> Any:
    async def look() -> list[int]:
        return [row["position"] for row in await pool.fetch("SELECT position FROM history ORDER BY position")]

    return look


def of(recorded: Sequence[Recorded]) -> list[int]:
    return [each.position for each in recorded]


async def test_everything_said_is_kept(worker: Worker, send: Any, rows: asyncpg.Pool) -> None:
    recorded = Departments(uuid4()).tell(COURSE)

    async with working(worker):
        await send(*map(delivered, recorded[:10]))
        await eventually(positions(rows), lambda kept: kept == of(recorded[:10]))
        await send(*map(delivered, recorded[10:]))
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_the_rates_of_the_moment_are_told_to_whoever_listens(
    worker: Worker, send: Any, rows: asyncpg.Pool
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)
    words: list[WorkerStatus] = []

    def listen(*notified: Any) -> None:
        words.append(heard(notified[-1]))

    async def told() -> dict[str, int]:
        return {service: sum(counts) for service, counts in words[-1].rates["counts"].items()} if words else {}

    expected = {service: sum(each.envelope.source == service for each in recorded) for service in SERVICES}
    async with working(worker), rows.acquire() as connection:
        await connection.add_listener(WORD, listen)
        await send(*map(delivered, recorded))
        await eventually(told, lambda found: found == expected)
        await connection.remove_listener(WORD, listen)


async def test_what_is_delivered_twice_is_kept_once(worker: Worker, send: Any, rows: asyncpg.Pool) -> None:
    recorded = Departments(uuid4()).tell(COURSE)
    await send(*map(delivered, recorded[:20]))

    async with working(worker):
        await send(*map(delivered, recorded[:5]), *map(delivered, recorded))
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_a_restarted_worker_goes_on_where_it_was(
    worker: Worker, send: Any, rows: asyncpg.Pool, database: Database, kafka_bootstrap: str, topics: Topics
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)

    async with working(worker):
        await send(*map(delivered, recorded[:10]))
        await eventually(positions(rows), lambda kept: kept == of(recorded[:10]))
    await send(*map(delivered, recorded[10:]))
    async with working(Worker(database, kafka_bootstrap, topics)):
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_poison_goes_to_the_dead_letters_and_the_rest_is_kept(
    worker: Worker, send: Any, rows: asyncpg.Pool, topics: Topics
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)
    poison = TopicMessage("redress.intake", 0, 0, b"a case", b"\xff no event", b"77")

    async with working(worker):
        await send(*map(delivered, recorded[:3]), poison, *map(delivered, recorded[3:]))
        await eventually(positions(rows), lambda kept: kept == of(recorded))

    [row] = await rows.fetch("SELECT * FROM dead_letters")
    assert (row["reader"], row["state"], row["value"]) == ("worker", "dead", b"\xff no event")
    assert (row["topic"], row["position"], row["reason"]) == (topics.of("intake"), 77, "unreadable")


async def test_a_worker_that_is_stopped_while_the_database_is_away_loses_nothing(
    worker: Worker,
    send: Any,
    rows: asyncpg.Pool,
    database: Database,
    kafka_bootstrap: str,
    topics: Topics,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)

    async def away(keeper: Ingestion, items: Sequence[ingestion.Item]) -> Any:
        raise ConnectionRefusedError("away")

    with monkeypatch.context() as patched:
        async with working(worker):
            patched.setattr(Ingestion, "_transaction", away)
            await send(*map(delivered, recorded))
            await eventually(lack(worker), lambda missing: missing == ["the database does not take it: away"])
    assert await positions(rows)() == []
    async with working(Worker(database, kafka_bootstrap, topics)):
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_streams_that_fail_unforeseen_begin_anew_and_lose_nothing(
    worker: Worker, send: Any, rows: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)
    keep, failures = Ingestion.keep, [ZeroDivisionError(), ZeroDivisionError()]

    async def failing(keeper: Ingestion, batch: Sequence[TopicMessage]) -> Any:
        if failures:
            raise failures.pop()
        return await keep(keeper, batch)

    monkeypatch.setattr(Ingestion, "keep", failing)
    async with working(worker):
        await send(*map(delivered, recorded))
        await eventually(positions(rows), lambda kept: kept == of(recorded))
    assert failures == []


@pytest.mark.parametrize("lost", [slice(0, 5), slice(3, 9), slice(9, 10)], ids=["first", "middle", "last"])
async def test_messages_that_were_passed_over_are_fetched_again(
    worker: Worker, send: Any, rows: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, lost: slice
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)
    keep, passed_over = Ingestion.keep, {each.position for each in recorded[:10][lost]}

    async def forgetful(keeper: Ingestion, batch: Sequence[TopicMessage]) -> Any:
        left = [each for each in batch if int(each.position) not in passed_over]
        if len(left) < len(batch):
            passed_over.clear()
        return await keep(keeper, left) if left else Counter()

    monkeypatch.setattr(Ingestion, "keep", forgetful)
    monkeypatch.setattr("shared.messaging.subscription.LOOK_EVERY", 0.5)
    async with working(worker):
        await send(*map(delivered, recorded[:10]))
        await eventually(positions(rows), lambda kept: kept == of(recorded[:10]))


async def test_a_worker_that_dies_between_its_batches_is_followed_by_another(
    worker: Worker,
    send: Any,
    rows: asyncpg.Pool,
    database: Database,
    kafka_bootstrap: str,
    topics: Topics,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch is kept, and the worker is gone before it has taken note of that."""
    recorded = Departments(uuid4()).tell(COURSE)
    transaction = Ingestion._transaction

    async def dying(keeper: Ingestion, items: Sequence[ingestion.Item]) -> Any:
        await transaction(keeper, items)
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr("shared.messaging.subscription.MOST_AT_ONCE", 7)
        async with working(worker):
            patched.setattr(Ingestion, "_transaction", dying)
            await send(*map(delivered, recorded))
            await eventually(positions(rows), lambda kept: len(kept) > 0)
            assert worker.stream is not None
            await worker.stream.close(0)
    assert 0 < len(await positions(rows)()) < len(recorded)
    async with working(Worker(database, kafka_bootstrap, topics)):
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_two_workers_share_the_partitions_and_one_takes_over_from_the_other(
    worker: Worker, send: Any, rows: asyncpg.Pool, database: Database, kafka_bootstrap: str, topics: Topics
) -> None:
    first, second, third = (
        [said for case in range(8) for said in Departments(uuid4()).tell(COURSE[:5])] for _ in range(3)
    )

    async def kept() -> int:
        return int(await rows.fetchval("SELECT count(*) FROM history"))

    async with working(worker):
        await send(*map(delivered, first))
        await eventually(kept, lambda number: number == len(first))
        other = Worker(database, kafka_bootstrap, topics)

        async def shares() -> list[int]:
            return [len(each.keeper.expected) if each.keeper else 0 for each in (worker, other)]

        async with working(other):
            await eventually(shares, lambda found: sum(found) == len(SERVICES) * topics.partitions and all(found))
            await send(*map(delivered, second))
            await eventually(kept, lambda number: number == len(first + second))
        await send(*map(delivered, third))
        await eventually(kept, lambda number: number == len(first + second + third))


async def test_topics_that_are_lost_while_it_runs_are_kept_again_from_their_beginning(
    worker: Worker, send: Any, rows: asyncpg.Pool, kafka_bootstrap: str, topics: Topics
) -> None:
    """What Kafka has afterwards begins with what was kept, as relays send it, and ends with what is new."""
    recorded = Departments(uuid4()).tell(COURSE)
    names = [topics.of(service) for service in SERVICES]
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)

    async def there() -> set[str]:
        return set(await admin.list_topics()) & set(names)

    async with working(worker):
        await send(*map(delivered, recorded[:10]))
        await eventually(positions(rows), lambda kept: kept == of(recorded[:10]))
        await admin.start()
        await admin.delete_topics(names)
        await eventually(there, lambda left: not left)
        await admin.close()
        await ensure_topics(kafka_bootstrap, topics, names)
        await send(*map(delivered, [*recorded[:3], *recorded[5:]]))
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_a_topic_that_was_made_anew_is_heard_from_its_beginning(
    worker: Worker, send: Any, rows: asyncpg.Pool, database: Database, kafka_bootstrap: str, topics: Topics
) -> None:
    recorded = Departments(uuid4()).tell(COURSE)
    await rows.execute(
        "INSERT INTO positions SELECT $1, partition, 5000 FROM generate_series(0, 2) AS partition", topics.of("intake")
    )
    await send(*map(delivered, recorded))

    async with working(worker):
        await eventually(positions(rows), lambda kept: kept == of(recorded))


async def test_a_worker_waits_for_kafka_and_can_be_stopped_meanwhile(database: Database) -> None:
    worker, stop = Worker(database, f"127.0.0.1:{free_port()}"), asyncio.Event()
    running = asyncio.create_task(worker.run(stop))

    await eventually(lack(worker), lambda missing: missing[0].startswith("analytics worker: "))
    stop.set()

    await asyncio.wait_for(running, 20)


async def test_the_process_waits_for_postgresql_tells_how_it_is_and_leaves_when_told() -> None:
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://nobody:nothing@127.0.0.1:{free_port()}",
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}",
        "REDRESS_PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.analytics.worker", cwd=ROOT, env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def ready() -> Any:
            try:
                return (await client.get("/health/ready")).json()
            except httpx.TransportError:
                return None

        waiting = {"status": "not ready", "missing": ["waiting for PostgreSQL"]}
        await eventually(ready, lambda told: told == waiting, within=90.0)
    process.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(process.wait(), 15) == 0
