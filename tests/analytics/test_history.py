"""The fold of a case: the case as it was at any moment, and what changed from one to the next."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.analytics.history.entries import entries
from services.analytics.history.fold import (
    NOTHING,
    CaseView,
    FieldDifference,
    Sheet,
    StageView,
    changes,
    fold,
    in_order,
    parts_of,
    plain,
)
from shared.contracts import intake
from shared.procedures.language.loader import load_pack
from tests.analytics.course import (
    ACCEPTED,
    CAUSE_MISSED,
    CAUSE_OPENED,
    CAUSE_WARNED,
    CORRECTED,
    COURSE,
    FILED,
    SUCCESSOR,
    days,
)
from tests.analytics.recording import BEGAN, CASE, Departments

RECORDED = Departments().tell(COURSE)

moments = st.integers(0, len(RECORDED))


def test_a_filed_complaint_is_a_case_with_one_sheet() -> None:
    (filed,) = Departments().tell([FILED])

    assert fold([filed]) == CaseView(
        case=str(CASE),
        site="TPE",
        pack="glzd194",
        pack_version=1,
        customer="Formosa Fasteners",
        state="filed",
        sheets={
            "intake.complaint-filed": {
                "customer": "Formosa Fasteners",
                "region": "domestic",
                "order": "SO-77",
                "part": "M8",
                "delivered_on": "2026-10-01",
                "delivered": "500",
                "defective": None,
                "unit": "piece",
                "value": {"amount": "9000.00", "currency": "TWD"},
                "demand": "return",
                "reason": "cracks",
                "channel": "",
                "samples": (),
                "attachments": (),
                "supersedes": None,
                "reference": "",
            }
        },
        events=1,
    )


def test_P1_9_a_corrected_form_changes_the_fields_that_were_corrected() -> None:
    filed, corrected = Departments().tell([FILED, CORRECTED])
    before = fold([filed])

    assert changes(before, fold([corrected], before)) == (
        FieldDifference("case", "state", "filed", "corrected"),
        FieldDifference("intake.complaint-filed", "part", "M8", "M8x40"),
        FieldDifference("intake.complaint-filed", "defective", None, "20"),
        FieldDifference("intake.complaint-filed", "reason", "cracks", "cracks at the head"),
    )


def test_P1_23_a_stage_shows_since_when_until_when_and_how_it_went() -> None:
    opened, warned, missed, closed = Departments().tell(
        [CAUSE_OPENED, CAUSE_WARNED, CAUSE_MISSED, intake.StageClosed("cause", "quality", 1, "done")]
    )
    running = StageView(
        "cause", "quality", 1, opened.envelope.time, "P1.13", due=BEGAN + days(5), limit="5 d", limit_rule="P1.23"
    )

    assert fold([opened]).open == (running,)
    assert fold([opened, warned]).open == (replace(running, warned=50),)
    assert fold([opened, warned, missed]).open == (replace(running, warned=50, missed=True),)
    assert fold([opened, warned, missed, closed]).open == ()
    assert fold([opened, warned, missed, closed]).stages == (
        replace(running, warned=50, missed=True, closed=closed.envelope.time, outcome="done"),
    )


def test_P1_23_the_whole_case_runs_from_acceptance_to_closing() -> None:
    accepted, closed = Departments().tell([ACCEPTED, intake.CaseClosed("261101")])
    clock = StageView(
        "overall",
        "gm-office",
        1,
        accepted.envelope.time,
        "P1.23",
        due=BEGAN + days(13),
        limit="13 d",
        limit_rule="P1.23",
    )

    assert (fold([accepted]).overall, fold([accepted]).open) == (clock, ())
    assert fold([accepted, closed]).overall == replace(clock, closed=closed.envelope.time, outcome="done")


def test_the_course_of_a_case_ends_with_nothing_open_and_a_sheet_for_each_document() -> None:
    view = fold(RECORDED)

    assert (view.number, view.state, view.customer, view.successor, view.open, view.events) == (
        "261101", "closed", "Formosa Fasteners", str(SUCCESSOR), (), len(COURSE),
    )  # fmt: skip
    assert list(view.sheets) == [
        "intake.complaint-filed",
        "intake.complaint-endorsed",
        "intake.form-returned",
        "intake.case-accepted",
        "approval.urging-slip-issued.U-1",
        "investigation.cause-reported",
        "investigation.opinion-given.rd",
        "investigation.opinion-given.manager-office",
        "approval.disposition-drafted",
        "approval.disposition-approved",
        "intake.case-closed",
        "finance.loss-recorded",
        "intake.case-superseded",
    ]


def test_P1_1_an_anomaly_slip_gives_the_case_its_number() -> None:
    slip = intake.AnomalySlipFiled("A-1", "Formosa Fasteners", "domestic", "SO-77", "M8", "scratched")

    view = fold(Departments().tell([slip]))

    assert (view.number, view.state, view.customer) == ("A-1", "anomaly", "Formosa Fasteners")


@given(moments)
def test_a_case_may_be_folded_in_parts(moment: int) -> None:
    assert fold(RECORDED[moment:], fold(RECORDED[:moment])) == fold(RECORDED)


@given(moments)
def test_entries_need_of_what_was_said_before_them_only_the_case_as_it_was(moment: int) -> None:
    pack = load_pack("glzd194")

    assert entries(RECORDED[moment:], pack, fold(RECORDED[:moment])) == entries(RECORDED, pack)[moment:]


@given(st.permutations(RECORDED))
def test_the_order_of_arrival_does_not_matter(arrived: list[Any]) -> None:
    assert fold(in_order(arrived)) == fold(RECORDED)


def as_sheets(view: CaseView) -> dict[str, Sheet]:
    """The whole view as sheets of plain values: the case, its stages, its documents."""
    return {name: plain(part) for name, part in parts_of(view).items()}


@given(moments, moments)
def test_the_changes_lead_from_any_moment_to_any_other(one: int, other: int) -> None:
    before, after = fold(RECORDED[:one]), fold(RECORDED[:other])

    assert changed(as_sheets(before), changes(before, after)) == present(as_sheets(after))


@given(moments)
def test_nothing_changes_between_a_moment_and_itself(moment: int) -> None:
    view = fold(RECORDED[:moment])

    assert changes(view, view) == ()


@given(moments)
def test_a_moment_keeps_what_was_said_before_it(moment: int) -> None:
    """Later events add and correct; no sheet, and no stage, ever goes away."""
    before, after = fold(RECORDED[:moment]), fold(RECORDED)

    assert set(before.sheets) <= set(after.sheets)
    assert {each.sheet for each in before.stages} <= {each.sheet for each in after.stages}
    assert before.events == moment


def test_of_nothing_there_is_nothing() -> None:
    assert fold([]) == NOTHING


def test_events_of_one_instant_stand_as_their_clocks_say() -> None:
    departments = Departments()
    said = [departments.say(event, after=timedelta(0)) for event in COURSE[:4]]

    assert in_order(reversed(said)) == said


Fields = dict[tuple[str, str], Any]


def present(sheets: Mapping[str, Mapping[str, Any]]) -> Fields:
    """Every field that has a value, by sheet and name."""
    return {
        (sheet, name): value
        for sheet, content in sheets.items()
        for name, value in content.items()
        if value is not None
    }


def changed(sheets: Mapping[str, Mapping[str, Any]], differences: tuple[FieldDifference, ...]) -> Fields:
    """The fields after some differences, each of which must start from what is there."""
    result = present(sheets)
    for each in differences:
        assert result.pop((each.sheet, each.field), None) == each.old
        if each.new is not None:
            result[each.sheet, each.field] = each.new
    return result
