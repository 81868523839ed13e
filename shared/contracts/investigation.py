"""What investigation says: inspection, cause, countermeasure, opinions."""

from datetime import date
from decimal import Decimal

from shared.contracts.event import event
from shared.contracts.values import Attachment, OutsideShare, Share


@event("investigation.goods-inspected")
class GoodsInspected:
    """Quality inspected and confirmed the complained goods (P1.5)."""

    inspected: Decimal
    defective: Decimal
    confirmed: bool
    result: str
    attachments: tuple[Attachment, ...] = ()


@event("investigation.cause-reported", facts=("responsible_department", "established"))
class CauseReported:
    """What went wrong and who answers for it (P1.5, P1.13); or that the complaint is not established (P1.22).

    ``responsible`` names departments and persons, ``outside`` suppliers, carriers and other companies (P1.21), with
    weights in percent; all of them sum to 100, or nobody is named. ``established`` is ``yes`` or ``no``; where it is
    no, nobody is at fault, and ``cause`` and ``responsible_department`` are empty. The department is empty too where
    only others are at fault.
    """

    cause: str
    narrative: str
    responsible_department: str
    responsible: tuple[Share, ...] = ()
    outside: tuple[OutsideShare, ...] = ()
    established: str = "yes"


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
