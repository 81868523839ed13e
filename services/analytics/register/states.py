"""In which state a case is after what intake said: one table for the register and for the history."""

from shared.contracts import intake

STATES: dict[type, str] = {
    intake.ComplaintFiled: "filed",
    intake.AnomalySlipFiled: "anomaly",
    intake.ComplaintEndorsed: "endorsed",
    intake.FormReturned: "returned",
    intake.FormCorrected: "corrected",
    intake.CaseAccepted: "accepted",
    intake.CaseClosed: "closed",
    intake.ComplaintWithdrawn: "withdrawn",
}
"""Event -> state. An event that is not named leaves the state as it is."""
