"""The register hears what departments did and says who has the case next."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from services.intake import domain
from services.intake.reactions import REACTIONS
from shared.contracts import Event, approval, facts_of, finance, intake, investigation, owner_of, registry
from shared.contracts.commands import File, file
from shared.contracts.envelope import Envelope
from shared.contracts.values import SYSTEM, Deadline
from tests.domain.intake.forms import (
    ACCEPTED,
    APPROVED,
    CLOSING,
    FILED,
    NEGOTIATION,
    closed,
    days,
    opened,
    shared,
)
from tests.domain.story import NOW, story

given = story(domain)

CAUSE = investigation.CauseReported("marking", "Wrong die", "manufacturing")
MEASURE = investigation.CountermeasureProposed("Die mix-up", "Colour code", "Team 3", ("Ho",), date(2026, 10, 1))
DRAFT = approval.DispositionDrafted("return", APPROVED.inputs, APPROVED.amount, APPROVED.loss, "sales-manager", "Back")
SENT_BACK = approval.SentBack("check", "cause", "quality", "No evidence")

AT_QUALITY = shared("cause", "quality", "5 d", "1.6667 d", hours=40)
AT_MANUFACTURING = shared("countermeasure", "manufacturing", "5 d", "1.6667 d", hours=80, allowed="3.3333 d")
AT_RD = shared("opinion", "rd", "5 d", "1.6667 d", hours=120, allowed="5 d")
AT_MANAGERS_OFFICE = shared("opinion", "manager-office", "5 d", "1.6667 d", hours=120, allowed="5 d")
AT_CHECK = opened("check", "gm-office")
AT_DRAFT = opened("draft", "sales", "1")
AT_REVIEW = opened("review", "gm-office", "0.5")
AT_COMBINED = intake.StageOpened(
    "combined-opinion", "gm-office", 1, "P1.15", "", days("combined-opinion", "gm-office", "1", "P1.15")
)


def envelope(at: datetime) -> Envelope:
    nobody, case = UUID(int=1), UUID(int=2)
    return Envelope(
        nobody, "approval", "", case, at, 1, 1, "TPE", SYSTEM, nobody, None, "glzd194", 1, hlc="", previous=""
    )


def signature(level: str, owner: str) -> intake.StageOpened:
    return opened("signature", owner, rule="P1.24", level=level)


def decision(level: str, owner: str) -> intake.StageOpened:
    return opened("decision", owner, rule="P1.15", level=level)


ROUTE: list[tuple[str, tuple[Event, ...], Event, tuple[Event, ...]]] = [
    ("cause", (AT_QUALITY,), CAUSE, (closed("cause", "quality"), AT_MANUFACTURING)),
    (
        "countermeasure",
        (AT_MANUFACTURING,),
        MEASURE,
        (closed("countermeasure", "manufacturing"), AT_RD, AT_MANAGERS_OFFICE),
    ),
    (
        "first opinion",
        (AT_RD, AT_MANAGERS_OFFICE),
        investigation.OpinionGiven("manager-office", "Agreed"),
        (closed("opinion", "manager-office"),),
    ),
    ("last opinion", (AT_RD,), investigation.OpinionGiven("rd", "Agreed"), (closed("opinion", "rd"), AT_CHECK)),
    ("check", (AT_CHECK,), approval.InvestigationChecked(), (closed("check", "gm-office"), AT_DRAFT)),
    ("draft", (AT_DRAFT,), DRAFT, (closed("draft", "sales"), AT_REVIEW)),
    (
        "review",
        (DRAFT, AT_REVIEW),
        approval.DispositionReviewed(),
        (closed("review", "gm-office"), signature("sales-manager", "sales")),
    ),
    (
        "signature",
        (signature("sales-manager", "sales"),),
        APPROVED,
        (closed("signature", "sales"), NEGOTIATION),
    ),
    (
        "combined opinion",
        (DRAFT, AT_COMBINED),
        approval.CombinedOpinionWritten("As approved."),
        (closed("combined-opinion", "gm-office"), decision("sales-manager", "sales")),
    ),
    (
        "decision",
        (decision("sales-manager", "sales"),),
        approval.CaseDecided("As approved.", "sales-manager", "sales-manager"),
        (closed("decision", "sales"), CLOSING),
    ),
    (
        "loss",
        (opened("loss", "accounting", rule="P1.30"),),
        finance.LossRecorded("return", APPROVED.inputs, "", APPROVED.loss),
        (closed("loss", "accounting"),),
    ),
]


@pytest.mark.parametrize(("before", "heard", "moves"), [row[1:] for row in ROUTE], ids=[row[0] for row in ROUTE])
def test_P1_13_what_a_department_did_hands_the_case_on(
    before: tuple[Event, ...], heard: Event, moves: tuple[Event, ...]
) -> None:
    given(FILED, ACCEPTED, *before).when(File(heard=heard)).then(heard, *moves)


@pytest.mark.parametrize(
    ("level", "owner"),
    [("sales-manager", "sales"), ("vice-general-manager", "management"), ("general-manager", "management")],
)
def test_P1_24_the_amounts_level_has_the_case_for_signature(level: str, owner: str) -> None:
    given(FILED, ACCEPTED, replace(DRAFT, level=level), AT_REVIEW).when(
        File(heard=approval.DispositionReviewed())
    ).then(approval.DispositionReviewed(), closed("review", "gm-office"), signature(level, owner))


def test_P1_13_without_manufacturing_when_it_is_no_matter_of_quality() -> None:
    accepted = intake.CaseAccepted("261101", "non-quality", None)
    half = ("5 d", "2.5 d", 120, "5 d")
    given(FILED, accepted, shared("cause", "gm-office", "5 d", "2.5 d", 60)).when(File(heard=CAUSE)).then(
        CAUSE, closed("cause", "gm-office"), shared("opinion", "rd", *half), shared("opinion", "manager-office", *half)
    )


def test_P1_22_what_is_not_established_leaves_nothing_for_manufacturing_to_mend() -> None:
    found = investigation.CauseReported("", "The customer's jig is worn.", "", established="no")
    given(FILED, ACCEPTED, AT_QUALITY).when(File(heard=found)).then(
        found, closed("cause", "quality"), AT_RD, AT_MANAGERS_OFFICE
    )


def test_P1_13_P1_23_what_is_sent_back_is_done_in_a_second_round_that_begins_now() -> None:
    later = NOW + timedelta(days=6)
    told = given(FILED, ACCEPTED, AT_QUALITY, closed("cause", "quality"), AT_CHECK).when(
        File(heard=SENT_BACK), at=later
    )
    again = replace(AT_QUALITY, round=2, deadline=begun(AT_QUALITY, later))
    told.then(SENT_BACK, replace(closed("check", "gm-office", "sent-back"), at=later), again)


def begun(stage: intake.StageOpened, at: datetime) -> Deadline:
    """The deadline of a stage as it is when the stage is begun at another moment."""
    deadline, later = stage.deadline, at - NOW
    assert deadline is not None
    warnings = tuple((percent, moment + later) for percent, moment in deadline.warnings)
    return replace(deadline, began=at, due=deadline.due + later, warnings=warnings)


def test_P1_23_who_acted_is_judged_by_when_they_did_and_who_is_next_has_the_case_from_when_it_is_entered() -> None:
    heard, later = File(heard=DRAFT, envelope=envelope(at=NOW)), NOW + timedelta(days=3)
    told = given(FILED, ACCEPTED, AT_DRAFT).when(heard, at=later)
    told.then(DRAFT, closed("draft", "sales"), replace(AT_REVIEW, deadline=begun(AT_REVIEW, later)))


def test_P1_13_what_moves_nothing_is_entered_all_the_same() -> None:
    found = investigation.GoodsInspected(Decimal(20), Decimal(2), True, "Cracks")
    given(FILED, ACCEPTED, AT_QUALITY).when(File(heard=found)).then(found)


def test_P1_13_the_register_hears_every_department() -> None:
    said = {cls for (name, _), cls in registry.items() if owner_of(name) in ("investigation", "approval", "finance")}
    assert {cls for cls, reaction in REACTIONS.items() if reaction is file} == said


def test_P1_13_the_folder_keeps_the_facts_that_conditions_ask_for() -> None:
    folder = given(FILED, ACCEPTED, DRAFT, CAUSE).folder
    assert folder.facts == facts_of(FILED) | facts_of(ACCEPTED) | facts_of(DRAFT) | facts_of(CAUSE)
