"""The course of one case through the departments, as its events: late with the cause, sent back once, closed."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from shared.contracts import analytics, approval, finance, intake, investigation
from shared.contracts.event import Event
from shared.contracts.values import Deadline, Money, Share
from tests.analytics.recording import BEGAN

SUCCESSOR = UUID("0d4c1e5a-0000-5000-8000-000000000002")


def days(count: float) -> timedelta:
    return timedelta(days=count)


def limit(name: str, owner: str, length: float) -> Deadline:
    """A limit of so many days from the beginning, warned of at half."""
    due = BEGAN + days(length)
    return Deadline(name, owner, BEGAN, due, f"{length:g} d", "P1.23", ((50, BEGAN + days(length / 2)),))


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "TWD")


FILED = intake.ComplaintFiled(
    customer="Formosa Fasteners", region="domestic", order="SO-77", part="M8", delivered_on=date(2026, 10, 1),
    delivered=Decimal(500), defective=None, unit="piece", value=yuan("9000.00"), demand="return", reason="cracks",
)  # fmt: skip
CORRECTED = intake.FormCorrected(
    order="SO-77", part="M8x40", delivered_on=date(2026, 10, 1), delivered=Decimal(500), defective=Decimal(20),
    unit="piece", value=yuan("9000.00"), demand="return", reason="cracks at the head",
)  # fmt: skip
ACCEPTED = intake.CaseAccepted("261101", "quality-anomaly", limit("overall", "gm-office", 13))
CAUSE_OPENED = intake.StageOpened("cause", "quality", 1, "P1.13", deadline=limit("cause", "quality", 5))
CAUSE_WARNED = analytics.DeadlineWarned("cause", "quality", 1, BEGAN + days(5), 50)
CAUSE_MISSED = analytics.DeadlineMissed("cause", "quality", 1, BEGAN + days(5))
CAUSE_REPORTED = investigation.CauseReported(
    "material", "brittle wire", "manufacturing", (Share("manufacturing", "", Decimal(100)),)
)
OVERALL_MISSED = analytics.DeadlineMissed("overall", "gm-office", 1, BEGAN + days(13))

COURSE: tuple[Event, ...] = (
    FILED,
    intake.StageOpened("endorsement", "sales", 1, "P1.9", level="supervisor"),
    intake.ComplaintEndorsed("please settle soon"),
    intake.StageClosed("endorsement", "sales", 1, "done"),
    intake.StageOpened("registration", "gm-office", 1, "P1.13", deadline=limit("registration", "gm-office", 0.5)),
    intake.FormReturned(("defective",), "how many?"),
    intake.StageClosed("registration", "gm-office", 1, "sent-back"),
    CORRECTED,
    intake.StageOpened("registration", "gm-office", 2, "P1.13", deadline=limit("registration", "gm-office", 0.5)),
    ACCEPTED,
    intake.StageClosed("registration", "gm-office", 2, "done"),
    CAUSE_OPENED,
    CAUSE_WARNED,
    CAUSE_MISSED,
    approval.UrgingSlipIssued("U-1", "quality", "cause", 1, BEGAN + days(5)),
    CAUSE_REPORTED,
    intake.StageClosed("cause", "quality", 1, "done"),
    intake.StageOpened("opinion", "rd", 1, "P1.13"),
    intake.StageOpened("opinion", "manager-office", 1, "P1.13"),
    investigation.OpinionGiven("rd", "change the wire"),
    investigation.OpinionGiven("manager-office", "agreed"),
    intake.StageClosed("opinion", "rd", 1, "done"),
    intake.StageClosed("opinion", "manager-office", 1, "done"),
    approval.DispositionDrafted(
        "discount", {"given": Decimal(900)}, yuan("900.00"), yuan("900.00"), "sales-manager", "10 %"
    ),
    approval.DispositionApproved(
        "discount", yuan("900.00"), yuan("900.00"), {"given": Decimal(900)}, "10 %", "sales-manager", "sales-manager"
    ),
    OVERALL_MISSED,
    intake.CaseClosed("261101"),
    intake.StageOpened("loss", "accounting", 1, "P1.30"),
    finance.LossRecorded("discount", {"given": Decimal(950)}, "given", yuan("950.00")),
    intake.StageClosed("loss", "accounting", 1, "done"),
    intake.CaseSuperseded(SUCCESSOR),
)  # fmt: skip
