"""What finance hears, and what it makes of it."""

from shared.contracts import approval, intake
from shared.contracts.commands import Reactions, file

REACTIONS: Reactions = {
    intake.StageOpened: file,
    intake.StageClosed: file,
    intake.CaseAccepted: file,
    approval.DispositionApproved: file,
    intake.CaseClosed: file,
}
