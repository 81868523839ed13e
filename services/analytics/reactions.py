"""What analytics hears to keep its clocks; its read models hear everything, on their own way (``worker.py``)."""

from shared.contracts import intake
from shared.contracts.commands import Command, File, Reactions, file
from shared.contracts.envelope import Envelope
from shared.procedures.course.rules import Rules


def file_limited_stage(
    heard: intake.StageOpened | intake.StageClosed, envelope: Envelope, rules: Rules
) -> Command | None:
    """A stage with a limit is a clock to keep; one without needs none (P1.23)."""
    return File(heard=heard, envelope=envelope) if rules.has_limit(heard.stage) else None


REACTIONS: Reactions = {
    intake.StageOpened: file_limited_stage,
    intake.StageClosed: file_limited_stage,
    intake.CaseAccepted: file,
    intake.CaseClosed: file,
}
