"""Approval's folder of a case: the open tasks, what was drafted and approved, who was late and was asked why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from shared.contracts import Event, Refused, analytics, approval, intake, investigation
from shared.contracts.values import Actor
from shared.procedures.course.goods import Goods, goods_of
from shared.procedures.course.rules import Rules
from shared.procedures.course.tasks import Tasks

OVERALL = "overall"
"""The name of the deadline of the whole case (P1.23); it belongs to no stage."""
NOT_ESTABLISHED = "no"
"""What ``established`` says of a complaint that is not (P1.22)."""


@dataclass(frozen=True, slots=True)
class ApprovalFolder:
    """What approval must know of a case to decide.

    ``goods`` are None in a case that was filed before they were told here. ``cause``, ``countermeasure``,
    ``opinions`` (by department), ``checked``, ``draft``, ``approved``, ``negotiated`` and ``combined`` are the last of
    their kind. ``missed`` are the deadlines heard to be missed, in the order heard;
    ``urged`` and ``asked`` the slips issued for them; ``answers`` the answers to the slips asked.
    """

    case: UUID
    tasks: Tasks = field(default_factory=Tasks)
    goods: Goods | None = None
    cause: investigation.CauseReported | None = None
    countermeasure: investigation.CountermeasureProposed | None = None
    opinions: Mapping[str, investigation.OpinionGiven] = field(default_factory=dict)
    checked: approval.InvestigationChecked | None = None
    draft: approval.DispositionDrafted | None = None
    approved: approval.DispositionApproved | None = None
    negotiated: intake.NegotiationRecorded | None = None
    combined: approval.CombinedOpinionWritten | None = None
    missed: tuple[analytics.DeadlineMissed, ...] = ()
    urged: tuple[approval.UrgingSlipIssued, ...] = ()
    asked: tuple[approval.InquirySlipIssued, ...] = ()
    answers: tuple[approval.InquiryAnswered, ...] = ()
    closed: bool = False


ENDS: dict[type, str] = {
    approval.InvestigationChecked: "check",
    approval.DispositionDrafted: "draft",
    approval.DispositionReviewed: "review",
    approval.DispositionApproved: "signature",
    approval.CombinedOpinionWritten: "combined-opinion",
    approval.CaseDecided: "decision",
    approval.InquiryAnswered: "inquiry",
}
"""Own events and the stage that each ends."""


def initial(case: UUID) -> ApprovalFolder:
    """The folder of a case of which nothing was heard."""
    return ApprovalFolder(case)


def evolve(folder: ApprovalFolder, event: Event) -> ApprovalFolder:
    """The folder after an event, heard or own.

    What this department said ends its task here at once; the register's own word for it, heard later, changes
    nothing more. So no second draft or signature slips in between.
    """
    folder = ended(folder, event)
    match event:
        case intake.StageOpened() | intake.StageClosed():
            return replace(folder, tasks=folder.tasks.evolve(event))
        case intake.ComplaintFiled() | intake.FormCorrected():
            return replace(folder, goods=goods_of(event))
        case investigation.CauseReported():
            return replace(folder, cause=event)
        case investigation.CountermeasureProposed():
            return replace(folder, countermeasure=event)
        case investigation.OpinionGiven():
            return replace(folder, opinions={**folder.opinions, event.department: event})
        case approval.InvestigationChecked():
            return replace(folder, checked=event)
        case approval.DispositionDrafted():
            return replace(folder, draft=event)
        case approval.DispositionApproved():
            return replace(folder, approved=event)
        case intake.NegotiationRecorded():
            return replace(folder, negotiated=event)
        case approval.CombinedOpinionWritten():
            return replace(folder, combined=event)
        case analytics.DeadlineMissed():
            return replace(folder, missed=(*folder.missed, event))
        case approval.UrgingSlipIssued():
            return replace(folder, urged=(*folder.urged, event))
        case approval.InquirySlipIssued():
            return replace(folder, asked=(*folder.asked, event))
        case approval.InquiryAnswered():
            return replace(folder, answers=(*folder.answers, event))
        case intake.CaseClosed():
            return replace(folder, closed=True)
        case _:
            return folder


def ended(folder: ApprovalFolder, event: Event) -> ApprovalFolder:
    """The folder without the task that an own event ends."""
    stage = event.sender if isinstance(event, approval.SentBack) else ENDS.get(type(event), "")
    owner = event.department if isinstance(event, approval.InquiryAnswered) else None
    task = folder.tasks.find(stage, owner)
    if task is None:
        return folder
    return replace(folder, tasks=folder.tasks.evolve(intake.StageClosed(task.stage, task.owner, task.round, "done")))


def require_level(rules: Rules, by: Actor, required: str) -> None:
    """Raise Refused for a level below the one that an amount requires, whatever the open task says (P1.24)."""
    if not rules.outranks(by.level, required):
        raise Refused("level-too-low", "P1.24", level=by.level, required=required)
