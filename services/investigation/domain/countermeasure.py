"""Manufacturing finds the cause in its own work and proposes what is done about it (P1.7)."""

from collections.abc import Iterable
from datetime import date, datetime

from services.investigation.domain.folder import InvestigationFolder
from shared.contracts import Event, Refused, investigation
from shared.contracts.commands import Command, command
from shared.contracts.values import Code, Lines, Text
from shared.procedures.course.rules import Rules


@command
class ProposeCountermeasure(Command):
    """Manufacturing reports the producing unit, the persons and the production date with its countermeasure."""

    stands_on = ("delivered_on", "cause", "countermeasure")

    analysis: Text
    measure: Text
    producing_unit: Code
    persons: Lines = ()
    produced_on: date


def propose_countermeasure(
    folder: InvestigationFolder, command: ProposeCountermeasure, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Propose the countermeasure; the goods were made before they were delivered (P1.7, P1.13)."""
    rules.permit("propose-countermeasure", command.by, folder.tasks)
    if folder.delivered_on is not None and command.produced_on > folder.delivered_on:
        raise Refused("produced-after-delivery", "P1.7", fields=("produced_on",), delivered=str(folder.delivered_on))
    yield investigation.CountermeasureProposed(
        analysis=command.analysis,
        measure=command.measure,
        producing_unit=command.producing_unit,
        persons=command.persons,
        produced_on=command.produced_on,
    )
