"""The alert rules: promtool takes them, each fires on the right side of its limit, and a limit moved is noticed."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.dev.services import MODULES
from deploy.dev.settings import PROJECT
from tests.watching import promtool

FOLDER = PROJECT / "deploy" / "prometheus"
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((FOLDER / "rules.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
TESTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "rules_test.yaml").read_text("utf-8"))["tests"]
LIMIT = re.compile(r"(?<=[<>] )(\d+(?:\.\d+)?)")
SMALL = 5.0
"""Up to here a limit is moved by one, above by a twentieth."""


@pytest.fixture(scope="session")
def tool() -> Path:
    """promtool. Skips where none can be had, but not in CI."""
    try:
        return promtool.find()
    except promtool.NoPromtool as lack:
        if os.environ.get("CI"):
            pytest.fail(str(lack))
        pytest.skip(str(lack))


def run(tool: Path, *arguments: str | Path, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool, *arguments], cwd=folder, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("what", [("rules", "rules.yaml"), ("config", "prometheus.yaml")])
def test_promtool_takes_the_file(tool: Path, what: tuple[str, str]) -> None:
    checked = run(tool, "check", *what)

    assert (checked.returncode, "FAILED" in checked.stdout) == (0, False), checked.stderr


def test_every_alert_fires_on_the_right_side_of_its_limit(tool: Path) -> None:
    tested = run(tool, "test", "rules", "rules_test.yaml")

    assert "FAILED" not in tested.stdout + tested.stderr
    assert tested.returncode == 0


def test_every_alert_is_seen_both_silent_and_firing() -> None:
    looks = [look for test in TESTS for look in test["alert_rule_test"]]
    seen = {alert: {bool(look["exp_alerts"]) for look in looks if look["alertname"] == alert} for alert in RULES}

    assert seen == {alert: {True, False} for alert in RULES}
    assert {look["alertname"] for look in looks} == set(RULES)


@pytest.mark.parametrize("alert", RULES)
def test_a_rule_that_was_not_changed_passes_alone(tool: Path, tmp_path: Path, alert: str) -> None:
    assert run_changed(tool, tmp_path, alert, {}).returncode == 0


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("alert", RULES)
def test_a_limit_that_was_moved_is_noticed(tool: Path, tmp_path: Path, alert: str, up: bool) -> None:
    expr = RULES[alert]["expr"]
    moved = LIMIT.sub(lambda found: str(nudged(float(found[0]), up)), expr, count=1)

    assert moved != expr
    assert run_changed(tool, tmp_path, alert, {"expr": moved}).returncode != 0


@pytest.mark.parametrize("alert", [alert for alert, rule in RULES.items() if "for" in rule])
@pytest.mark.parametrize("patience", ["0s", "3d"])
def test_a_patience_that_was_changed_is_noticed(tool: Path, tmp_path: Path, alert: str, patience: str) -> None:
    assert run_changed(tool, tmp_path, alert, {"for": patience}).returncode != 0


def nudged(limit: float, up: bool) -> float:
    step = 1.0 if limit.is_integer() and limit <= SMALL else limit / 20
    return limit + step if up else limit - step


def run_changed(tool: Path, folder: Path, alert: str, change: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The tests of one alert, on a rule that was changed."""
    about = [test for test in TESTS if test["alert_rule_test"][0]["alertname"] == alert]
    rules = {"groups": [{"name": "redress", "rules": [RULES[alert] | change]}]}
    tests = {"rule_files": ["rules.yaml"], "evaluation_interval": "15s", "tests": about}
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules), "utf-8")
    (folder / "rules_test.yaml").write_text(yaml.safe_dump(tests), "utf-8")
    return run(tool, "test", "rules", "rules_test.yaml", folder=folder)


def test_every_alert_says_how_urgent_it_is_and_what_it_means() -> None:
    assert {rule["labels"]["severity"] for rule in RULES.values()} == {"page", "ticket"}
    assert [alert for alert, rule in RULES.items() if set(rule["annotations"]) != {"summary", "description"}] == []


def test_every_process_of_the_stack_is_scraped() -> None:
    example = yaml.safe_load((FOLDER / "prometheus.yaml").read_text("utf-8"))
    targets = example["scrape_configs"][0]["static_configs"]

    assert {target["labels"]["process"] for target in targets} == set(MODULES)
