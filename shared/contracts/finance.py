"""What finance says: the loss as it really was."""

from decimal import Decimal

from shared.contracts.event import event
from shared.contracts.values import Money


@event("finance.loss-recorded")
class LossRecorded:
    """Accounting recorded the loss by the pack's formula for the disposition, with its inputs (P1.30)."""

    disposition: str
    inputs: dict[str, Decimal]
    formula: str
    loss: Money
    remark: str = ""
