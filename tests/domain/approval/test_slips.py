"""P1.25, P1.26: a department that is late is urged in an open case, and asked why in a closed one; once each."""

from datetime import timedelta

from services.approval import domain
from services.approval.domain import AnswerInquiry, CloseFolder, IssueUrgingSlip, OpenTask
from shared.contracts import Refused, analytics, intake
from shared.contracts.approval import (
    CopiesDistributed,
    DispositionDrafted,
    InquiryAnswered,
    InquirySlipIssued,
    UrgingSlipIssued,
)
from shared.contracts.commands import draw_of
from shared.contracts.values import Deadline, Portion
from tests.domain.approval.folders import DUE, closed, missed, opened
from tests.domain.story import CASE, NOW, by, money, story

given = story(domain)

CAUSE = opened("cause", "quality")
OPINIONS = (opened("opinion", "rd"), opened("opinion", "manager-office"))
CLOSED = intake.CaseClosed("261101")
COPIES = CopiesDistributed(((1, "quality"), (2, "manufacturing"), (3, "sales"), (4, "accounting"), (5, "gm-office")))


def heard_late(stage: str, owner: str, *, round: int = 1, serial: int = 1) -> IssueUrgingSlip:
    return IssueUrgingSlip(heard=missed(stage, owner, round=round), serial=serial)


def urging(number: str, department: str, stage: str, *, round: int = 1) -> UrgingSlipIssued:
    return UrgingSlipIssued(number, department, stage, round, DUE)


def inquiry(number: str, department: str, stage: str, *, round: int = 1) -> InquirySlipIssued:
    return InquirySlipIssued(number, department, stage, round, DUE)


def test_P1_25_the_late_department_is_urged_under_the_next_number() -> None:
    given(CAUSE).when(heard_late("cause", "quality", serial=7)).then(
        missed("cause", "quality"), urging("U261107", "quality", "cause")
    )


def test_P1_25_only_the_department_that_is_late_is_urged() -> None:
    given(*OPINIONS, closed("opinion", "rd")).when(heard_late("opinion", "manager-office")).then(
        missed("opinion", "manager-office"), urging("U261101", "manager-office", "opinion")
    )


def test_P1_25_who_is_done_meanwhile_is_not_urged() -> None:
    given(CAUSE, closed("cause", "quality")).when(heard_late("cause", "quality")).then(missed("cause", "quality"))


def test_P1_25_a_new_round_is_not_urged_for_the_old_one() -> None:
    given(CAUSE, closed("cause", "quality"), opened("cause", "quality", round=2)).when(
        heard_late("cause", "quality", round=1)
    ).then(missed("cause", "quality"))


def test_P1_25_each_round_has_a_slip_of_its_own() -> None:
    first_round = (CAUSE, missed("cause", "quality"), urging("U261101", "quality", "cause"), closed("cause", "quality"))
    given(*first_round, opened("cause", "quality", round=2)).when(
        heard_late("cause", "quality", round=2, serial=2)
    ).then(missed("cause", "quality", round=2), urging("U261102", "quality", "cause", round=2))


def test_P1_25_heard_again_says_nothing() -> None:
    given(CAUSE, missed("cause", "quality"), urging("U261101", "quality", "cause")).when(
        heard_late("cause", "quality", serial=2)
    ).then()


def test_P1_23_P1_25_for_the_whole_case_its_owner_is_urged_and_not_who_happens_to_have_it() -> None:
    given(*OPINIONS).when(heard_late("overall", "gm-office", serial=9)).then(
        missed("overall", "gm-office"), urging("U261109", "gm-office", "overall")
    )


def test_P1_25_the_next_department_is_not_urged_for_the_whole_case_again() -> None:
    history = (opened("draft", "sales"), missed("overall", "gm-office"), urging("U261101", "gm-office", "overall"))
    given(*history, closed("draft", "sales")).when(OpenTask(heard=opened("review", "gm-office"), serial=2)).then(
        opened("review", "gm-office")
    )


def test_P1_25_a_stage_heard_of_after_its_deadline_was_missed_is_urged_then() -> None:
    given(missed("cause", "quality")).when(OpenTask(heard=CAUSE, serial=3)).then(
        CAUSE, urging("U261103", "quality", "cause")
    )


def test_P1_25_a_stage_in_time_is_only_filed() -> None:
    given().when(OpenTask(heard=CAUSE, serial=1)).then(CAUSE)


def test_P1_17_the_closed_form_goes_out_in_five_copies() -> None:
    given(opened("closing", "gm-office")).when(CloseFolder(heard=CLOSED, serial=1)).then(CLOSED, COPIES)


def test_P1_17_they_go_out_once() -> None:
    given(CLOSED, COPIES).when(CloseFolder(heard=CLOSED, serial=1)).then()


def test_P1_26_at_the_closing_every_department_that_was_late_is_asked() -> None:
    late = (missed("cause", "quality"), missed("overall", "gm-office"), missed("draft", "sales", round=2))
    given(*late).when(CloseFolder(heard=CLOSED, serial=5)).then(
        CLOSED, COPIES, inquiry("Q261105", "quality", "cause"), inquiry("Q261106", "sales", "draft", round=2)
    )


def test_P1_26_who_was_late_twice_is_asked_twice() -> None:
    given(missed("cause", "quality"), missed("cause", "quality", round=2)).when(
        CloseFolder(heard=CLOSED, serial=1)
    ).then(CLOSED, COPIES, inquiry("Q261101", "quality", "cause"), inquiry("Q261102", "quality", "cause", round=2))


def test_P1_26_a_missed_deadline_heard_after_the_closing_is_asked_about_too() -> None:
    given(CLOSED, COPIES).when(heard_late("negotiation", "sales", serial=2)).then(
        missed("negotiation", "sales"), inquiry("Q261102", "sales", "negotiation")
    )


def test_P1_26_only_what_was_not_asked_yet_is_asked() -> None:
    given(missed("cause", "quality"), CLOSED, COPIES, inquiry("Q261101", "quality", "cause")).when(
        heard_late("draft", "sales", serial=2)
    ).then(missed("draft", "sales"), inquiry("Q261102", "sales", "draft"))


def test_P1_26_nobody_is_asked_for_the_whole_case() -> None:
    given(CLOSED, COPIES).when(heard_late("overall", "gm-office")).then(missed("overall", "gm-office"))


def test_P1_25_P1_26_the_folder_says_which_series_a_slip_is_numbered_in() -> None:
    open_folder = domain.initial(CASE)
    closed_folder = domain.evolve(open_folder, CLOSED)
    wish = heard_late("cause", "quality")
    assert [draw_of(wish, folder) for folder in (open_folder, closed_folder)] == [
        draw_of(OpenTask(heard=CAUSE), open_folder),
        draw_of(CloseFolder(heard=CLOSED), closed_folder),
    ]


ASKED = (
    *(CLOSED, COPIES, inquiry("Q261101", "quality", "cause"), opened("inquiry", "quality")),
    *(inquiry("Q261102", "sales", "draft"), opened("inquiry", "sales", round=2)),
)


def test_P1_26_the_department_gives_its_reason() -> None:
    given(*ASKED).when(AnswerInquiry(by=by("quality"), number="Q261101", reason="The lab was shut.")).then(
        InquiryAnswered("Q261101", "quality", "The lab was shut.")
    )


TWICE_LATE = (
    *(CLOSED, COPIES, inquiry("Q261101", "quality", "cause"), opened("inquiry", "quality")),
    *(inquiry("Q261102", "quality", "cause", round=2), opened("inquiry", "quality", round=2)),
)


def test_P1_26_each_slip_is_answered_in_any_order() -> None:
    second = InquiryAnswered("Q261102", "quality", "Again.")
    given(*TWICE_LATE).when(AnswerInquiry(by=by("quality"), number="Q261102", reason="Again.")).then(second)
    given(*TWICE_LATE, second).when(AnswerInquiry(by=by("quality"), number="Q261101", reason="The lab.")).then(
        InquiryAnswered("Q261101", "quality", "The lab.")
    )


def test_P1_26_the_same_answer_again_says_nothing_and_another_is_too_late() -> None:
    answered = given(*TWICE_LATE, InquiryAnswered("Q261101", "quality", "The lab was shut."))
    answered.when(AnswerInquiry(by=by("quality"), number="Q261101", reason="The lab was shut.")).then()
    answered.when(AnswerInquiry(by=by("quality"), number="Q261101", reason="Nobody told us.")).refused(
        Refused("already-answered", "P1.26", fields=("number",), number="Q261101")
    )


def test_P1_26_who_has_answered_everything_is_asked_no_more() -> None:
    given(*ASKED, InquiryAnswered("Q261101", "quality", "The lab was shut.")).when(
        AnswerInquiry(by=by("quality"), number="Q261101", reason="The lab was shut.")
    ).refused(Refused("wrong-department", "P1.26", department="quality", expected=["sales"]))


def test_P1_26_no_department_answers_for_another() -> None:
    given(*ASKED).when(AnswerInquiry(by=by("sales"), number="Q261101", reason="They are slow.")).refused(
        Refused("wrong-department", "P1.26", department="sales", expected=["quality"])
    )


def test_P1_26_who_was_not_late_is_not_asked() -> None:
    given(*ASKED).when(AnswerInquiry(by=by("rd"), number="Q261101", reason="Because.")).refused(
        Refused("wrong-department", "P1.26", department="rd", expected=["quality", "sales"])
    )


def test_P1_26_only_a_slip_that_was_issued_is_answered() -> None:
    given(*ASKED).when(AnswerInquiry(by=by("quality"), number="Q261199", reason="Which?")).refused(
        Refused("unknown-slip", "P1.26", fields=("number",), number="Q261199")
    )


def test_P1_25_the_slip_is_dated_by_the_deadline_it_is_for() -> None:
    later = DUE + timedelta(hours=6)
    late = analytics.DeadlineMissed("cause", "quality", 1, later)
    given(CAUSE).when(IssueUrgingSlip(heard=late, serial=1)).then(
        late, UrgingSlipIssued("U261101", "quality", "cause", 1, later)
    )


def test_P1_26_the_same_department_of_another_site_does_not_answer() -> None:
    given(*ASKED).when(AnswerInquiry(by=by("quality", "clerk", "KSH"), number="Q261101", reason="Not ours.")).refused(
        Refused("wrong-site", "P1.26", site="TPE")
    )


def test_P1_26_a_department_that_was_asked_does_not_answer_the_slip_of_another() -> None:
    given(*ASKED).when(AnswerInquiry(by=by("quality"), number="Q261102", reason="Sales was slow.")).refused(
        Refused("wrong-department", "P1.26", department="quality", expected=["sales"])
    )


def test_P1_26_when_all_slips_are_answered_nobody_answers_any_more() -> None:
    answered = (InquiryAnswered("Q261101", "quality", "The lab."), InquiryAnswered("Q261102", "sales", "The fair."))
    given(*ASKED, *answered).when(AnswerInquiry(by=by("quality"), number="Q261101", reason="More.")).refused(
        Refused("stage-not-open", "P1.26", stages=["inquiry"])
    )


DRAFTING = Deadline("draft", "sales", NOW - timedelta(days=1), NOW, "1 d", "P1.23")
PART = Portion("inquiry", "1.6667 d", "1 d", "2.25 d")
AGAIN = Deadline("cause", "quality", NOW - timedelta(days=1.5), NOW - timedelta(days=0.25), "5 d", "P1.23", (), PART)
UNPARTED = Deadline("cause", "quality", NOW - timedelta(days=6), NOW - timedelta(days=1), "5 d", "P1.23")


def begun(deadline: Deadline, *, round: int = 1) -> intake.StageOpened:
    """A stage with its limit."""
    return intake.StageOpened(deadline.name, deadline.owner, round, "P1.13", deadline=deadline)


def test_P1_25_the_slip_names_what_was_used_of_the_limit_by_now() -> None:
    late = missed("draft", "sales", due=NOW)
    given(begun(DRAFTING)).when(IssueUrgingSlip(heard=late, serial=1), at=NOW + timedelta(hours=6)).then(
        late, UrgingSlipIssued("U261101", "sales", "draft", 1, NOW, "1.25 d", "1 d")
    )


def test_P1_25_of_a_shared_limit_it_names_all_rounds_and_the_departments_part() -> None:
    late = missed("cause", "quality", round=2, due=AGAIN.due)
    given(begun(AGAIN, round=2)).when(IssueUrgingSlip(heard=late, serial=1)).then(
        late, UrgingSlipIssued("U261101", "quality", "cause", 2, AGAIN.due, "2.5 d", "2.25 d", "1.6667 d")
    )


def test_P1_26_the_inquiry_names_what_was_used_when_the_department_was_done() -> None:
    late = missed("cause", "quality", round=2, due=AGAIN.due)
    done = intake.StageClosed("cause", "quality", 2, "done", NOW, "2.5 d")
    given(begun(AGAIN, round=2), late, done).when(CloseFolder(heard=CLOSED, serial=1), at=NOW + timedelta(days=9)).then(
        CLOSED, COPIES, InquirySlipIssued("Q261101", "quality", "cause", 2, AGAIN.due, "2.5 d", "2.25 d", "1.6667 d")
    )


def test_P1_26_what_approval_did_itself_is_counted_as_the_register_says() -> None:
    late = missed("draft", "sales", due=NOW)
    written = DispositionDrafted("discount", {}, money("1"), money("1"), "sales-manager", "?")
    done = intake.StageClosed("draft", "sales", 1, "done", NOW + timedelta(hours=12), "1.5 d")
    given(begun(DRAFTING), written, done, late).when(CloseFolder(heard=CLOSED, serial=1)).then(
        CLOSED, COPIES, InquirySlipIssued("Q261101", "sales", "draft", 1, NOW, "1.5 d", "1 d")
    )


def test_P1_25_a_round_from_before_limits_were_parted_tells_no_part() -> None:
    late = missed("cause", "quality", due=UNPARTED.due)
    given(begun(UNPARTED)).when(IssueUrgingSlip(heard=late, serial=1)).then(
        late, UrgingSlipIssued("U261101", "quality", "cause", 1, UNPARTED.due)
    )
