"""Whatever a folder of approval hears, in whatever order: one slip for a deadline, one end for a task."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given as example
from hypothesis import settings
from hypothesis import strategies as st

from services.approval.domain import CloseFolder, DraftDisposition, IssueUrgingSlip, OpenTask, decide, evolve, initial
from shared.contracts import Event, Refused, intake
from shared.contracts.analytics import DeadlineMissed
from shared.contracts.approval import CopiesDistributed, DispositionDrafted, InquirySlipIssued, UrgingSlipIssued
from shared.contracts.commands import Command, File, draw_of
from tests.domain.approval.folders import closed, missed, opened
from tests.domain.story import CASE, NOW, by, rules_of

unhurried = settings(deadline=None)
WORK = (("cause", "quality"), ("opinion", "rd"), ("opinion", "manager-office"), ("draft", "sales"))
stages = st.tuples(st.sampled_from(WORK), st.integers(1, 2))
deadlines = st.one_of(stages, st.just((("overall", "gm-office"), 1)))


def draft(amount: int) -> DraftDisposition:
    return DraftDisposition(
        by=by("sales"), disposition="discount", inputs={"discounted": Decimal(amount)}, proposal="Less."
    )


wishes = st.one_of(
    stages.map(lambda at: OpenTask(heard=opened(*at[0], round=at[1]))),
    stages.map(lambda at: File(heard=closed(*at[0], round=at[1]))),
    deadlines.map(lambda at: IssueUrgingSlip(heard=missed(*at[0], round=at[1]))),
    st.just(CloseFolder(heard=intake.CaseClosed("261101"))),
    st.integers(1, 3).map(draft),
)


def told(commands: list[Command]) -> list[Event]:
    """Everything that comes of the commands, one after the other, numbers drawn as the gate draws them."""
    folder, said = initial(CASE), []
    drawn: Counter[str] = Counter()
    for wish in commands:
        draw = draw_of(wish, folder)
        serial = drawn[draw.series] + 1 if draw else 0
        try:
            events = list(decide(folder, replace(wish, serial=serial), rules_of(), NOW))
        except Refused:
            continue
        for event in events:
            folder = evolve(folder, event)
            if draw and isinstance(event, draw.event):
                drawn[draw.series] += 1
        said += events
    return said


@unhurried
@example(st.lists(wishes, max_size=25))
def test_P1_25_P1_26_one_slip_of_a_kind_for_a_deadline_and_numbers_without_gap(commands: list[Command]) -> None:
    said = told(commands)
    for kind, letter in ((UrgingSlipIssued, "U"), (InquirySlipIssued, "Q")):
        slips = [event for event in said if isinstance(event, kind)]
        assert [slip.number for slip in slips] == [f"{letter}2611{serial:02}" for serial in range(1, len(slips) + 1)]
        assert len({(slip.department, slip.stage, slip.round) for slip in slips}) == len(slips)


@unhurried
@example(st.lists(wishes, max_size=25))
def test_P1_26_after_the_closing_each_missed_deadline_of_a_stage_is_asked_about(commands: list[Command]) -> None:
    said = told([*commands, CloseFolder(heard=intake.CaseClosed("261101"))])
    late = {(at.owner, at.name, at.round) for at in said if isinstance(at, DeadlineMissed)}
    asked = {(slip.department, slip.stage, slip.round) for slip in said if isinstance(slip, InquirySlipIssued)}
    assert asked == {at for at in late if at[1] != "overall"}


@unhurried
@example(st.lists(wishes, max_size=25))
def test_P1_17_copies_go_out_once_at_most(commands: list[Command]) -> None:
    assert sum(isinstance(event, CopiesDistributed) for event in told(commands)) <= 1


@unhurried
@example(st.lists(wishes, max_size=25))
def test_P1_13_a_round_of_the_draft_ends_in_one_draft(commands: list[Command]) -> None:
    rounds = 0
    for event in told(commands):
        if event in (opened("draft", "sales", round=1), opened("draft", "sales", round=2)):
            rounds += 1
        if isinstance(event, DispositionDrafted):
            rounds -= 1
            assert rounds >= 0


@unhurried
@example(st.lists(wishes, max_size=25))
def test_a_folder_is_the_fold_of_its_events(commands: list[Command]) -> None:
    said = told(commands)
    half = initial(CASE)
    for event in said[: len(said) // 2]:
        half = evolve(half, event)
    for event in said[len(said) // 2 :]:
        half = evolve(half, event)
    whole = initial(CASE)
    for event in said:
        whole = evolve(whole, event)
    assert half == whole
