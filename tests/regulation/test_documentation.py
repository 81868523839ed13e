"""What a writer of regulations reads is true: the reference is the model's, what the tutorial says can be done is."""

from pathlib import Path

from typer.testing import CliRunner

from deploy.cli.packs import app
from deploy.dev.settings import PROJECT
from deploy.regulation.reference import reference
from deploy.regulation.rules import all_rules, rules, stated
from deploy.regulation.skeleton import SKELETON
from tests.regulation.packs import findings

DOCS = PROJECT / "docs" / "pack-language"


def test_the_reference_is_written_from_the_model() -> None:
    assert (DOCS / "reference.md").read_text("utf-8") == reference(), "run `redress pack reference`"


def test_the_table_of_rules_is_written_from_the_packs() -> None:
    assert (PROJECT / "docs" / "rules.md").read_text("utf-8") == rules(), "run `redress pack rules`"


def test_every_rule_of_the_sources_stands_somewhere() -> None:
    said, waiting, _ = stated()
    assert sorted(set(all_rules()) - said.keys() - waiting.keys()) == []
    assert len(set(all_rules()) & said.keys()) >= 85


def test_what_a_pack_begins_with_is_sound() -> None:
    assert findings(SKELETON.replace("NAME", "my-firm")) == []


def test_a_pack_is_begun_proved_and_played(tmp_path: Path) -> None:
    file = tmp_path / "my-firm.yaml"
    run = CliRunner().invoke
    assert run(app, ["new", "my-firm", "--folder", str(tmp_path)]).exit_code == 0
    assert run(app, ["lint", str(file)]).output == f"{file}: nothing to mend, 0 known, 0 not carried out yet\n"
    typed = "1\n王芳\n排队\nwait 4 wd\n1\n已处理\n1\n1\n1\n"
    played = run(app, ["try", str(file), "--begins", "2026-11-02T09:30"], input=typed)
    assert played.exit_code == 0
    assert "! 2026-11-05 09:30 Handled: late" in played.output
    assert played.output.rstrip().endswith("the case has ended")
