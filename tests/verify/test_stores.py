"""What somebody does to a store with SQL is found by walking it, and told with case, event, position and reason."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest

from deploy.cli.verifying import sentence
from shared.audit.evidence import CheckpointEvidence
from shared.audit.log_reader import reading
from shared.audit.verification import Verdict, verify
from shared.commands.requests import CommandRequest
from shared.eventstore.number_series import series_stream
from shared.postgres.databases import database_of
from tests.support.building import CLERK, Building, open_case
from tests.support.office import Number
from tests.verify.conftest import Kept
from tests.verify.generating import case_of

A, B, C, D = (str(case_of(number)) for number in range(4))


@pytest.fixture
async def building(postgres_url: str) -> AsyncIterator[Building]:
    """A building without Kafka."""
    building = Building(postgres_url)
    yield building
    await building.close()


def at(case: str, version: int) -> str:
    return f"WHERE originator_id = '{case}' AND originator_version = {version}"


def shifted(case: str, beyond: int, by: int) -> tuple[str, str]:
    """Two statements that move the numbers of later events, around the primary key."""
    return (
        f"UPDATE stored_events SET originator_version = originator_version + 1000 "
        f"WHERE originator_id = '{case}' AND originator_version > {beyond}",
        f"UPDATE stored_events SET originator_version = originator_version - 1000 + {by} "
        f"WHERE originator_id = '{case}' AND originator_version > 1000",
    )


def forged(case: str, version: int, under: int, text: str = "forged") -> str:
    """An event made from the one with that version, as the next of the log, stored under another number."""
    return (
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
        f"SELECT originator_id, {under}, topic, convert_to(replace(convert_from(state, 'UTF8'), 'coating', '{text}'), "
        f"'UTF8') FROM stored_events {at(case, version)}"
    )


def changed(case: str, version: int, old: str, new: str) -> str:
    """An event in which a text was replaced."""
    now = f"convert_to(replace(convert_from(state, 'UTF8'), '{old}', '{new}'), 'UTF8')"
    return f"UPDATE stored_events SET state = {now} {at(case, version)}"


LINKED = f"""
    INSERT INTO stored_events (originator_id, originator_version, topic, state)
    SELECT originator_id, 7, topic, convert_to(replace(replace(convert_from(state, 'UTF8'),
        '"streamversion":6', '"streamversion":7'),
        convert_from(state, 'UTF8')::jsonb ->> 'prevhash', encode(sha256(state), 'hex')), 'UTF8')
    FROM stored_events {at(B, 6)}
"""
"""A seventh event that says everything that a seventh event has to say."""

PLANTED: dict[str, tuple[tuple[str, ...], str]] = {
    "one bit of an event": (
        (f"UPDATE stored_events SET state = set_bit(state, 6000, 1 - get_bit(state, 6000)) {at(B, 3)}",),
        f"case {B}, event 3 (position 8): altered; its bytes are not those whose hash event 4 names.",
    ),
    "one letter of an event": (
        (changed(C, 1, "coating", "Coating"),),
        f"case {C}, event 1 (position 3): altered; its bytes are not those whose hash event 2 names.",
    ),
    "nothing but a space": (
        (f"UPDATE stored_events SET state = state || ' ' {at(B, 5)}",),
        f"case {B}, event 5 (position 14): altered; its bytes are not those whose hash event 6 names.",
    ),
    "the day on which it was said": (
        (changed(A, 4, "2026-11-02", "2026-11-01"),),
        f"case {A}, event 4 (position 10): altered; its bytes are not those whose hash event 5 names.",
    ),
    "two events altered": (
        (changed(A, 2, "coating", "paint"), changed(A, 3, "coating", "paint")),
        f"case {A}, event 2 (position 4): altered; its bytes are not those whose hash event 3 names; "
        "nor are those of event 3 the ones that event 4 names.",
    ),
    "an event cut short": (
        (f"UPDATE stored_events SET state = substr(state, 1, 200) {at(A, 2)}",),
        f"case {A}, event 2 (position 4): altered; its bytes are no event.",
    ),
    "an event emptied": (
        (f"UPDATE stored_events SET state = NULL {at(A, 6)}",),
        f"case {A}, event 6 (position 16): altered; its bytes are no event.",
    ),
    "the name under which it is stored": (
        (f"UPDATE stored_events SET topic = 'testing.opened' {at(A, 6)}",),
        f"case {A}, event 6 (position 16): altered; "
        "it is stored as 'testing.opened', but says that it is 'testing.noted'.",
    ),
    "the number that it says it has": (
        (changed(C, 6, '"streamversion":6', '"streamversion":7'),),
        f"case {C}, event 6 (position 18): altered; it is stored under number 6, but says that it is event 7.",
    ),
    "the number of the last": (
        (f"UPDATE stored_events SET originator_version = 9 {at(C, 6)}",),
        f"case {C}, event 6 (position 18): altered; it is stored under number 9, but says that it is event 6.",
    ),
    "the first removed": (
        (f"DELETE FROM stored_events {at(A, 1)}",),
        f"case {A}, event 1: removed; it is missing: the stream begins with event 2.",
    ),
    "two removed": (
        (f"DELETE FROM stored_events {at(A, 3)}", f"DELETE FROM stored_events {at(A, 4)}"),
        f"case {A}, event 3: removed; it is missing: event 2 is followed by event 5.",
    ),
    "one removed and the gap closed": (
        (f"DELETE FROM stored_events {at(A, 3)}", *shifted(A, 3, -1)),
        f"case {A}, event 3: removed; it is missing: event 2 is followed by event 4.",
    ),
    "the last removed": (
        (f"DELETE FROM stored_events {at(A, 6)}",),
        f"case {A}, event 6: truncated; the stream ends with event 5, and the commands on record reach to event 6.",
    ),
    "cut off": (
        (f"DELETE FROM stored_events WHERE originator_id = '{A}' AND originator_version > 3",),
        f"case {A}, event 4: truncated; the stream ends with event 3, and the commands on record reach to event 6.",
    ),
    "a whole case removed": (
        (f"DELETE FROM stored_events WHERE originator_id = '{A}'",),
        f"case {A}, event 1: truncated; the whole stream is gone, and the commands on record reach to event 6.",
    ),
    "a copy appended": (
        (forged(B, 6, 7, "coating"),),
        f"case {B}, event 7 (position 19): inserted; it is a copy of event 6.",
    ),
    "a forged one appended": (
        (forged(B, 6, 7),),
        f"case {B}, event 7 (position 19): inserted; it says that it is event 6, and there is another one.",
    ),
    "a forged one appended with its chain": (
        (LINKED,),
        f"case {B}, event 7 (position 19): inserted; no command on record led to it.",
    ),
    "a forged one appended with its chain, and the commands of the case removed": (
        (LINKED, f"DELETE FROM commands WHERE subject = '{B}'"),
        f"case {B}, event 1 (position 2): inserted; no command on record led to it.",
    ),
    "a whole case put in": (
        (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
            f"SELECT '{D}', 1, topic, convert_to(replace(convert_from(state, 'UTF8'), '{A}', '{D}'), 'UTF8') "
            f"FROM stored_events {at(A, 1)}",
        ),
        f"case {D}, event 1 (position 19): inserted; no command on record led to it.",
    ),
    "a forged one pushed in": (
        (*shifted(B, 3, 1), forged(B, 5, 4)),
        f"case {B}, event 4 (position 19): inserted; the event that had its number is stored under 5.",
    ),
    "an earlier one pushed in": (
        (*shifted(B, 3, 1), forged(B, 2, 4)),
        f"case {B}, event 4 (position 19): inserted; "
        "it is not the one that followed event 3, which is stored under number 5.",
    ),
    "one of another case pushed in": (
        (
            *shifted(B, 3, 1),
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
            f"SELECT '{B}', 4, topic, state FROM stored_events {at(A, 4)}",
        ),
        f"case {B}, event 4 (position 19): inserted; it says that testing said it in {A}.",
    ),
    "one before the first": (
        (forged(B, 1, 0),),
        f"case {B}, event 0 (position 19): inserted; it stands under a number that was never given or is taken.",
    ),
    "two exchanged": (
        (
            f"UPDATE stored_events SET originator_version = 100 {at(B, 3)}",
            f"UPDATE stored_events SET originator_version = 3 {at(B, 5)}",
            f"UPDATE stored_events SET originator_version = 5 {at(B, 100)}",
        ),
        f"case {B}, event 3 (position 8): reordered; it is stored under number 5, and event 5 under number 3.",
    ),
    "one put at the end": (
        (f"UPDATE stored_events SET originator_version = 9 {at(C, 3)}",),
        f"case {C}, event 3 (position 9): reordered; it is stored under number 9.",
    ),
    "one put later in the log": (
        (f"UPDATE stored_events SET notification_id = 1000 {at(B, 3)}",),
        f"case {B}, event 4 (position 11): reordered; in the log it stands before event 3.",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_was_done_with_sql_is_named(what: str, kept: Kept) -> None:
    statements, expected = PLANTED[what]

    kept.do(*statements)

    assert [sentence(finding) for finding in kept.verdict().findings] == [f"testing, {expected}"]


def test_a_store_as_recorded_is_as_recorded(kept: Kept) -> None:
    assert kept.verdict() == Verdict("testing", events=18, streams=3, covered=0)


def test_every_case_concerned_is_named_once_in_the_order_of_the_log(kept: Kept) -> None:
    kept.do(
        "CREATE TEMP TABLE fourth AS SELECT originator_id, state FROM stored_events WHERE originator_version = 4",
        f"UPDATE stored_events SET state = (SELECT state FROM fourth WHERE originator_id = '{A}') {at(B, 4)}",
        f"UPDATE stored_events SET state = (SELECT state FROM fourth WHERE originator_id = '{B}') {at(A, 4)}",
        changed(A, 5, "coating", "paint"),
    )

    assert [sentence(finding) for finding in kept.verdict().findings] == [
        f"testing, case {A}, event 4 (position 10): inserted; it says that testing said it in {B}.",
        f"testing, case {B}, event 4 (position 11): inserted; it says that testing said it in {A}.",
    ]


def test_what_a_service_never_said_is_strange_in_its_store(kept: Kept) -> None:
    with reading(kept.database) as log:
        verdict = verify("intake", log, CheckpointEvidence())

    assert sentence(verdict.findings[0]) == (
        f"intake, case {A}, event 1 (position 1): altered; it says that testing said it in {A}."
    )


def test_a_store_that_was_never_made_is_empty(postgres_url: str) -> None:
    with reading(database_of("never_made", postgres_url)) as log:
        assert verify("never_made", log, CheckpointEvidence()) == Verdict("never_made", events=0, streams=0, covered=0)


def test_verification_cannot_write(kept: Kept) -> None:
    with reading(kept.database) as log, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        log._connection.execute("DELETE FROM stored_events")


async def test_what_the_gate_records_verifies_with_its_series(building: Building) -> None:
    gate = building.gate()
    case = await open_case(gate)
    for _ in range(3):
        await gate.submit(CommandRequest.of(case, Number(by=CLERK), command_id=uuid4()))
    kept_series = str(series_stream("number/TPE"))

    with reading(building.database()) as log:
        assert verify("testing", log, CheckpointEvidence()) == Verdict("testing", events=7, streams=2, covered=0)
        assert [entry.version for entry in log.stream(kept_series)] == [1, 2, 3]
    with psycopg.connect(building.database().url) as connection:
        connection.execute(f"DELETE FROM stored_events {at(kept_series, 2)}".encode())
    with reading(building.database()) as log:
        assert [sentence(finding) for finding in verify("testing", log, CheckpointEvidence()).findings] == [
            "testing, series number/TPE, event 2: removed; it is missing: event 1 is followed by event 3."
        ]
