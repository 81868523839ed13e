"""What investigation hears, and what it makes of it."""

from shared.contracts import intake
from shared.contracts.commands import Reactions, file

REACTIONS: Reactions = {
    intake.ComplaintFiled: file,
    intake.FormCorrected: file,
    intake.StageOpened: file,
    intake.StageClosed: file,
}
