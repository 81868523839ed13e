"""The Case Register and Tracking Table: numbers a case and says, after each event, who has it next (P1.8, P1.13)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar

from services.intake.domain.folder import IntakeFolder
from shared.contracts import Event, intake
from shared.contracts.commands import Command, Draw, File, command
from shared.contracts.values import Choice, Code, OptionalText
from shared.procedures.course.rules import Rules


@command
class AcceptCase(Command):
    """The GM Office numbers the form, classes it and enters it in the register."""

    stands_on = ("form", "defective", "endorsed")

    draws: ClassVar[Draw] = Draw("case", intake.CaseAccepted)

    complaint_class: Annotated[Code, Choice("classes")]
    remark: OptionalText = ""


def accept_case(folder: IntakeFolder, command: AcceptCase, rules: Rules, now: datetime) -> Iterable[Event]:
    """Accept under the month's next number; the overall limit begins (P1.2, P1.8, P1.23)."""
    rules.permit("accept-case", command.by, folder.tasks)
    rules.require_choice("classes", command.complaint_class, "complaint_class")
    facts = {**folder.facts, "complaint_class": command.complaint_class}
    yield intake.CaseAccepted(
        number=rules.number("case", now, command.serial),
        complaint_class=command.complaint_class,
        overall=rules.overall(facts, now),
        remark=command.remark,
    )


def hear(folder: IntakeFolder, command: File, rules: Rules, now: datetime) -> Iterable[Event]:
    """Enter what another department did; its stage ends by it (P1.13)."""
    yield command.heard


def course(folder: IntakeFolder, event: Event, rules: Rules, now: datetime, acted: datetime) -> Iterable[Event]:
    """The stages that an event ends and begins by the pack. ``folder`` has the event in it already.

    Who acted is judged by when they did; whoever is next has the case from now on, however late that was heard.
    """
    moves = rules.next_stages(folder.facts, folder.tasks, event, now, acted)
    yield from moves.closed
    yield from moves.opened
