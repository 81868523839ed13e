"""What investigation says: inspection, cause, countermeasure, opinions."""

from datetime import date
from decimal import Decimal

from shared.contracts.event import event
from shared.contracts.values import Attachment, Share


@event("investigation.goods-inspected")
class GoodsInspected:
    """Quality inspected and confirmed the complained goods (P1.5)."""

    inspected: Decimal
    defective: Decimal
    confirmed: bool
    result: str
    attachments: tuple[Attachment, ...] = ()


@event("investigation.cause-reported", facts=("responsible_department",))
class CauseReported:
    """What went wrong and who answers for it (P1.5, P1.13).

    ``responsible`` names departments and persons with weights in percent; they sum to 100 or it is empty.
    """

    cause: str
    narrative: str
    responsible_department: str
    responsible: tuple[Share, ...] = ()


@event("investigation.countermeasure-proposed")
class CountermeasureProposed:
    """Manufacturing found the cause of the anomaly in its own work and proposes a measure (P1.7, P1.13)."""

    analysis: str
    measure: str
    producing_unit: str
    persons: tuple[str, ...]
    produced_on: date


@event("investigation.opinion-given")
class OpinionGiven:
    """A department that is asked gives its opinion (P1.13)."""

    department: str
    opinion: str
