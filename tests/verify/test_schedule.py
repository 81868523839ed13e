"""Checkpoints on a schedule: when something is new, by one instance, told in a table, never in a service's way."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import tuple_row

from shared.audit.checkpoint_schedule import (
    CheckpointSchedule,
    CheckpointSettings,
    interval_from_env,
    schedule_from_env,
)
from shared.audit.checkpoints import read_history
from shared.audit.log_reader import reading
from shared.audit.signing import keyring
from shared.audit.verification import verify
from shared.postgres.databases import Database, database_of
from tests.support.building import until
from tests.verify.generating import case_of, chain, fill

OFTEN = timedelta(seconds=0.2)


class Scheduled:
    """A server with one store, and whoever takes its checkpoints."""

    def __init__(self, postgres_url: str, folder: Path) -> None:
        self.url = postgres_url
        self.service = f"scheduled_{uuid4().hex[:10]}"
        self.folder = folder / "checkpoints"
        self.schedule = CheckpointSettings(self.folder, folder / "keys" / "key.pem", OFTEN)
        self.running: list[CheckpointSchedule] = []
        self.record(case=1, events=3)

    @property
    def database(self) -> Database:
        return database_of(self.service, self.url)

    def record(self, *, case: int, events: int, after: int = 0) -> None:
        """The events of a new case, at the end of the log."""
        entries = chain(case_of(case), events, self.service)
        fill(self.database, (entry._replace(position=after + entry.position) for entry in entries))

    def begin(self) -> CheckpointSchedule:
        loop = CheckpointSchedule(self.schedule, self.url, [self.service], self.database)
        loop.start()
        self.running.append(loop)
        return loop

    def numbers(self) -> list[int]:
        """The checkpoints there are."""
        return sorted(int(path.stem) for path in self.folder.glob("*.checkpoint"))

    def told(self, what: str = "checkpoint") -> dict[str, Any]:
        """What the table of operations says; nothing when it says nothing yet."""
        with psycopg.connect(self.database.url, row_factory=tuple_row) as connection:
            if connection.execute("SELECT to_regclass('operations')").fetchone() == (None,):
                return {}
            row = connection.execute("SELECT result FROM operations WHERE what = %s", (what,)).fetchone()
            return dict(row[0]) if row else {}

    async def tells(self, true: Callable[[dict[str, Any]], bool], what: str) -> None:
        await until(lambda: true(self.told()), what)


@pytest.fixture
async def scheduled(postgres_url: str, tmp_path: Path) -> AsyncIterator[Scheduled]:
    scheduled = Scheduled(postgres_url, tmp_path)
    yield scheduled
    for loop in scheduled.running:
        await loop.close()


async def test_a_checkpoint_is_taken_of_what_is_there_and_told(scheduled: Scheduled) -> None:
    scheduled.begin()
    await scheduled.tells(lambda told: told.get("number") == 1, "the first checkpoint is told")
    told = scheduled.told()
    assert told["lengths"] == {scheduled.service: 3}
    assert (told["streams"], scheduled.numbers()) == (1, [1])
    assert scheduled.told("checkpoint-covers") == told


async def test_nothing_new_makes_no_checkpoint_and_something_new_makes_one(scheduled: Scheduled) -> None:
    loop = scheduled.begin()
    await scheduled.tells(lambda told: told.get("number") == 1, "the first checkpoint")
    for _ in range(3):
        await loop.take()
    assert scheduled.numbers() == [1]

    scheduled.record(case=2, events=2, after=3)
    await scheduled.tells(lambda told: told.get("number") == 2, "the second checkpoint")
    history = read_history(scheduled.folder, keyring(scheduled.folder.glob("*.pem")))
    with reading(scheduled.database) as log:
        verdict = verify(scheduled.service, log, history.signed(scheduled.service))
    assert (history.trouble, verdict.sound, verdict.covered) == ("", True, 5)


async def test_a_second_instance_stands_by_until_the_first_ends(scheduled: Scheduled) -> None:
    first = scheduled.begin()
    await first.ready()
    second = scheduled.begin()
    with pytest.raises(TimeoutError):
        await second.ready(1.0)
    scheduled.running.remove(first)
    await first.close()
    await second.ready(10.0)


async def test_a_folder_that_cannot_be_written_is_told_and_keeps_nobody_from_working(scheduled: Scheduled) -> None:
    scheduled.folder.write_text("a file stands where the folder should be")
    loop = scheduled.begin()
    await scheduled.tells(lambda told: "trouble" in told, "the trouble is told")
    assert str(scheduled.folder) in scheduled.told()["trouble"]
    assert loop.missing() == ()

    scheduled.folder.unlink()
    await scheduled.tells(lambda told: told.get("number") == 1, "the first checkpoint, once the folder can be made")


async def test_a_store_that_does_not_go_on_gets_no_checkpoint(scheduled: Scheduled) -> None:
    scheduled.begin()
    await scheduled.tells(lambda told: told.get("number") == 1, "the first checkpoint")
    with psycopg.connect(scheduled.database.url) as connection:
        connection.execute("DELETE FROM stored_events WHERE notification_id = 3")
    await scheduled.tells(lambda told: "trouble" in told, "the trouble is told")
    assert scheduled.told()["trouble"] == (
        f"{scheduled.service}: the log ends at position 2; a checkpoint reached to 3"
    )
    assert scheduled.numbers() == [1]
    assert scheduled.told("checkpoint-covers")["number"] == 1


@pytest.mark.parametrize(
    ("said", "minutes"),
    [({}, 5.0), ({"REDRESS_MODE": "production"}, 15.0), ({"REDRESS_CHECKPOINT_MINUTES": "0.5"}, 0.5)],
)
def test_how_often(said: dict[str, str], minutes: float) -> None:
    places = {"REDRESS_CHECKPOINTS": "/elsewhere", "REDRESS_CHECKPOINT_KEY": "/safe/key.pem"}
    expected = CheckpointSettings(Path("/elsewhere"), Path("/safe/key.pem"), timedelta(minutes=minutes))
    assert schedule_from_env(said | places) == expected


@pytest.mark.parametrize("lacking", ["REDRESS_CHECKPOINTS", "REDRESS_CHECKPOINT_KEY"])
def test_none_where_no_folder_or_no_key_is_named(lacking: str) -> None:
    places = {"REDRESS_CHECKPOINTS": "/elsewhere", "REDRESS_CHECKPOINT_KEY": "/safe/key.pem"}
    assert schedule_from_env(places | {lacking: ""}) is None
    assert interval_from_env({"REDRESS_CHECKPOINT_MINUTES": "1440"}) == timedelta(days=1)


def test_no_minutes_are_refused() -> None:
    places = {"REDRESS_CHECKPOINTS": "/elsewhere", "REDRESS_CHECKPOINT_KEY": "/safe/key.pem"}
    with pytest.raises(ValueError, match="more than 0"):
        schedule_from_env(places | {"REDRESS_CHECKPOINT_MINUTES": "0"})
