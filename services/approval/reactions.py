"""What approval hears, and what it makes of it."""

from services.approval.domain import CloseFolder, IssueUrgingSlip, OpenTask
from shared.contracts import Event, analytics, intake, investigation
from shared.contracts.commands import Command, Reactions, file
from shared.contracts.envelope import Envelope
from shared.procedures.course.rules import Rules


def open_task(heard: Event, envelope: Envelope, rules: Rules) -> Command:
    """A stage begins, perhaps late already."""
    return OpenTask(heard=heard, envelope=envelope)


def issue_urging_slip(heard: Event, envelope: Envelope, rules: Rules) -> Command:
    """Somebody is late (P1.25, P1.26)."""
    return IssueUrgingSlip(heard=heard, envelope=envelope)


def close_folder(heard: Event, envelope: Envelope, rules: Rules) -> Command:
    """The case is closed: copies and inquiries (P1.17, P1.26)."""
    return CloseFolder(heard=heard, envelope=envelope)


REACTIONS: Reactions = {
    intake.ComplaintFiled: file,
    intake.FormCorrected: file,
    intake.StageOpened: open_task,
    intake.StageClosed: file,
    intake.CaseAccepted: file,
    investigation.CauseReported: file,
    investigation.CountermeasureProposed: file,
    investigation.OpinionGiven: file,
    intake.NegotiationRecorded: file,
    analytics.DeadlineMissed: issue_urging_slip,
    intake.CaseClosed: close_folder,
}
