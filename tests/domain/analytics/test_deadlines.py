"""P1.23, P1.25, P1.26: a deadline is warned of and missed exactly once, and never after work that ended in time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.analytics import domain
from services.analytics.domain import MissDeadline, WarnDeadline
from services.analytics.reactions import REACTIONS
from shared.contracts import analytics, intake
from shared.contracts.commands import File
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event, version_of, wire_name
from shared.contracts.values import SYSTEM, Deadline
from tests.domain.hearing import stages_filed
from tests.domain.story import CASE, SITE, rules_of, story

given = story(domain)

BEGAN = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
DUE = BEGAN + timedelta(days=5)
HALF = BEGAN + timedelta(days=2.5)
INSTANT = timedelta(microseconds=1)

CAUSE = Deadline("cause", "quality", BEGAN, DUE, "5 d", "P1.23", ((50, HALF), (75, BEGAN + timedelta(days=3.75))))
OVERALL = Deadline("overall", "gm-office", BEGAN, BEGAN + timedelta(days=13), "13 d", "P1.23", ((50, HALF),))

OPENED = intake.StageOpened("cause", "quality", 1, "P1.13", deadline=CAUSE)
CLOSED = intake.StageClosed("cause", "quality", 1, "done")
ACCEPTED = intake.CaseAccepted("261101", "quality-anomaly", OVERALL)
CASE_CLOSED = intake.CaseClosed("261101")

MISS = MissDeadline(name="cause", owner="quality", round=1)
MISSED = analytics.DeadlineMissed("cause", "quality", 1, DUE)
MISS_OVERALL = MissDeadline(name="overall", owner="gm-office", round=1)
OVERALL_MISSED = analytics.DeadlineMissed("overall", "gm-office", 1, OVERALL.due)


def warn(percent: int) -> WarnDeadline:
    return WarnDeadline(name="cause", owner="quality", round=1, percent=percent)


def warned(percent: int) -> analytics.DeadlineWarned:
    return analytics.DeadlineWarned("cause", "quality", 1, DUE, percent)


def heard(event: Event, at: datetime) -> File:
    """An event of intake, said at a moment and heard who knows when."""
    envelope = Envelope(
        id=UUID(int=1), source="intake", type=wire_name(type(event)), subject=CASE, time=at, version=1,
        schema=version_of(type(event)), site=SITE, actor=SYSTEM, correlation=UUID(int=1), causation=None,
        pack="glzd194", pack_version=1, hlc="", previous="",
    )  # fmt: skip
    return File(heard=event, envelope=envelope)


@pytest.mark.parametrize(
    ("at", "said"), [(DUE - INSTANT, []), (DUE, []), (DUE + INSTANT, [MISSED]), (DUE + timedelta(days=90), [MISSED])]
)
def test_P1_25_open_work_is_missed_after_its_due_time_and_not_at_it(at: datetime, said: list[Event]) -> None:
    given(OPENED).when(MISS, at=at).then(*said)


def test_P1_25_a_miss_is_said_once() -> None:
    given(OPENED, MISSED).when(MISS, at=DUE + timedelta(days=1)).then()


def test_P1_25_work_that_was_never_opened_is_not_missed() -> None:
    given().when(MISS, at=DUE + timedelta(days=1)).then()


def test_P1_25_work_without_a_limit_is_not_missed() -> None:
    given(intake.StageOpened("cause", "quality", 1, "P1.13")).when(MISS, at=DUE + timedelta(days=1)).then()


def test_P1_25_work_that_ended_is_not_missed() -> None:
    given(OPENED, CLOSED).when(MISS, at=DUE + timedelta(days=1)).then()


def test_P1_25_each_round_and_each_owner_has_a_deadline_of_its_own() -> None:
    again = intake.StageOpened("cause", "quality", 2, "P1.13", deadline=CAUSE)
    second = analytics.DeadlineMissed("cause", "quality", 2, DUE)

    story_so_far = given(OPENED, CLOSED, again)

    story_so_far.when(MISS, at=DUE + INSTANT).then()
    story_so_far.when(MissDeadline(name="cause", owner="rd", round=2), at=DUE + INSTANT).then()
    story_so_far.when(MissDeadline(name="cause", owner="quality", round=2), at=DUE + INSTANT).then(second)


def test_P1_25_the_same_stage_heard_twice_runs_once() -> None:
    given(OPENED, OPENED, CLOSED).when(MISS, at=DUE + INSTANT).then()


@pytest.mark.parametrize(("at", "said"), [(DUE - INSTANT, []), (DUE, []), (DUE + INSTANT, [MISSED])])
def test_P1_26_work_ended_late_was_missed_though_nobody_watched(at: datetime, said: list[Event]) -> None:
    given(OPENED).when(heard(CLOSED, at), at=DUE + timedelta(days=30)).then(CLOSED, *said)


@pytest.mark.parametrize(("acted", "said"), [(DUE, []), (DUE + INSTANT, [MISSED])])
def test_P1_26_a_department_is_judged_by_when_it_acted_not_by_when_the_register_wrote_it_down(
    acted: datetime, said: list[Event]
) -> None:
    closed = replace(CLOSED, at=acted)
    given(OPENED).when(heard(closed, DUE + timedelta(hours=1)), at=DUE + timedelta(days=1)).then(closed, *said)


def test_P1_26_a_late_end_does_not_say_again_what_was_said() -> None:
    given(OPENED, MISSED).when(heard(CLOSED, DUE + timedelta(days=1))).then(CLOSED)


def test_P1_26_an_end_in_time_that_is_heard_late_was_in_time() -> None:
    given(OPENED).when(heard(CLOSED, DUE), at=DUE + timedelta(days=1)).then(CLOSED)


@pytest.mark.parametrize(("percent", "moment"), CAUSE.warnings)
def test_P1_23_a_warning_is_given_from_its_moment_on(percent: int, moment: datetime) -> None:
    given(OPENED).when(warn(percent), at=moment - INSTANT).then()
    given(OPENED).when(warn(percent), at=moment).then(warned(percent))
    given(OPENED).when(warn(percent), at=DUE + INSTANT).then(warned(percent))


def test_P1_23_each_percentage_is_warned_of_once() -> None:
    given(OPENED, warned(50)).when(warn(50), at=DUE).then()
    given(OPENED, warned(50)).when(warn(75), at=DUE).then(warned(75))


def test_P1_23_nobody_is_warned_of_what_is_missed_or_ended_or_has_no_such_warning() -> None:
    given(OPENED, MISSED).when(warn(50), at=DUE + INSTANT).then()
    given(OPENED, CLOSED).when(warn(50), at=DUE).then()
    given(OPENED).when(warn(60), at=DUE).then()


@pytest.mark.parametrize(("at", "said"), [(OVERALL.due, []), (OVERALL.due + INSTANT, [OVERALL_MISSED])])
def test_P1_23_the_whole_case_has_a_clock_from_acceptance(at: datetime, said: list[Event]) -> None:
    given(ACCEPTED).when(MISS_OVERALL, at=at).then(*said)


@pytest.mark.parametrize(("at", "said"), [(OVERALL.due, []), (OVERALL.due + INSTANT, [OVERALL_MISSED])])
def test_P1_23_until_closing(at: datetime, said: list[Event]) -> None:
    given(ACCEPTED).when(heard(CASE_CLOSED, at), at=OVERALL.due + timedelta(days=1)).then(CASE_CLOSED, *said)
    given(ACCEPTED, CASE_CLOSED).when(MISS_OVERALL, at=OVERALL.due + timedelta(days=1)).then()


def test_P1_26_closing_the_case_ends_no_stage_that_is_still_open() -> None:
    given(ACCEPTED, OPENED, CASE_CLOSED).when(MISS, at=DUE + INSTANT).then(MISSED)


def test_a_case_without_a_limit_has_no_clock() -> None:
    unlimited = intake.CaseAccepted("261101", "quality-anomaly", None)

    given(unlimited).when(MISS_OVERALL, at=OVERALL.due + timedelta(days=1)).then()
    given(unlimited).when(heard(CASE_CLOSED, OVERALL.due)).then(CASE_CLOSED)


@pytest.mark.parametrize("event", [OPENED, ACCEPTED])
def test_what_begins_a_deadline_is_filed_as_it_was_said(event: Event) -> None:
    given().when(heard(event, BEGAN)).then(event)


def test_P1_23_a_clock_is_kept_for_the_stages_with_a_limit_and_for_no_others() -> None:
    limited = {stage.stage for stage in rules_of().pack.stages if stage.limit or stage.share}
    assert stages_filed(REACTIONS, rules_of()) == limited
    assert {"cause", "draft", "negotiation"} < limited
    assert not limited & {"endorsement", "signature", "closing"}
