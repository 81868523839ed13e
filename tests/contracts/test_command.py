"""`redress contracts`: writes the documents, tells what changed, and releases only what is borne."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from deploy.cli.contracts import write_contracts
from deploy.contracts.channels import RELIED_ON
from deploy.contracts.compatibility import CHANGED
from deploy.contracts.files import EVENTS, read_released
from deploy.contracts.schemas import declared, schemas

ACCEPTED = "intake.case-accepted.v1.json"


def contracts(out: Path, *arguments: str) -> Result:
    """Run the word on a folder."""
    app = Typer()
    app.command()(write_contracts)
    return CliRunner().invoke(app, ["--out", str(out), *arguments])


def texts(folder: Path) -> dict[str, str]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.*") if path.is_file()}


def undated(folder: Path) -> dict[str, str]:
    """What is written of the declarations as they are: without the last release, and without what people wrote."""
    found = texts(folder)
    return {path: text for path, text in found.items() if not path.startswith("released/") and path[-3:] != ".md"}


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A folder in which everything is written and released."""
    assert contracts(tmp_path, "--release").exit_code == 0
    return tmp_path


def plant(released: Path, field: str) -> None:
    """Have the last release promise a field more than is declared."""
    file = released / "released" / ACCEPTED
    schema = json.loads(file.read_text("utf-8"))
    schema["properties"][field] = {"type": "string"}
    file.write_text(json.dumps(schema), "utf-8")


def test_it_writes_what_lies_in_the_repository(released: Path) -> None:
    assert undated(released) == undated(EVENTS)
    assert read_released(released) == schemas(declared())


def test_it_says_when_there_is_nothing_to_do(released: Path) -> None:
    assert contracts(released).stdout == f"{len(declared())} events, 0 changes since the last release.\n"


def test_it_mends_what_is_stale_and_takes_away_what_is_of_no_event(released: Path) -> None:
    (released / "schemas" / ACCEPTED).write_text("{}", "utf-8")
    (released / "schemas" / "intake.never-said.v1.json").write_text("{}", "utf-8")
    (released / "asyncapi.yaml").unlink()

    told = contracts(released).stdout.splitlines()

    assert [line.rpartition("/")[2] for line in told[:-1]] == ["asyncapi.yaml", ACCEPTED, "intake.never-said.v1.json"]
    assert texts(released / "schemas") == texts(EVENTS / "schemas")


def test_it_tells_what_breaks_and_does_not_release_it(released: Path) -> None:
    plant(released, "clerk")
    before = texts(released / "released")

    answer = contracts(released, "--release")

    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [f"intake.case-accepted version 1: clerk is gone; {CHANGED}"]
    assert texts(released / "released") == before


def test_it_does_not_release_a_topic_that_was_renamed(released: Path) -> None:
    file = released / "released" / "asyncapi.yaml"
    promised = file.read_text("utf-8").replace("address: redress.intake\n", "address: redress.complaints\n")
    file.write_text(promised, "utf-8")

    answer = contracts(released, "--release")

    told = f"channel intake: address was redress.complaints and is redress.intake; {RELIED_ON}\n"
    assert (answer.exit_code, answer.stdout, file.read_text("utf-8")) == (1, told, promised)


def test_a_version_that_is_declared_no_longer_stays_promised(released: Path) -> None:
    (released / "released" / ACCEPTED).rename(released / "released" / "intake.case-accepted.v0.json")

    assert contracts(released, "--release").exit_code == 0
    assert ("intake.case-accepted", 0) in read_released(released)
