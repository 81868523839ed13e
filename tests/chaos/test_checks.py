"""The harness's own account can fail: slips that are missing are named, and faults that never struck, and no surge."""

from collections import Counter
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from tests.chaos.campaign import MANY, NO_DISK, Campaign
from tests.chaos.checks.deadlines import due_at_once
from tests.chaos.checks.slips import INQUIRY, URGING, due_in, slips_in
from tests.chaos.faults import WIPE
from tests.chaos.faults.clocks import FORWARD
from tests.chaos.faults.servers import FULL
from tests.chaos.stores import Stored
from tests.chaos.surge import TIMES, USERS, Figures
from tests.chaos.tally import Tally

CASE = uuid4()
WORK = {"owner": "quality", "round": 1}
OPENED = ("intake.stage-opened", {"stage": "cause", **WORK})
ENDED = ("intake.stage-closed", {"stage": "cause", **WORK})
MISSED = ("analytics.deadline-missed", {"name": "cause", **WORK})
CLOSED: tuple[str, dict[str, Any]] = ("intake.case-closed", {})
URGED = (URGING, {"department": "quality", "stage": "cause", "round": 1})


def folder(*events: tuple[str, dict[str, Any]], at: str = "") -> list[Stored]:
    """A case as approval has it."""
    around = {"source": "", "type": "", "time": at, "site": "", "streamversion": 1, "hlc": ""}
    named = {"id": str(uuid4()), "subject": str(CASE)}
    states = [msgspec.json.encode({**around, **named, "data": data}) for _, data in events]
    return [Stored(0, CASE, 0, topic, state) for (topic, _), state in zip(events, states, strict=True)]


@pytest.mark.parametrize(
    ("heard", "due"),
    [
        ([OPENED, MISSED], {URGING}),
        ([MISSED, OPENED], {URGING}),
        ([OPENED, ENDED, MISSED], set()),
        ([OPENED, ENDED, MISSED, CLOSED], {INQUIRY}),
        ([OPENED, MISSED, ENDED, CLOSED], {URGING, INQUIRY}),
        ([OPENED, ENDED, CLOSED], set()),
    ],
)
def test_P1_25_P1_26_what_was_heard_says_which_slips_are_due(heard: list[Any], due: set[str]) -> None:
    assert due_in(folder(*heard)) == {(kind, "quality", "cause", 1) for kind in due}


OVER = ("analytics.deadline-missed", {"name": "overall", "owner": "gm-office", "round": 1})


@pytest.mark.parametrize(
    ("heard", "due"), [([OPENED, OVER], {(URGING, "gm-office", "overall", 1)}), ([CLOSED, OVER], set())]
)
def test_P1_23_P1_25_the_whole_case_is_its_owners_while_it_is_open(heard: list[Any], due: set[Any]) -> None:
    assert due_in(folder(*heard)) == due


@pytest.mark.parametrize(("due", "told"), [("2026-11-03T02:00:00Z", True), ("2026-11-03T02:00:01Z", False)])
def test_P1_23_a_stage_that_is_due_when_it_is_opened_is_told(due: str, told: bool) -> None:
    opened = (OPENED[0], {**OPENED[1], "deadline": {"due": due}})
    (event,) = folder(opened, at="2026-11-03T02:00:00Z")
    assert due_at_once([event]) == ([(CASE, "cause", "quality", 1)] if told else [])


def test_P1_25_a_slip_that_was_issued_is_not_missing() -> None:
    stream = folder(OPENED, MISSED, URGED)

    assert due_in(stream) - set(slips_in(stream)) == set()


def test_a_long_run_names_the_faults_that_never_struck() -> None:
    tally = Tally(7, notes=[NO_DISK])
    tally.struck(WIPE)
    faults = (WIPE, FORWARD, FULL)

    assert Campaign(7, MANY - 1, faults=faults).idle(tally) == []
    assert [each.seen for each in Campaign(7, MANY, faults=faults).idle(tally)] == ["clock forward"]


@pytest.mark.parametrize(
    ("figures", "promises"),
    [
        (Figures(calm=50, offered=499, crowd=TIMES * USERS - 1), ["a surge is none"]),
        (Figures(calm=50, offered=500, crowd=1), []),
        (Figures(calm=50, offered=60, crowd=TIMES * USERS), []),
        (Figures(accepted=2, answers=Counter({"201": 2})), []),
        (Figures(accepted=2, answers=Counter({"201": 2, "503": 9, "lost (TimeoutError)": 1})), []),
        (Figures(accepted=2, answers=Counter({"201": 2, "lost (TimeoutError)": 1})), ["too much work is not refused"]),
    ],
)
def test_a_surge_must_be_one_and_be_refused_in_words(figures: Figures, promises: list[str]) -> None:
    assert [each.promise.removesuffix(" in words") for each in figures.shortcomings()] == promises
