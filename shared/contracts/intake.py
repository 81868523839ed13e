"""What intake says: the register's entries, who has the case, and what the customer is told."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.contracts.event import event
from shared.contracts.values import Attachment, Deadline, Money


@event("intake.complaint-filed", facts=("region", "demand"))
class ComplaintFiled:
    """Sales filled the complaint handling form (P1.9). ``defective`` is None while undetermined (P1.10)."""

    customer: str
    region: str
    order: str
    part: str
    delivered_on: date
    delivered: Decimal
    defective: Decimal | None
    unit: str
    value: Money
    demand: str
    reason: str
    channel: str = ""
    samples: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    supersedes: UUID | None = None
    reference: str = ""


@event("intake.complaint-endorsed")
class ComplaintEndorsed:
    """The supervisor of Sales added an opinion and signed (P1.9)."""

    opinion: str


@event("intake.anomaly-slip-filed")
class AnomalySlipFiled:
    """No loss arose: an anomaly handling slip stands in place of the complaint form, with its ``handling`` (P1.1)."""

    number: str
    customer: str
    region: str
    order: str
    part: str
    reason: str
    attachments: tuple[Attachment, ...] = ()
    reference: str = ""
    handling: str = ""


@event("intake.form-returned")
class FormReturned:
    """The GM Office sent the form back to Sales, naming what is missing (P1.9)."""

    fields: tuple[str, ...]
    remark: str


@event("intake.form-corrected", facts=("demand",))
class FormCorrected:
    """Sales completed a returned form: the whole form as it now stands (P1.9)."""

    order: str
    part: str
    delivered_on: date
    delivered: Decimal
    defective: Decimal | None
    unit: str
    value: Money
    demand: str
    reason: str
    samples: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@event("intake.case-accepted", facts=("complaint_class",))
class CaseAccepted:
    """The GM Office numbered the form and entered it in the register (P1.8, P1.13)."""

    number: str
    complaint_class: str
    overall: Deadline | None
    remark: str = ""


@event("intake.quantity-determined")
class QuantityDetermined:
    """The quantity that was still in the customer's process is known (P1.10)."""

    defective: Decimal


@event("intake.stage-opened")
class StageOpened:
    """A department has the case: for what, until when, by which rule.

    ``level`` is set where a level of authority must act; ``round`` counts from 1 and grows when the department
    gets the stage again.
    """

    stage: str
    owner: str
    round: int
    rule: str
    level: str = ""
    deadline: Deadline | None = None


@event("intake.stage-closed")
class StageClosed:
    """A department handed the case on (``done``) or back (``sent-back``), or lost it (``withdrawn``).

    ``at`` is when the department did so, by which it is judged: the register may have heard of it later. ``used`` is
    what it has used of its limit by then (``1.25 d``), earlier rounds of a shared one included; empty without a limit.
    """

    stage: str
    owner: str
    round: int
    outcome: str
    at: datetime | None = None
    used: str = ""

    def ended(self, recorded: datetime) -> datetime:
        """When the work ended, given when the register recorded that."""
        return self.at or recorded


@event("intake.customer-informed")
class CustomerInformed:
    """Sales told the customer what was approved, and nothing else (P1.14, P1.19)."""

    channel: str
    disposition: str
    amount: Money
    wording: str


@event("intake.negotiation-recorded", facts=("accepted",))
class NegotiationRecorded:
    """How the customer answered (P1.14). ``accepted`` is ``yes`` or ``no``."""

    accepted: str
    outcome: str


@event("intake.negotiation-checked")
class NegotiationChecked:
    """The supervisor of Sales checked the outcome; it goes back to the GM Office (P1.14)."""

    remark: str = ""


@event("intake.case-closed")
class CaseClosed:
    """Nothing that must be done is open: the form is closed (P1.17, P1.23)."""

    number: str
    remark: str = ""


@event("intake.complaint-withdrawn")
class ComplaintWithdrawn:
    """Sales took back a complaint or slip that nobody had worked on: filed by mistake, or read wrongly (P1.9)."""

    reason: str


@event("intake.case-superseded")
class CaseSuperseded:
    """The customer did not accept: a new form was filed with this one attached (P1.18)."""

    successor: UUID
