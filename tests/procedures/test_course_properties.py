"""Whatever happens, in whatever order: the course of a case keeps its promises (P1.13)."""

from hypothesis import given
from hypothesis import strategies as some

from shared.contracts import Event, approval
from tests.procedures.case import (
    CLOSED,
    DAY,
    ENDS,
    LOSS,
    NOW,
    UNTIL_CLOSED,
    Case,
    answered,
    filed,
    opinion,
    possible,
)

STRAY: tuple[Event, ...] = (
    *UNTIL_CLOSED[1:],
    LOSS,
    opinion("quality"),
    answered("rd"),
    approval.SentBack("a", "b", "c", "?"),
)
LONGEST = 60
"""Events within which any case must be closed if everybody just does his work."""


@some.composite
def cases(draw: some.DrawFn) -> Case:
    """A case in which anything possible happened, up to forty times, an hour to two days apart."""
    case, now = Case().hear(filed(draw(some.sampled_from(["domestic", "overseas"])))), NOW
    for _ in range(draw(some.integers(0, 40))):
        now += draw(some.sampled_from([DAY / 24, DAY / 2, DAY * 2]))
        stray = draw(some.integers(0, 4)) == 0
        case.hear(draw(some.sampled_from(STRAY if stray else possible(case) or STRAY)), at=now)
    return case


@given(cases())
def test_no_stage_is_opened_twice_in_the_same_round(case: Case) -> None:
    opened = [(each.stage, each.owner, each.round) for moves in case.moved for each in moves.opened]
    assert len(set(opened)) == len(opened)


@given(cases())
def test_only_what_was_opened_is_closed_and_only_once(case: Case) -> None:
    opened = {(each.stage, each.owner, each.round) for moves in case.moved for each in moves.opened}
    closed = [(each.stage, each.owner, each.round) for moves in case.moved for each in moves.closed]
    assert len(set(closed)) == len(closed)
    assert opened - set(closed) == set(case.open)


@given(cases())
def test_every_open_stage_can_be_ended_and_every_case_closed(case: Case) -> None:
    for _ in range(LONGEST):
        if not case.tasks.open:
            break
        task = case.tasks.open[0]
        case.hear(ENDS[task.stage][0](task.owner))
        assert task not in case.tasks.open
    assert case.tasks.open == ()
    assert CLOSED in [event for event, _ in case.heard]


@given(cases())
def test_until_it_is_closed_somebody_always_has_the_case(case: Case) -> None:
    assert case.tasks.open or CLOSED in [event for event, _ in case.heard]


@given(cases())
def test_the_same_events_make_the_same_moves(case: Case) -> None:
    again = Case()
    for event, at in case.heard:
        again.hear(event, at=at)
    assert (again.moved, again.tasks, again.facts) == (case.moved, case.tasks, case.facts)


@given(cases())
def test_P1_13_the_check_waits_for_both_opinions(case: Case) -> None:
    stages = {task.stage for task in case.tasks.open}
    assert not {"check", "opinion"} <= stages
    if "check" in stages:
        assert {"rd", "manager-office"} <= {task.owner for task in case.tasks.closed if task.stage == "opinion"}


@given(cases())
def test_nobody_is_warned_of_a_moment_that_is_gone(case: Case) -> None:
    for (_, at), moves in zip(case.heard, case.moved, strict=True):
        for stage in moves.opened:
            assert stage.deadline is None or all(
                at < moment < stage.deadline.due for _, moment in stage.deadline.warnings
            )
