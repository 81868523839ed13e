"""What finance hears, and what it makes of it."""

from shared.contracts import approval, intake
from shared.contracts.commands import Reactions, file, file_stage_of

REACTIONS: Reactions = {
    intake.ComplaintFiled: file,
    intake.FormCorrected: file,
    intake.StageOpened: file_stage_of("finance"),
    intake.StageClosed: file_stage_of("finance"),
    intake.CaseAccepted: file,
    approval.DispositionApproved: file,
    intake.CaseClosed: file,
}
