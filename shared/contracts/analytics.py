"""What analytics says: a deadline is near, a deadline was missed; each exactly once."""

from datetime import datetime

from shared.contracts.event import event


@event("analytics.deadline-warned")
class DeadlineWarned:
    """So many percent of the limit are used and the work is not done."""

    name: str
    owner: str
    round: int
    due: datetime
    percent: int


@event("analytics.deadline-missed")
class DeadlineMissed:
    """The work was not done when it was due (P1.25, P1.26)."""

    name: str
    owner: str
    round: int
    due: datetime
