"""What the stories of intake are made of: the form filled and filed, stages with their limits, what was approved."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.intake.domain import FileComplaint
from shared.contracts import approval, intake
from shared.contracts.values import Deadline, Portion
from tests.domain.story import NOW, by, money

CLERK = by("sales")
SUPERVISOR = by("sales", "supervisor")
REGISTRAR = by("gm-office")

FORM: dict[str, Any] = {
    "order": "SO-1001",
    "part": "PN-7",
    "delivered_on": date(2026, 10, 20),
    "delivered": Decimal(500),
    "defective": Decimal(40),
    "unit": "piece",
    "value": money("25000.00"),
    "demand": "return",
    "reason": "Cracked housings",
    "samples": ("label 7/42",),
}
WHO: dict[str, Any] = {"customer": "Acme Tools", "region": "domestic", "channel": "telephone"}

FILED = intake.ComplaintFiled(**WHO, **FORM)


def form(**filled: Any) -> FileComplaint:
    """A clerk's complete form, with some fields filled otherwise."""
    return FileComplaint(**{"by": CLERK, **WHO, **FORM, **filled})


def filed(**filled: Any) -> intake.ComplaintFiled:
    """The same form as it was filed."""
    return replace(FILED, **filled)


def days(name: str, owner: str, count: str, rule: str = "P1.23", began: datetime = NOW) -> Deadline:
    """A limit of so many calendar days from a moment, warned at 50 and 75 percent."""
    whole = timedelta(days=float(count))
    warnings = ((50, began + whole * 0.5), (75, began + whole * 0.75))
    return Deadline(name, owner, began, began + whole, f"{count} d", rule, warnings)


def opened(
    stage: str, owner: str, limit: str = "", *, rule: str = "P1.13", level: str = "", round: int = 1
) -> intake.StageOpened:
    """A stage begun now, with a limit in days if it has one."""
    deadline = days(stage, owner, limit) if limit else None
    return intake.StageOpened(stage, owner, round, rule, level, deadline)


def shared(stage: str, owner: str, whole: str, own: str, hours: int, allowed: str = "") -> intake.StageOpened:
    """A first round of a shared limit begun now: so many hours, by its own part or with what others left."""
    warnings = ((50, NOW + hours * HOUR / 2), (75, NOW + hours * HOUR * 3 / 4))
    portion = Portion("inquiry", own, "0 d", allowed or own)
    return intake.StageOpened(
        stage, owner, 1, "P1.13", "", Deadline(stage, owner, NOW, NOW + hours * HOUR, whole, "P1.23", warnings, portion)
    )


def closed(stage: str, owner: str, outcome: str = "done", *, round: int = 1, used: str = "") -> intake.StageClosed:
    """A stage ended, in no time where it has a limit."""
    return intake.StageClosed(stage, owner, round, outcome, NOW, used or ("0 d" if stage in LIMITED else ""))


LIMITED = ("registration", "cause", "countermeasure", "opinion", "draft", "review", "negotiation", "combined-opinion")
HOUR = timedelta(hours=1)


ENDORSEMENT = opened("endorsement", "sales", rule="P1.9", level="supervisor")
REGISTRATION = opened("registration", "gm-office", "0.5")
NEGOTIATION = opened("negotiation", "sales", "6", rule="P1.14")
CLOSING = opened("closing", "gm-office", rule="P1.17")

ACCEPTED = intake.CaseAccepted("261101", "quality-anomaly", days("overall", "gm-office", "13"))

APPROVED = approval.DispositionApproved(
    disposition="return",
    amount=money("8000.00"),
    loss=money("1600.00"),
    inputs={"returned": Decimal(40), "selling-price": Decimal(200)},
    proposal="Take the rejects back.",
    required="sales-manager",
    signed="sales-manager",
)
INFORMED = intake.CustomerInformed("letter", "return", money("8000.00"), "We take 40 pieces back.")
DECLINED = intake.NegotiationRecorded("no", "Wants all 500 replaced.")
ACCEPTING = intake.NegotiationRecorded("yes", "Agrees.")
