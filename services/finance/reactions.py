"""What finance hears, and what it makes of it."""

from shared.contracts import approval, intake
from shared.contracts.commands import Command, File, Reactions, file
from shared.contracts.envelope import Envelope
from shared.procedures.rules import Rules


def file_own_stage(heard: intake.StageOpened | intake.StageClosed, envelope: Envelope, rules: Rules) -> Command | None:
    """A stage that waits for finance is a task of its folder; those of others are not its business."""
    return File(heard=heard, envelope=envelope) if rules.is_for("finance", heard.stage) else None


REACTIONS: Reactions = {
    intake.StageOpened: file_own_stage,
    intake.StageClosed: file_own_stage,
    intake.CaseAccepted: file,
    approval.DispositionApproved: file,
    intake.CaseClosed: file,
}
