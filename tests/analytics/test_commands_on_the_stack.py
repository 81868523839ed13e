"""``redress rebuild`` and ``redress reconcile`` as an operator runs them, beside a stack at work."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from deploy.cli.rebuilding import CASES, own_models
from deploy.dev.settings import PROJECT
from tests.journeys.case import Case
from tests.journeys.course import investigated, registered
from tests.journeys.house import opened, until
from tests.support.started import Started
from tests.support.waiting import eventually

WAITS_FOR_READERS = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted"


@pytest.fixture(scope="module")
async def case(stack: Started) -> Case:
    """A case that has come as far as the draft, and is in every read model that it belongs in."""
    async with opened(stack) as house:
        case = await registered(house)
        await investigated(case)

        async def kept() -> bool:
            with database(stack, "approval") as store, database(stack) as rows:
                return len(told(store, case)) == len(kept_of(rows, case, "approval"))

        await until(kept, "analytics has kept what approval said")
        return case


def database(stack: Started, service: str = "analytics") -> Connection[tuple[Any, ...]]:
    """psql at a service's database."""
    url = json.loads((stack.data / "run" / "environment.json").read_text("utf-8"))["DATABASE_URL"]
    return psycopg.connect(f"{url.rstrip('/')}/redress_{service}", autocommit=True)


def told(store: Connection[tuple[Any, ...]], case: Case) -> list[tuple[Any, ...]]:
    """What approval said of the case itself."""
    own = "SELECT topic FROM stored_events WHERE originator_id = %s AND topic LIKE 'approval.%%'"
    return store.execute(own, (case.id,)).fetchall()


def kept_of(rows: Connection[tuple[Any, ...]], case: Case, service: str) -> list[tuple[Any, ...]]:
    """What analytics has kept of it."""
    kept = "SELECT * FROM history WHERE (case_id, service) = (%s, %s) ORDER BY position"
    return rows.execute(kept, (case.id, service)).fetchall()


def noted(stack: Started, what: str) -> dict[str, Any]:
    """What the page of operations shows of it."""
    with database(stack) as rows:
        row = rows.execute("SELECT result FROM operations WHERE what = %s", (what,)).fetchone()
    return dict(row[0]) if row else {}


def models_of(printed: str) -> list[str]:
    """The read models that were switched."""
    return re.findall(r"^(\w+): .* Switched after [\d.]+ s\.$", printed, re.M)


def test_all_read_models_are_built_anew_beside_those_that_run(stack: Started, case: Case) -> None:
    with database(stack) as rows:
        before = kept_of(rows, case, "approval")
        watched = replace(stack, environment={**stack.environment, "FORCE_COLOR": "1"})

        done = watched.run("rebuild", "--all")

        assert (done.returncode, models_of(done.stdout)) == (0, [CASES, *own_models()]), done.stderr
        assert re.search(r"cases: exchanging.*%", done.stderr), "the bar shows what is done"
        assert kept_of(rows, case, "approval") == before
    [events] = re.findall(r"^cases: ([\d,]+) events", done.stdout)
    assert noted(stack, "rebuild")["events"] == int(events.replace(",", ""))


def test_one_read_model_is_built_anew(stack: Started, case: Case) -> None:
    with database(stack, "intake") as rows:
        rows.execute("DELETE FROM complaints WHERE case_id = %s", (case.id,))

        done = stack.run("rebuild", "complaints")

        assert (done.returncode, models_of(done.stdout)) == (0, ["complaints"]), done.stderr
        again = rows.execute("SELECT count(*) FROM complaints WHERE case_id = %s", (case.id,)).fetchone()
    assert again == (1,)


def test_what_is_no_read_model_is_told_in_a_sentence(stack: Started) -> None:
    done = stack.run("rebuild", "lunch")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no read model lunch: there are cases, ")


def test_an_interrupted_rebuild_goes_on(stack: Started, case: Case) -> None:
    with database(stack) as reader, database(stack) as looking, reader.transaction():
        reader.execute("SELECT FROM history LIMIT 1")
        rebuilding = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "rebuild", "cases"],
            env=stack.environment, cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        eventually(lambda: looking.execute(WAITS_FOR_READERS).fetchone() != (0,), "the exchange waits for a reader")
        rebuilding.send_signal(signal.SIGINT)
        said, _ = rebuilding.communicate(timeout=60)
    kept = "Broken off. What is built is kept: the next call goes on from there.\n"
    assert (rebuilding.returncode, said) == (130, kept)

    done = stack.run("rebuild", "cases")

    assert (done.returncode, models_of(done.stdout)) == (0, [CASES]), done.stderr
    [events, before] = re.findall(r"([\d,]+) (?:events|of them by an interrupted call)", done.stdout)
    assert before == events


def test_what_analytics_has_lost_is_named_and_filled_in(stack: Started, case: Case) -> None:
    with database(stack) as rows:
        before = kept_of(rows, case, "approval")
        rows.execute("DELETE FROM history WHERE (case_id, service) = (%s, 'approval')", (case.id,))

        looked, done, again = (stack.run("reconcile", *words) for words in (["--dry-run"], [], []))

        lost = f"{len(before)} event{'s' if len(before) > 1 else ''} of approval missing, the first at position "
        assert f"case {case.id}: {lost}" in looked.stderr
        assert f"{len(before)} events filled in. All of them fit now." in done.stdout
        assert again.stdout.startswith("Analytics holds what every store says.\n")
        assert [each.returncode for each in (looked, done, again)] == [1, 0, 0]
        assert kept_of(rows, case, "approval") == before
    assert noted(stack, "reconcile")["doing"] == "fill"
