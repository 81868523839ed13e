"""What approval says: review, disposition and signature, slips, copies."""

from datetime import datetime
from decimal import Decimal

from shared.contracts.event import event
from shared.contracts.values import Money


@event("approval.investigation-checked", facts=("established",))
class InvestigationChecked:
    """The GM Office checked what the departments found, and decided whether the complaint is established (P1.6, P1.22).

    ``established`` is ``yes`` or ``no``, and empty where that was not decided by itself yet. ``concerned`` are the
    departments together with which the GM Office handles the part of others in it (P1.21).
    """

    remark: str = ""
    established: str = ""
    concerned: tuple[str, ...] = ()


@event("approval.sent-back")
class SentBack:
    """A stage was sent back to be done again: ``sender`` ends, ``stage`` of ``owner`` begins a new round."""

    sender: str
    stage: str
    owner: str
    reason: str


@event("approval.disposition-drafted", facts=("disposition", "level"))
class DispositionDrafted:
    """Sales drafted how the complaint is to be settled (P1.13).

    ``inputs`` are the numbers that ``loss`` was computed from by the pack's formula (P1.30), by name;
    ``amount`` is what the customer gets or claims and decides ``level``, who must sign (P1.24).
    """

    disposition: str
    inputs: dict[str, Decimal]
    amount: Money
    loss: Money
    level: str
    proposal: str


@event("approval.disposition-reviewed")
class DispositionReviewed:
    """The GM Office reviewed the draft and passes it on for signature (P1.13, P1.23)."""

    remark: str = ""


@event("approval.disposition-approved")
class DispositionApproved:
    """Signed by a level that may (P1.24): what is approved, word for word. ``required`` is the least level."""

    disposition: str
    amount: Money
    loss: Money
    inputs: dict[str, Decimal]
    proposal: str
    required: str
    signed: str
    remark: str = ""


@event("approval.combined-opinion-written")
class CombinedOpinionWritten:
    """The GM Office weighed the opinions of Sales and plant after the negotiation (P1.15)."""

    opinion: str


@event("approval.case-decided")
class CaseDecided:
    """The level that the amount requires decided on the combined opinion (P1.15, P1.24)."""

    decision: str
    required: str
    signed: str


@event("approval.urging-slip-issued")
class UrgingSlipIssued:
    """The GM Office urges the department that is late with an open case (P1.25).

    ``used`` is what the department has used of its limit (``1.7 d``), ``allowed`` what it had; of a shared limit in all
    its rounds, with ``own`` for its part by the pack. They are empty for the whole case.
    """

    number: str
    department: str
    stage: str
    round: int
    due: datetime
    used: str = ""
    allowed: str = ""
    own: str = ""


@event("approval.inquiry-slip-issued", facts=("department",))
class InquirySlipIssued:
    """After closing, the GM Office asks a department why it was late (P1.26); fields as of the urging slip."""

    number: str
    department: str
    stage: str
    round: int
    due: datetime
    used: str = ""
    allowed: str = ""
    own: str = ""


@event("approval.inquiry-answered")
class InquiryAnswered:
    """The department gave its reason (P1.26)."""

    number: str
    department: str
    reason: str


@event("approval.copies-distributed")
class CopiesDistributed:
    """The closed form went out: copy number and recipient, in the pack's order (P1.17)."""

    copies: tuple[tuple[int, str], ...]
