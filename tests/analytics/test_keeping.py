"""What was delivered is kept once; trouble of the database is waited for, poison is put aside and nothing else."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.analytics.projections import keeping
from services.analytics.projections.keeping import KEPT, Delivered, Keeper
from shared.contracts.envelope import Recorded
from shared.eventing.codec import encode
from tests.analytics.course import COURSE, FILED
from tests.analytics.recording import CASE, Departments

RECORDED = Departments().tell(COURSE)


def delivered(recorded: Recorded) -> Delivered:
    envelope = recorded.envelope
    return Delivered(
        topic=f"redress.{envelope.source}",
        partition=0,
        offset=recorded.position,
        key=envelope.subject.bytes,
        value=encode(recorded.event, envelope),
        position=str(recorded.position).encode(),
    )


class Grave:
    """Remembers what was put aside, and why."""

    def __init__(self) -> None:
        self.dead: list[Delivered] = []
        self.reasons: list[str] = []

    async def __call__(self, dead: Delivered, reason: str) -> None:
        self.dead.append(dead)
        self.reasons.append(reason)


@pytest.fixture
def grave() -> Grave:
    return Grave()


@pytest.fixture
def keeper(pool: asyncpg.Pool, grave: Grave) -> Keeper:
    return Keeper(pool, grave)


async def positions(pool: asyncpg.Pool) -> list[int]:
    return [row["position"] for row in await pool.fetch("SELECT position FROM history ORDER BY position")]


async def test_a_batch_is_kept_and_what_was_new_is_counted(keeper: Keeper, pool: asyncpg.Pool) -> None:
    batch = [delivered(each) for each in RECORDED]

    first = await keeper.keep(batch)
    again = await keeper.keep(batch)

    assert first == Counter(each.envelope.source for each in RECORDED)
    assert again == Counter()
    assert await positions(pool) == [each.position for each in RECORDED]


async def test_others_are_told_after_the_commit_which_cases_changed(keeper: Keeper, pool: asyncpg.Pool) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()

    def listen(*heard: Any) -> None:
        told.put_nowait(heard[-1])

    async with pool.acquire() as connection:
        await connection.add_listener(KEPT, listen)

        await keeper.keep([delivered(each) for each in RECORDED])
        await keeper.keep([delivered(each) for each in RECORDED])
        other = Departments(UUID("0d4c1e5a-0000-5000-8000-00000000000f"))
        await keeper.keep([delivered(other.say(FILED))])

        first, second = [await asyncio.wait_for(told.get(), 5) for _ in range(2)]
        await connection.remove_listener(KEPT, listen)

    assert (json.loads(first), json.loads(second)) == ({"TPE": [str(CASE)]}, {"TPE": [str(other.case)]})


async def test_too_many_cases_are_not_named() -> None:
    many = [keeping.Heard(Departments(UUID(int=number)).say(FILED), b"") for number in range(keeping.MOST_NAMED + 1)]

    assert len(json.loads(keeping.notice(many[:-1]))["TPE"]) == keeping.MOST_NAMED
    assert json.loads(keeping.notice(many)) == {"TPE": []}


POISON: dict[str, Delivered] = {
    "no event": replace(delivered(RECORDED[3]), value=b"\xff not an event"),
    "empty": replace(delivered(RECORDED[3]), value=b""),
    "an unknown event": replace(
        delivered(RECORDED[3]), value=delivered(RECORDED[3]).value.replace(b"stage-closed", b"stage-clowned")
    ),
    "no position": replace(delivered(RECORDED[3]), position=b""),
    "what the database does not take": delivered(
        Departments(UUID(int=7)).say(replace(FILED, customer="a zero byte \x00"))
    ),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
async def test_poison_is_put_aside_and_the_rest_is_kept(
    poison: Delivered, keeper: Keeper, grave: Grave, pool: asyncpg.Pool
) -> None:
    healthy = RECORDED[:3] + RECORDED[4:]
    batch = [*(delivered(each) for each in healthy[:3]), poison, *(delivered(each) for each in healthy[3:])]

    kept = await keeper.keep(batch)

    assert (grave.dead, kept) == ([poison], Counter(each.envelope.source for each in healthy))
    assert await positions(pool) == [each.position for each in healthy]
    assert all(grave.reasons)


class Flaky(Keeper):
    """Its transactions fail as told, then succeed."""

    def __init__(self, pool: asyncpg.Pool, grave: Grave, failures: Sequence[Exception]) -> None:
        super().__init__(pool, grave)
        self.failures = list(failures)
        self.troubles: list[str] = []

    async def _transaction(self, batch: Sequence[keeping.Heard]) -> list[keeping.Heard]:
        self.troubles.append(self.trouble)
        if self.failures:
            raise self.failures.pop(0)
        return await super()._transaction(batch)


TROUBLES = [
    ConnectionRefusedError("refused"),
    asyncpg.CannotConnectNowError("starting"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.DeadlockDetectedError("deadlock"),
    asyncpg.DiskFullError("full"),
    asyncpg.ReadOnlySQLTransactionError("a standby"),
]


async def test_while_the_database_is_in_trouble_the_batch_waits_and_says_why(
    pool: asyncpg.Pool, grave: Grave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LONGEST_WAIT", 0.02)
    keeper = Flaky(pool, grave, TROUBLES)

    kept = await keeper.keep([delivered(RECORDED[0])])

    assert (kept, grave.dead) == (Counter(intake=1), [])
    assert keeper.troubles == ["", *(f"the database does not take it: {trouble}" for trouble in TROUBLES)]
    assert keeper.trouble == ""
