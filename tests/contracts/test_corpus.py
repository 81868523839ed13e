"""Whole cases as past releases stored them: every department folds them to what they were then, for ever."""

import json
from dataclasses import replace
from typing import Any

import pytest

from deploy.contracts.files import read_released
from deploy.contracts.schemas import ENVELOPE
from services.analytics.history import fold
from services.intake import domain as intake_domain
from shared.contracts import intake
from shared.eventstore.chain import first_break
from tests.contracts import corpus
from tests.contracts.corpus import Life, department_of, folded, lives
from tests.contracts.differing import differences

LIVES = lives()
STORED_ONLY = {("series.number-drawn", 1)}
DECLINED = next(life for life in LIVES if str(life) == "0.1.0/declined")

whole_life = pytest.mark.parametrize("life", LIVES, ids=str)


@whole_life
def test_an_old_case_folds_to_the_folders_that_it_had(life: Life) -> None:
    assert list(differences(life.folders, folded(life))) == []


@whole_life
def test_the_stored_bytes_are_as_they_were_recorded(life: Life) -> None:
    assert {service: first_break(life.states(service)) for service in life.services} == dict.fromkeys(life.services)


def test_every_event_that_was_released_occurs_in_a_life() -> None:
    lived = {key for life in LIVES for key in life.schemas()}
    assert set(read_released()) - {ENVELOPE, *STORED_ONLY} - lived == set()


def test_a_department_that_folds_otherwise_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(folder: Any, event: Any) -> Any:
        return folder if isinstance(event, intake.QuantityDetermined) else intake_domain.evolve(folder, event)

    planted = replace(department_of("intake"), evolve=forgetful)
    monkeypatch.setattr(corpus, "department_of", lambda name: planted if name == "intake" else department_of(name))

    assert list(differences(DECLINED.folders, folded(DECLINED))) == [".intake.defective was '12', is None"]


def test_a_history_that_folds_otherwise_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "CORRECTS", {})

    assert list(differences(DECLINED.folders, folded(DECLINED))) == [
        ".history.sheets.intake.complaint-filed.order was 'SO-0002', is 'SO-0001'",
        ".history.sheets.intake.complaint-filed.part was '车架管 34.9', is '车架管 31.8'",
    ]


@pytest.mark.parametrize(
    ("recorded", "found", "told"),
    [
        ({"a": 1}, {"a": 1, "learned": 2}, []),
        ({"a": {"b": 1}}, {"a": {"b": 1, "learned": 2}}, []),
        ({"a": 1}, {}, [".a is gone"]),
        ([1, 2], [1], [" was [1, 2], is [1]"]),
        ([{"a": 1}], [{"a": "1"}], ["[0].a was 1, is '1'"]),
        ({"a": []}, {"a": {}}, [".a was [], is {}"]),
    ],
)
def test_a_folder_may_learn_but_neither_forget_nor_change_its_mind(recorded: Any, found: Any, told: list[str]) -> None:
    assert list(differences(recorded, found)) == told


def test_altered_bytes_are_caught() -> None:
    states = DECLINED.states("intake")
    altered = json.loads(states[3]) | {"site": "KSH"}
    assert first_break([*states[:3], json.dumps(altered).encode(), *states[4:]]) == 5
