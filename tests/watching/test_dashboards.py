"""The dashboards and rules speak only of figures that a process gives, and Grafana finds what it asks of a file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.dev.settings import PROJECT
from tests.watching.exported import exported, names_in, unknown_in

DASHBOARDS = sorted((PROJECT / "deploy" / "grafana").glob("*.json"))
RULES = PROJECT / "deploy" / "prometheus" / "rules.yaml"
OPERATIONS = PROJECT / "docs" / "operations.md"
TOLD = {
    "the house": {
        "redress_commands_total", "redress_append_seconds_bucket", "redress_relay_lag_seconds",
        "redress_inbox_lag_events", "redress_projection_lag_events", "redress_dead_letters", "redress_cases_open",
        "redress_cases_overdue",
    },
    "operations": {
        "up", "redress_ready", "redress_checkpoint_timestamp_seconds", "redress_files_free_bytes",
        "redress_clock_ahead_seconds", "redress_http_requests_total", "process_resident_memory_bytes",
    },
}  # fmt: skip
"""What each dashboard must show, by the end of its title."""


def board(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def expressions(path: Path) -> list[str]:
    """What the panels of a dashboard ask Prometheus; a variable of Grafana's stands for some value."""
    return [target["expr"] for panel in board(path)["panels"] for target in panel["targets"]]


def alerts() -> dict[str, str]:
    return {rule["alert"]: rule["expr"] for rule in yaml.safe_load(RULES.read_text("utf-8"))["groups"][0]["rules"]}


def test_there_is_a_dashboard_of_the_house_and_one_of_operations() -> None:
    shown = {board(path)["title"].removeprefix("Redress: "): path for path in DASHBOARDS}

    assert set(shown) == set(TOLD)
    for title, wanted in TOLD.items():
        assert wanted - set().union(*map(names_in, expressions(shown[title]))) == set()


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_has_what_grafana_asks_of_a_file(path: Path) -> None:
    dashboard = board(path)

    assert re.fullmatch(r"[a-z-]{1,40}", dashboard["uid"])
    assert (dashboard["schemaVersion"] >= 36, set(dashboard["time"])) == (True, {"from", "to"})
    assert "id" not in dashboard, "Grafana numbers it itself"
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == ["datasource", "service"]
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
    for panel in dashboard["panels"]:
        assert panel["type"] in ("stat", "timeseries")
        assert panel["datasource"]["uid"] == "${datasource}", "a file names no one's data source"
        assert (panel["title"] != "", set(panel["gridPos"])) == (True, {"x", "y", "w", "h"})
        assert [target["refId"] for target in panel["targets"]] == list("ABC"[: len(panel["targets"])])


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_no_panel_lies_on_another(path: Path) -> None:
    cells: list[tuple[int, int]] = []
    for panel in board(path)["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells += [(at["x"] + right, at["y"] + down) for right in range(at["w"]) for down in range(at["h"])]

    assert len(set(cells)) == len(cells)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_asks_for_what_a_process_gives(path: Path) -> None:
    assert {asked: unknown for asked in expressions(path) if (unknown := unknown_in(asked))} == {}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_legend_names_labels_that_are_left(path: Path) -> None:
    for panel in board(path)["panels"]:
        for target in panel["targets"]:
            labels = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            grouped = re.search(r"\bby \(([\w, ]*)\)", target["expr"])
            left = {label.strip() for label in grouped[1].split(",")} if grouped else {"process", "instance", "job"}
            assert labels <= left, target["expr"]


def test_every_alert_asks_for_what_a_process_gives() -> None:
    assert {alert: unknown for alert, asked in alerts().items() if (unknown := unknown_in(asked))} == {}


@pytest.mark.parametrize(
    ("planted", "unknown"),
    [
        ("redress_relay_lag_minutes > 1", {"redress_relay_lag_minutes"}),
        ("redress_append_seconds > 1", {"redress_append_seconds"}),
        ("sum by (case) (redress_dead_letters)", {"case"}),
        ('redress_dead_letters{reason="failed"}', {"reason"}),
    ],
)
def test_a_figure_that_nobody_gives_is_noticed(planted: str, unknown: set[str]) -> None:
    assert unknown_in(planted) == unknown


def test_every_figure_of_ours_is_told_in_the_manual() -> None:
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported() if name.startswith("redress_")}
    told = set(re.findall(r"redress_\w+", OPERATIONS.read_text("utf-8")))

    assert {name for name in ours if name not in told and not name.endswith("_created")} == set()
