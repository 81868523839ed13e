"""Statements on many keys find them by an index, also by a plan that was made while the store was empty."""

import re
from itertools import count
from types import ModuleType

import pytest

from shared.eventstore import tables
from shared.messaging import missing_events
from shared.recovery import restore
from tests.support.building import Building

FILLS_ARRAYS = re.compile(r"unnest\(|= ANY\(")
GROUNDS = re.compile(r"(SELECT string_agg.*?) INTO other(.*?);", re.DOTALL)
"""The question inside the function that appends; its arguments become parameters."""


def statements(*modules: ModuleType) -> dict[str, str]:
    """Every statement of these modules that is given an array of keys, with numbered parameters."""
    found = {
        f"{module.__name__}.{name}": text
        for module in modules
        for name, text in vars(module).items()
        if isinstance(text, str) and FILLS_ARRAYS.search(text) and re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", text)
    }
    return {name: numbered(text) for name, text in found.items()} | {"append_events": grounds()}


def numbered(text: str) -> str:
    """``$1``, ``$2`` … for each ``%b``."""
    places = count(1)
    return re.sub("%b", lambda _: f"${next(places)}", text)


def grounds() -> str:
    """What ``append_events`` asks of what new events stand on."""
    question = GROUNDS.search("".join(tables.CREATE))
    assert question is not None
    return (
        "".join(question.groups())
        .replace("unnest(grounds, heights, hashes)", "unnest($1::uuid[], $2::bigint[], $3::text[])")
    )  # fmt: skip


STATEMENTS = statements(tables, missing_events, restore)


def test_the_statements_are_found() -> None:
    """The four that read the whole log are among those that are looked at."""
    assert {
        "append_events", "shared.eventstore.tables.SELECT_STREAMS", "shared.eventstore.tables.SELECT_COMMANDS",
        "shared.messaging.missing_events.LACKING",
    } <= STATEMENTS.keys()  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_plan_made_on_an_empty_store_reads_no_whole_table(building: Building, name: str) -> None:
    store = building.store()
    store.prepare()
    with store.connection() as connection:
        rows = connection.execute(f"EXPLAIN (GENERIC_PLAN) {STATEMENTS[name]}").fetchall()  # type: ignore[call-overload]
    plan = "\n".join(str(row) for row in rows)
    assert "Seq Scan" not in plan, plan


async def test_a_join_would_be_found(building: Building) -> None:
    """The guard can fail: the same question as a join reads the whole log."""
    store = building.store()
    store.prepare()
    join = """
        SELECT e.state FROM unnest($1::uuid[], $2::bigint[]) AS k (id, version)
        JOIN stored_events AS e ON (e.originator_id, e.originator_version) = (k.id, k.version)
    """
    with store.connection() as connection:
        plan = str(connection.execute(f"EXPLAIN (GENERIC_PLAN) {join}").fetchall())
    assert "Seq Scan" in plan, plan
