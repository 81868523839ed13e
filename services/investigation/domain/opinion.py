"""The departments that are asked for it give their opinion (P1.13)."""

from collections.abc import Iterable
from datetime import datetime

from services.investigation.domain.folder import InvestigationFolder
from shared.contracts import Event, investigation
from shared.contracts.commands import Command, command
from shared.contracts.values import Text
from shared.procedures.course.rules import Rules


@command
class GiveOpinion(Command):
    """A department that is asked says what it thinks of cause and countermeasure."""

    stands_on = ("cause", "countermeasure")

    opinion: Text


def give_opinion(folder: InvestigationFolder, command: GiveOpinion, rules: Rules, now: datetime) -> Iterable[Event]:
    """Give the opinion of the actor's own department; the others are still awaited (P1.13)."""
    task = rules.permit("give-opinion", command.by, folder.tasks)
    department = task.owner if task else command.by.department
    yield investigation.OpinionGiven(department, command.opinion)
