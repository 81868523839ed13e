"""What investigation hears, and what it makes of it."""

from shared.contracts import intake
from shared.contracts.commands import Command, File, Reactions, file
from shared.contracts.envelope import Envelope
from shared.procedures.rules import Rules


def file_own_stage(heard: intake.StageOpened | intake.StageClosed, envelope: Envelope, rules: Rules) -> Command | None:
    """A stage that waits for investigation is a task of its folder; those of others are not its business."""
    return File(heard=heard, envelope=envelope) if rules.is_for("investigation", heard.stage) else None


REACTIONS: Reactions = {
    intake.ComplaintFiled: file,
    intake.FormCorrected: file,
    intake.StageOpened: file_own_stage,
    intake.StageClosed: file_own_stage,
}
