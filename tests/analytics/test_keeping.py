"""What was delivered is kept once; trouble of the database is waited for, poison is put aside and nothing else."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.analytics.readmodel import ingestion, writer
from services.analytics.readmodel.ingestion import KEPT, Ingestion
from services.analytics.readmodel.writer import LoggedEvent, hear
from shared.clock import SystemClock
from shared.contracts.envelope import Recorded
from shared.eventstore.codec import encode
from shared.eventstore.dead_letters import DeadLetterState, RejectedMessage, letter_of
from shared.eventstore.tables import LETTER_COLUMNS
from shared.messaging.subscription import Gap, TopicMessage
from tests.analytics.course import COURSE, FILED
from tests.analytics.recording import CASE, Departments

RECORDED = Departments().tell(COURSE)


def delivered(recorded: Recorded) -> TopicMessage:
    envelope = recorded.envelope
    return TopicMessage(
        topic=f"redress.{envelope.source}",
        partition=0,
        offset=recorded.position,
        key=envelope.subject.bytes,
        value=encode(recorded.event, envelope),
        position=str(recorded.position).encode(),
    )


def in_line(messages: Iterable[TopicMessage], first: int = 0) -> list[TopicMessage]:
    """The messages one after the other in one partition."""
    return [
        replace(each, topic=PLACE[0], partition=PLACE[1], offset=offset)
        for offset, each in enumerate(messages, start=first)
    ]


PLACE = ("redress", 0)
EVERYTHING = in_line(map(delivered, RECORDED))
CLOCK = SystemClock()


@pytest.fixture(params=[1, 1000], ids=["copied", "inserted"], autouse=True)
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are taken for large ones, and for small ones."""
    monkeypatch.setattr(writer, "MANY", request.param)


@pytest.fixture
async def keeper(pool: asyncpg.Pool) -> Ingestion:
    """Hears one partition with everything in it, from its beginning."""
    keeper = Ingestion(pool, CLOCK)
    await keeper.begin({PLACE: (0, 1000)})
    return keeper


async def letters(pool: asyncpg.Pool) -> list[RejectedMessage]:
    """What was put aside."""
    rows = await pool.fetch(f"SELECT {LETTER_COLUMNS} FROM dead_letters ORDER BY number")
    return [letter_of(tuple(row)).letter for row in rows]


async def positions(pool: asyncpg.Pool) -> list[int]:
    return [row["position"] for row in await pool.fetch("SELECT position FROM history ORDER BY position")]


async def test_a_batch_is_kept_and_what_was_new_is_counted(keeper: Ingestion, pool: asyncpg.Pool) -> None:
    first = await keeper.keep(EVERYTHING)
    again = await keeper.keep(EVERYTHING)

    assert first == Counter(each.envelope.source for each in RECORDED)
    assert again == Counter()
    assert await positions(pool) == [each.position for each in RECORDED]


async def test_others_are_told_after_the_commit_which_cases_changed(keeper: Ingestion, pool: asyncpg.Pool) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()

    def listen(*heard: Any) -> None:
        told.put_nowait(heard[-1])

    async with pool.acquire() as connection:
        await connection.add_listener(KEPT, listen)

        await keeper.keep(EVERYTHING)
        await keeper.keep(EVERYTHING)
        other = Departments(UUID("0d4c1e5a-0000-5000-8000-00000000000f"))
        await keeper.keep(in_line([delivered(other.say(FILED))], len(EVERYTHING)))

        first, second = [await asyncio.wait_for(told.get(), 5) for _ in range(2)]
        await connection.remove_listener(KEPT, listen)

    assert (json.loads(first), json.loads(second)) == ({"TPE": [str(CASE)]}, {"TPE": [str(other.case)]})


async def test_too_many_cases_are_not_named() -> None:
    said = [Departments(UUID(int=number)).say(FILED) for number in range(ingestion.MOST_NAMED + 1)]
    many = [hear(encode(each.event, each.envelope), each.position) for each in said]

    assert len(json.loads(ingestion.notice(many[:-1]))["TPE"]) == ingestion.MOST_NAMED
    assert json.loads(ingestion.notice(many)) == {"TPE": []}


POISON: dict[str, TopicMessage] = {
    "no event": replace(delivered(RECORDED[3]), value=b"\xff not an event"),
    "no text": replace(delivered(RECORDED[3]), value=b'{"type":"\xff"}'),
    "empty": replace(delivered(RECORDED[3]), value=b""),
    "an unknown event": replace(
        delivered(RECORDED[3]), value=delivered(RECORDED[3]).value.replace(b"stage-closed", b"stage-clowned")
    ),
    "no position": replace(delivered(RECORDED[3]), position=b""),
    "a version that no integer has": replace(
        delivered(RECORDED[3]),
        value=delivered(RECORDED[3]).value.replace(b'"streamversion":', b'"streamversion":99999999999'),
    ),
    "what the database does not take": delivered(
        Departments(UUID(int=7)).say(replace(FILED, customer="a zero byte \x00"))
    ),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
async def test_poison_is_put_aside_and_the_rest_is_kept(
    poison: TopicMessage, keeper: Ingestion, pool: asyncpg.Pool
) -> None:
    healthy = RECORDED[:3] + RECORDED[4:]
    batch = in_line([*map(delivered, healthy[:3]), poison, *map(delivered, healthy[3:])])

    kept = await keeper.keep(batch)

    [letter] = await letters(pool)
    assert (letter.origin.offset, letter.origin.value, letter.state) == (3, poison.value, DeadLetterState.DEAD)
    assert (bool(letter.detail), kept) == (True, Counter(each.envelope.source for each in healthy))
    assert await positions(pool) == [each.position for each in healthy]
    assert (await at(pool), keeper.expected) == (len(batch), {PLACE: len(batch)})


async def at(pool: asyncpg.Pool) -> int:
    """How far the partition is kept, as PostgreSQL has it."""
    return int(await pool.fetchval("SELECT next_offset FROM positions WHERE (topic, partition) = ($1, $2)", *PLACE))


@pytest.mark.parametrize(
    "batch", [EVERYTHING[1:], [*EVERYTHING[:3], *EVERYTHING[4:]]], ids=["before the batch", "within it"]
)
async def test_nothing_is_kept_of_a_batch_with_a_gap(
    keeper: Ingestion, pool: asyncpg.Pool, batch: list[TopicMessage]
) -> None:
    with pytest.raises(Gap):
        await keeper.keep(batch)

    assert (await positions(pool), await at(pool)) == ([], 0)


async def test_a_partition_that_is_not_heard_is_a_gap(pool: asyncpg.Pool) -> None:
    with pytest.raises(Gap):
        await Ingestion(pool, CLOCK).keep(EVERYTHING)


@pytest.mark.parametrize(
    ("bounds", "start"),
    [((0, 1000), 9), ((10, 10), 10), ((0, 10), 9), ((0, 9), 0), ((3, 5), 3), ((11, 20), 11)],
    ids=["kept", "all expired", "at the end", "made anew", "made anew and expired", "expired"],
)
async def test_it_begins_with_the_last_that_was_kept_if_kafka_still_has_it(
    keeper: Ingestion, pool: asyncpg.Pool, bounds: tuple[int, int], start: int
) -> None:
    await keeper.keep(EVERYTHING[:10])

    begun = await Ingestion(pool, CLOCK).begin({PLACE: bounds})

    assert begun == {PLACE: start}


async def test_a_topic_that_was_lost_and_filled_again_is_kept_from_its_beginning(
    keeper: Ingestion, pool: asyncpg.Pool
) -> None:
    """The lost one had the first message twice, so that the new ones lie where old ones were."""
    await keeper.keep(in_line([EVERYTHING[0], EVERYTHING[0], EVERYTHING[1]]))
    again = Ingestion(pool, CLOCK)

    start = (await again.begin({PLACE: (0, len(EVERYTHING))}))[PLACE]
    with pytest.raises(Gap):
        await again.keep(EVERYTHING[start:])
    start = (await again.begin({PLACE: (0, len(EVERYTHING))}))[PLACE]
    await again.keep(EVERYTHING[start:])

    assert await positions(pool) == [each.position for each in RECORDED]


async def test_what_was_kept_is_never_counted_back_by_a_duplicate(keeper: Ingestion, pool: asyncpg.Pool) -> None:
    await keeper.keep(EVERYTHING)
    await keeper.keep(EVERYTHING[:3])

    assert (await at(pool), keeper.expected) == (len(EVERYTHING), {PLACE: len(EVERYTHING)})


class Flaky(Ingestion):
    """Its transactions fail as told, then succeed."""

    def __init__(self, pool: asyncpg.Pool, failures: Sequence[Exception]) -> None:
        super().__init__(pool, CLOCK)
        self.failures = list(failures)
        self.troubles: list[str] = []

    async def _transaction(self, items: Sequence[ingestion.Item]) -> list[LoggedEvent]:
        self.troubles.append(self.trouble)
        if self.failures:
            raise self.failures.pop(0)
        return await super()._transaction(items)


TROUBLES = [
    ConnectionRefusedError("refused"),
    asyncpg.CannotConnectNowError("starting"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.DeadlockDetectedError("deadlock"),
    asyncpg.DiskFullError("full"),
    asyncpg.ReadOnlySQLTransactionError("a standby"),
]


async def test_while_the_database_is_in_trouble_the_batch_waits_and_says_why(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "LONGEST_WAIT", 0.02)
    keeper = Flaky(pool, TROUBLES)
    await keeper.begin({PLACE: (0, 1000)})

    kept = await keeper.keep(EVERYTHING[:1])

    assert (kept, await letters(pool)) == (Counter(intake=1), [])
    assert keeper.troubles == ["", *(f"the database does not take it: {trouble}" for trouble in TROUBLES)]
    assert keeper.trouble == ""
