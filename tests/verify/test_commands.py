"""``redress verify``, ``checkpoint`` and ``export`` at the terminal, and the auditor's script beside them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

from deploy.cli import verifying
from deploy.cli.command import application
from deploy.dev.settings import PROJECT
from deploy.dev.trouble import Trouble
from shared.audit.evidence import LogEntry
from shared.audit.log_reader import reading
from shared.contracts.event import SERVICES
from shared.postgres.databases import Database, database_of, ensure_database
from tests.verify.house import CASE, OTHER, TWIN, furnish

RUN = f"commands_{uuid4().hex[:10]}"
SCRIPT = PROJECT / "deploy" / "audit" / "verify_export.py"


class Terminal:
    """Where an operator sits: the command, his folder, and psql."""

    def __init__(self, databases: dict[str, Database], folder: Path) -> None:
        self.databases = databases
        self.folder = folder
        self.before: dict[str, list[LogEntry]] = {}

    def __call__(self, *words: object) -> Result:
        return CliRunner().invoke(application(str(words[0])), [str(word) for word in words])

    def psql(self, service: str, statement: str) -> None:
        with reading(self.databases[service]) as log:
            self.before[service] = [entry for batch in log.batches() for entry in batch]
        with psycopg.connect(self.databases[service].url) as connection:
            connection.execute(statement.encode())

    def audit(self, export: Path) -> "subprocess.CompletedProcess[str]":
        (key,) = (self.folder / "checkpoints").glob("*.pem")
        alone = [sys.executable, "-I", str(SCRIPT), str(export), str(key)]
        return subprocess.run(alone, cwd=self.folder, capture_output=True, text=True, check=False)


def own(service: str, url: str) -> Database:
    """A database beside those of other tests."""
    return database_of(f"{RUN}_{service}", url)


@pytest.fixture(scope="module")
def databases(postgres_url: str) -> dict[str, Database]:
    """Five stores of these tests, four of them with cases."""
    databases = {service: own(service, postgres_url) for service in SERVICES}
    furnish(databases)
    return databases


@pytest.fixture
def redress(
    databases: dict[str, Database], postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    """A terminal at the stores as recorded; what is done with psql is undone afterwards."""
    monkeypatch.setattr(verifying, "database_of", own)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("REDRESS_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("REDRESS_CHECKPOINT_KEY", str(tmp_path / "key.pem"))
    monkeypatch.setenv("REDRESS_DATA", str(tmp_path / "data"))
    terminal = Terminal(databases, tmp_path)
    yield terminal
    for service, entries in terminal.before.items():
        with psycopg.connect(databases[service].url) as connection:
            for entry in entries:
                connection.execute(
                    "UPDATE stored_events SET state = %b WHERE notification_id = %b", (entry.state, entry.position)
                )


def lines(result: Result) -> list[str]:
    """What was printed, without how long it took."""
    return [line.rstrip() for line in result.stdout.splitlines() if not line.endswith(" s.")]


def test_stores_as_recorded_are_counted(redress: Terminal) -> None:
    result = redress("verify")

    assert (lines(result), result.exit_code) == (
        [
            "intake                 11 events in         3 streams   as recorded",
            "investigation           6 events in         1 streams   as recorded",
            "approval                8 events in         3 streams   as recorded",
            "finance                 6 events in         2 streams   as recorded",
            "analytics               0 events in         0 streams   as recorded",
            "No checkpoint vouches for this: a store rewritten as a whole, with its chain, would pass.",
        ],
        0,
    )


def test_a_byte_altered_with_psql_is_named(redress: Terminal) -> None:
    second = f"WHERE originator_id = '{CASE}' AND originator_version = 2"
    redress.psql("approval", f"UPDATE stored_events SET state = set_byte(state, 700, 88) {second}")

    result = redress("verify")

    assert result.exit_code == 1
    assert lines(result)[2] == "approval                8 events in         3 streams   1 NOT AS RECORDED"
    assert lines(result)[5] == (
        f"approval, case {CASE}, event 2 (position 4): altered; its bytes are not those whose hash event 3 names."
    )


def test_checkpoints_say_how_much_they_cover(redress: Terminal) -> None:
    assert redress("checkpoint").exit_code == 0

    told = lines(redress("verify"))[5]

    assert told.startswith("Checkpoint 1 of ")
    assert told.endswith(", and those before it cover 31 of 31 events.")


def test_a_checkpoint_by_hand_is_noted_like_one_of_the_schedule(redress: Terminal) -> None:
    home = redress.databases["analytics"]
    first = redress("checkpoint")
    assert (first.exit_code, "The page of operations does not know of it: " in first.stderr) == (0, True)

    ensure_database(home)
    assert redress("checkpoint").stderr == ""
    number = "SELECT result->>'number', result->>'trouble' FROM operations ORDER BY what"
    with psycopg.connect(home.url) as connection:
        assert connection.execute(number).fetchall() == [("2", None), ("2", None)]

        (redress.folder / "checkpoints" / "000001.heads").write_text("")
        assert str(redress("checkpoint").exception).startswith("No checkpoint was written. checkpoint 1: its list")
        changed = "checkpoint 1: its list of heads was changed"
        assert connection.execute(number).fetchall() == [(None, changed), ("2", None)]


def test_checkpoints_that_do_not_hold_are_told(redress: Terminal) -> None:
    redress("checkpoint")
    (redress.folder / "checkpoints" / "000001.heads").write_text("")

    result = redress("verify")

    assert (lines(result)[5], result.exit_code) == (
        "THE CHECKPOINTS DO NOT HOLD: checkpoint 1: its list of heads was changed.",
        1,
    )


def test_a_case_is_exported_and_verifies_on_its_own(redress: Terminal) -> None:
    redress("checkpoint")
    out = redress.folder / "case.jsonl"

    assert redress("export", CASE, "--out", out).exit_code == 0

    audit = redress.audit(out)
    assert (audit.stdout.splitlines()[1:], audit.stderr, audit.returncode) == (
        [
            f"Case {CASE}:",
            "  intake: 5 events as the checkpoint signed them.",
            "  investigation: 6 events as the checkpoint signed them.",
            "  approval: 5 events as the checkpoint signed them.",
            "  finance: 0 events as the checkpoint signed them.",
            "  analytics: 0 events as the checkpoint signed them.",
        ],
        "",
        0,
    )


def test_an_export_is_named_after_its_case(redress: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    redress("checkpoint")
    monkeypatch.chdir(redress.folder)

    assert redress("export", "261101").exit_code == 0

    assert redress.audit(redress.folder / "261101.jsonl").returncode == 0


def test_an_altered_export_is_refused_with_a_reason(redress: Terminal) -> None:
    redress("checkpoint")
    out = redress.folder / "case.jsonl"
    redress("export", CASE, "--out", out)
    out.write_bytes(out.read_bytes().replace(b"coating", b"varnish", 1))

    audit = redress.audit(out)

    assert (audit.stdout, audit.returncode) == ("", 1)
    assert audit.stderr == "REFUSED: the file is not as it was written: its last line is not the hash of the others\n"


def test_a_case_is_found_by_its_number(redress: Terminal) -> None:
    redress("checkpoint")
    by_id, by_number = redress.folder / "by-id.jsonl", redress.folder / "by-number.jsonl"
    redress("export", CASE, "--out", by_id)

    redress("export", "261101", "--out", by_number)

    assert by_number.read_bytes() == by_id.read_bytes()


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("261199", "There is no case 261199."),
        (str(uuid4()), "There is no case "),
        ("261102", f"Several sites have a case 261102; name it by its id: {OTHER}, {TWIN}."),
    ],
)
def test_a_case_that_is_not_to_be_found_is_told(redress: Terminal, case: str, why: str) -> None:
    redress("checkpoint")

    result = redress("export", case, "--out", redress.folder / "case.jsonl")

    assert isinstance(result.exception, Trouble)
    assert str(result.exception).startswith(why)


def tampered(redress: Terminal) -> None:
    redress("checkpoint")
    redress.psql("investigation", "UPDATE stored_events SET state = state || ' ' WHERE originator_version = 4")


def unproved(redress: Terminal) -> None:
    """No checkpoint was ever written."""


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (
            tampered,
            f"The case cannot be exported. investigation, case {CASE}, event 4 (position 4): altered; "
            "its bytes are not those whose hash event 5 names.",
        ),
        (unproved, "There is no checkpoint to prove the case by: write one with `redress checkpoint`."),
    ],
)
def test_what_cannot_be_proved_is_not_exported(redress: Terminal, before: Callable[[Terminal], None], why: str) -> None:
    before(redress)
    out = redress.folder / "case.jsonl"

    result = redress("export", CASE, "--out", out)

    assert (str(result.exception), out.exists()) == (why, False)


def test_a_server_that_is_away_is_told(redress: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres:x@127.0.0.1:1")

    for words in (["verify"], ["checkpoint"]):
        assert str(redress(*words).exception).startswith("The stores cannot be reached: is the stack running?")


def test_nothing_to_verify_is_told(redress: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "database_of", lambda service, url: database_of(f"none_{service}", url))

    assert str(redress("verify").exception) == "There is no store on this server yet, and no checkpoint of one."


@pytest.mark.parametrize(
    ("events", "words"),
    [
        (0, "0 events, which takes about 1 s."),
        (1_000_000, "1,000,000 events, which takes about 11 s."),
        (5_899_999, "5,899,999 events, which takes about 59 s."),
        (12_000_000, "12,000,000 events, which takes about 2 min 1 s."),
    ],
)
def test_how_long_it_will_take_is_said_first(events: int, words: str) -> None:
    assert verifying.foretold(events) == words
