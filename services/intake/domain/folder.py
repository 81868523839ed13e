"""Intake's folder of a case: the course it takes, the form's quantities, what may be told to the customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts import Event, approval, facts_of, intake
from shared.procedures.course.tasks import Tasks

DECLINED = "no"
"""``NegotiationRecorded.accepted`` of a customer who did not accept."""


@dataclass(frozen=True, slots=True)
class IntakeFolder:
    """What intake must know of a case to decide.

    ``facts`` are what the pack's conditions ask for, by name. ``defective`` is None while undetermined (P1.10).
    ``form`` is the complaint form as it now stands; ``endorsed``, ``returned``, ``approved``, ``informed``,
    ``negotiated`` and ``decided`` are the last of their kind.
    """

    case: UUID
    tasks: Tasks = field(default_factory=Tasks)
    facts: Mapping[str, Any] = field(default_factory=dict)
    filed: bool = False
    withdrawn: bool = False
    form: intake.ComplaintFiled | intake.FormCorrected | None = None
    endorsed: intake.ComplaintEndorsed | None = None
    returned: intake.FormReturned | None = None
    delivered: Decimal = Decimal(0)
    defective: Decimal | None = None
    number: str = ""
    approved: approval.DispositionApproved | None = None
    informed: intake.CustomerInformed | None = None
    negotiated: intake.NegotiationRecorded | None = None
    decided: approval.CaseDecided | None = None
    successor: UUID | None = None

    @property
    def declined(self) -> bool:
        """Whether the customer did not accept, as far as was recorded (P1.18)."""
        return self.negotiated is not None and self.negotiated.accepted == DECLINED


def initial(case: UUID) -> IntakeFolder:
    """The folder of a case of which nothing was heard."""
    return IntakeFolder(case)


def evolve(folder: IntakeFolder, event: Event) -> IntakeFolder:
    """The folder after an event, heard or own."""
    if facts := facts_of(event):
        folder = replace(folder, facts={**folder.facts, **facts})
    match event:
        case intake.StageOpened() | intake.StageClosed():
            return replace(folder, tasks=folder.tasks.evolve(event))
        case intake.ComplaintFiled() | intake.FormCorrected():
            return replace(folder, filed=True, form=event, delivered=event.delivered, defective=event.defective)
        case intake.AnomalySlipFiled():
            return replace(folder, filed=True)
        case intake.ComplaintWithdrawn():
            return replace(folder, withdrawn=True)
        case intake.ComplaintEndorsed():
            return replace(folder, endorsed=event)
        case intake.FormReturned():
            return replace(folder, returned=event)
        case intake.QuantityDetermined():
            return replace(folder, defective=event.defective)
        case intake.CaseAccepted():
            return replace(folder, number=event.number)
        case approval.DispositionApproved():
            return replace(folder, approved=event, informed=None, negotiated=None)
        case intake.CustomerInformed():
            return replace(folder, informed=event)
        case intake.NegotiationRecorded():
            return replace(folder, negotiated=event)
        case approval.CaseDecided():
            return replace(folder, decided=event)
        case intake.CaseSuperseded():
            return replace(folder, successor=event.successor)
        case _:
            return folder
