"""What analytics hears to keep its clocks; its read models hear everything, on their own way (``worker.py``)."""

from shared.contracts import intake
from shared.contracts.commands import Reactions, file

REACTIONS: Reactions = {
    intake.StageOpened: file,
    intake.StageClosed: file,
    intake.CaseAccepted: file,
    intake.CaseClosed: file,
}
