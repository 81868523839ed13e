"""How much a form may hold: both sides of each list's bound at the door, and no bound for what was filed before."""

import json
from typing import Any

import pytest

from services.intake.domain import CorrectForm, ReturnForm, evolve, initial
from shared.http.body import body_of
from shared.http.problems import Problem
from tests.domain.intake.forms import filed
from tests.domain.story import CASE

FILE = {"digest": "a" * 64, "name": "crack.jpg", "media_type": "image/jpeg", "size": 1}
LISTS: dict[str, tuple[type, str, Any, int]] = {
    "samples": (CorrectForm, "samples", "label 7/42", 100),
    "attachments": (CorrectForm, "attachments", FILE, 100),
    "fields": (ReturnForm, "fields", "order", 50),
}


def read(command: type, name: str, value: Any) -> dict[str, Any]:
    """The body with this one field."""
    return body_of(command).read_json(
        json.dumps({"remark": "-", name: value} if name == "fields" else {name: value}).encode()
    )


@pytest.mark.parametrize(("command", "name", "member", "most"), LISTS.values(), ids=LISTS)
def test_a_list_holds_so_many_and_not_one_more(command: type, name: str, member: Any, most: int) -> None:
    assert len(read(command, name, [member] * most)[name]) == most

    with pytest.raises(Problem) as refused:
        read(command, name, [member] * (most + 1))
    assert [(wrong.field, wrong.key, wrong.values["max_length"]) for wrong in refused.value.fields] == [
        (name, "problem.too_long", most)
    ]


def test_a_form_of_a_hundred_thousand_samples_that_was_filed_before_is_still_folded() -> None:
    many = filed(samples=("label 7/42",) * 100_000)
    assert evolve(initial(CASE), many).filed
