"""The folder is nothing but its events: filed one by one or at once, decided on or read back."""

from datetime import date

from hypothesis import given as given_any
from hypothesis import strategies as some

from services.intake import domain
from services.intake.domain import (
    AcceptCase,
    CheckNegotiation,
    CloseCase,
    CorrectForm,
    EndorseComplaint,
    InformCustomer,
    RecordNegotiation,
    ReturnForm,
)
from shared.contracts import Event, Refused, approval, investigation
from shared.contracts.commands import Command, File
from tests.domain.intake.forms import APPROVED, CLERK, FORM, REGISTRAR, SUPERVISOR, form
from tests.domain.story import CASE, NOW, money, rules_of

WISHES: tuple[Command, ...] = (
    form(),
    form(by=SUPERVISOR, opinion="Seen."),
    EndorseComplaint(by=SUPERVISOR, opinion="Seen."),
    AcceptCase(by=REGISTRAR, serial=1, complaint_class="quality-anomaly"),
    AcceptCase(by=REGISTRAR, serial=1, complaint_class="non-quality"),
    ReturnForm(by=REGISTRAR, fields=("order",), remark="?"),
    CorrectForm(by=CLERK, **FORM),
    File(heard=investigation.CauseReported("other", "?", "sales")),
    File(heard=approval.SentBack("check", "cause", "quality", "Again.")),
    File(heard=investigation.CountermeasureProposed("?", "?", "Team 3", (), date(2026, 10, 1))),
    File(heard=investigation.OpinionGiven("rd", "Fine.")),
    File(heard=investigation.OpinionGiven("manager-office", "Fine.")),
    File(heard=approval.InvestigationChecked()),
    File(heard=approval.DispositionDrafted("return", {}, money("1.00"), money("1.00"), "sales-manager", "?")),
    File(heard=approval.DispositionReviewed()),
    File(heard=APPROVED),
    InformCustomer(by=CLERK, channel="letter", disposition="return", amount=money("8000.00"), wording="?"),
    RecordNegotiation(by=CLERK, accepted="no", outcome="?"),
    CheckNegotiation(by=SUPERVISOR),
    File(heard=approval.CombinedOpinionWritten("?")),
    File(heard=approval.CaseDecided("?", "sales-manager", "sales-manager")),
    CloseCase(by=REGISTRAR),
)


def folded(events: list[Event]) -> domain.IntakeFolder:
    folder = domain.initial(CASE)
    for event in events:
        folder = domain.evolve(folder, event)
    return folder


@given_any(some.lists(some.sampled_from(WISHES), max_size=40))
def test_a_folder_read_back_is_the_folder_that_was_decided_on(wishes: list[Command]) -> None:
    folder, events = domain.initial(CASE), list[Event]()
    for wish in wishes:
        try:
            said = list(domain.decide(folder, wish, rules_of(), NOW))
        except Refused:
            continue
        events += said
        for event in said:
            folder = domain.evolve(folder, event)
        assert folded(events) == folder
        assert folder.tasks.open == tuple(dict.fromkeys(folder.tasks.open))


def test_the_wishes_in_their_order_make_a_whole_case() -> None:
    folder = domain.initial(CASE)
    for wish in WISHES:
        try:
            said = list(domain.decide(folder, wish, rules_of(), NOW))
        except Refused:
            continue
        for event in said:
            folder = domain.evolve(folder, event)
    assert [task.stage for task in folder.tasks.open] == ["loss"]
