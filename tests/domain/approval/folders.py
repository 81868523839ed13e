"""What a folder of approval is given in these stories: stages opened and closed, drafts, missed deadlines."""

from datetime import UTC, datetime
from decimal import Decimal

from shared.contracts import analytics, approval, intake
from tests.domain.story import money

DUE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def opened(stage: str, owner: str, *, level: str = "", round: int = 1) -> intake.StageOpened:
    """The register gave a department the case."""
    return intake.StageOpened(stage, owner, round, "P1.13", level)


def closed(stage: str, owner: str, *, round: int = 1) -> intake.StageClosed:
    """The register heard that the department is done."""
    return intake.StageClosed(stage, owner, round, "done")


def missed(stage: str, owner: str, *, round: int = 1, due: datetime = DUE) -> analytics.DeadlineMissed:
    """The clocks ran over a deadline."""
    return analytics.DeadlineMissed(stage, owner, round, due)


def drafted(amount: str = "8000.00", level: str = "sales-manager") -> approval.DispositionDrafted:
    """Sales drafted a compensation."""
    return approval.DispositionDrafted(
        disposition="compensation",
        inputs={"paid": Decimal(amount)},
        amount=money(amount),
        loss=money(amount),
        level=level,
        proposal="Pay for the rejects.",
    )


def approved(amount: str = "8000.00", level: str = "sales-manager", *, by: str = "") -> approval.DispositionApproved:
    """The draft of the same amount and level, signed by that level unless another is named."""
    return approval.DispositionApproved(
        disposition="compensation",
        amount=money(amount),
        loss=money(amount),
        inputs={"paid": Decimal(amount)},
        proposal="Pay for the rejects.",
        required=level,
        signed=by or level,
    )
