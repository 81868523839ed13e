"""After the negotiation: the GM Office's combined opinion and the decision on it (P1.15)."""

from collections.abc import Iterable
from datetime import datetime

from services.approval.domain.folder import ApprovalFolder, require_level
from shared.contracts import Event, Refused, approval
from shared.contracts.commands import Command, command
from shared.contracts.values import Text
from shared.procedures.course.rules import Rules


@command
class WriteCombinedOpinion(Command):
    """The GM Office weighs what Sales and the plant say after the negotiation."""

    stands_on = ("approved", "negotiated")

    opinion: Text


@command
class DecideCase(Command):
    """A level of authority decides on the combined opinion."""

    stands_on = ("approved", "negotiated", "combined")

    decision: Text


def write_combined_opinion(
    folder: ApprovalFolder, command: WriteCombinedOpinion, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Write the opinion on which the case is decided (P1.15)."""
    rules.permit("write-combined-opinion", command.by, folder.tasks)
    yield approval.CombinedOpinionWritten(command.opinion)


def decide_case(folder: ApprovalFolder, command: DecideCase, rules: Rules, now: datetime) -> Iterable[Event]:
    """Decide the case; the level required is the one that the approved amount required (P1.15, P1.24)."""
    rules.permit("decide-case", command.by, folder.tasks)
    approved = folder.approved
    if approved is None:
        raise Refused("nothing-approved", "P1.15")
    require_level(rules, command.by, approved.required)
    yield approval.CaseDecided(command.decision, approved.required, command.by.level)
