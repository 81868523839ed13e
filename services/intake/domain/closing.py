"""How a case ends: closed when nothing is left to do, and linked to the new one when the customer did not accept."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.intake.domain.folder import IntakeFolder
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, Redirected, command
from shared.contracts.values import OptionalText
from shared.procedures.course.rules import Rules


@command
class CloseCase(Command):
    """The GM Office closes the form."""

    stands_on = ("defective", "negotiated", "decided")

    remark: OptionalText = ""


@command
class SupersedeCase(Redirected):
    """A new form names this case as the one whose settlement the customer did not accept."""

    successor: UUID


def close_case(folder: IntakeFolder, command: CloseCase, rules: Rules, now: datetime) -> Iterable[Event]:
    """Close when only the closing itself is open and the form is complete (P1.10, P1.17, P1.23)."""
    task = rules.permit("close-case", command.by, folder.tasks)
    if others := [open_task.stage for open_task in folder.tasks.open if open_task != task]:
        raise Refused("stages-open", "P1.17", stages=others)
    if folder.defective is None:
        raise Refused("quantity-undetermined", "P1.10")
    yield intake.CaseClosed(folder.number, command.remark)


def supersede_case(folder: IntakeFolder, command: SupersedeCase, rules: Rules, now: datetime) -> Iterable[Event]:
    """Link the new form to this case, once, if the customer declined; otherwise there is nothing to link (P1.18)."""
    if folder.declined and folder.successor is None:
        yield intake.CaseSuperseded(command.successor)
