"""Tasks are what the register said of stages, and nothing else."""

from dataclasses import replace

from shared.contracts.intake import StageClosed, StageOpened
from shared.procedures.course.tasks import Task, Tasks
from tests.procedures.case import CAUSE, NOW

RD = StageOpened("opinion", "rd", 1, "P1.13")
OFFICE = StageOpened("opinion", "manager-office", 1, "P1.13", level="supervisor")
AGAIN = StageOpened("opinion", "rd", 2, "P1.13")


def tasks(*events: StageOpened | StageClosed) -> Tasks:
    folded = Tasks()
    for event in events:
        folded = folded.evolve(event)
    return folded


def task(event: StageOpened) -> Task:
    return Task(event.stage, event.owner, event.round, event.level, event.deadline, event.rule)


def test_an_opened_stage_is_open_until_it_is_closed() -> None:
    assert tasks(RD, OFFICE) == Tasks(open=(task(RD), task(OFFICE)))
    assert tasks(RD, OFFICE, StageClosed("opinion", "rd", 1, "done")) == Tasks((task(OFFICE),), (task(RD),))


def test_a_round_is_closed_and_no_other() -> None:
    closed = StageClosed("opinion", "rd", 1, "sent-back")
    assert tasks(RD, AGAIN, closed) == Tasks((task(AGAIN),), (task(RD),))
    assert tasks(AGAIN, closed) == Tasks((task(AGAIN),))


def test_any_other_event_leaves_them_as_they_are() -> None:
    assert tasks(RD).evolve(CAUSE) == tasks(RD)


def test_a_task_is_found_by_its_stage_and_where_several_have_it_by_its_owner() -> None:
    both = tasks(RD, OFFICE)
    assert (both.find("opinion"), both.find("opinion", "manager-office")) == (task(RD), task(OFFICE))
    assert (both.find("opinion", "sales"), both.find("cause")) == (None, None)


def test_rounds_are_counted_over_open_and_closed_ones_of_a_department() -> None:
    three = tasks(RD, OFFICE, StageClosed("opinion", "rd", 1, "done"), AGAIN)
    assert (tasks().rounds("opinion", "rd"), three.rounds("opinion", "rd")) == (0, 2)
    assert (three.rounds("opinion", "manager-office"), three.rounds("opinion", "sales")) == (1, 0)


def test_P1_26_a_closed_task_keeps_when_it_ended_and_what_was_used_also_when_that_is_heard_later() -> None:
    done = StageClosed("opinion", "rd", 1, "done", NOW, "1.25 d")
    ended = replace(task(RD), ended=NOW, used="1.25 d")
    assert tasks(RD, OFFICE, done) == Tasks((task(OFFICE),), (ended,))
    assert tasks(RD, OFFICE, StageClosed("opinion", "rd", 1, "done"), done) == Tasks((task(OFFICE),), (ended,))
