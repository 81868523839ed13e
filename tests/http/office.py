"""A small department to knock at: it files a complaint and has the supervisor endorse it, under the real rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from shared.commands.department import Department
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, command
from shared.contracts.values import Attachment, Choice, Code, Line, Money, OptionalText, Quantity, Share, Text
from shared.http.doors import Door
from shared.procedures.course.rules import Rules
from shared.procedures.course.tasks import Tasks


@command
class FileComplaint(Command):
    """Sales files a complaint.

    The second paragraph is not a summary.
    """

    customer: Line
    order: Code
    value: Money
    delivered: Quantity
    defective: Quantity | None = None
    delivered_on: date
    demand: Annotated[Code, Choice("demands")]
    loss: bool = True
    reason: OptionalText = ""
    samples: tuple[Line, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    shares: tuple[Share, ...] = ()
    inputs: dict[Code, Decimal] | None = None
    supersedes: UUID | None = None


@command
class EndorseComplaint(Command):
    """The supervisor signs."""

    stands_on = ("form",)

    opinion: Text


EMPTY = Tasks()


@dataclass(frozen=True)
class Folder:
    """What the office knows of a case."""

    case: UUID
    tasks: Tasks = EMPTY
    filed: bool = False
    form: intake.ComplaintFiled | intake.FormCorrected | None = None


def decide(folder: Folder, wish: FileComplaint | EndorseComplaint, rules: Rules, now: datetime) -> Iterable[Event]:
    if isinstance(wish, EndorseComplaint):
        rules.permit("endorse-complaint", wish.by, folder.tasks)
        yield intake.ComplaintEndorsed(wish.opinion)
        yield intake.StageClosed("endorsement", "sales", 1, "done")
        return
    rules.permit("file-complaint", wish.by, folder.tasks)
    if wish.defective is not None and wish.defective > wish.delivered:
        raise Refused("more-defective-than-delivered", "P1.4", fields=("defective",))
    yield intake.ComplaintFiled(
        customer=wish.customer,
        region="domestic",
        order=wish.order,
        part="P-1",
        delivered_on=wish.delivered_on,
        delivered=wish.delivered,
        defective=wish.defective,
        unit="piece",
        value=wish.value,
        demand=wish.demand,
        reason=wish.reason,
        samples=wish.samples,
        attachments=wish.attachments,
    )
    yield intake.StageOpened("endorsement", "sales", 1, "P1.9", "supervisor")


def evolve(folder: Folder, event: Event) -> Folder:
    form = event if isinstance(event, intake.ComplaintFiled | intake.FormCorrected) else folder.form
    return replace(folder, tasks=folder.tasks.evolve(event), filed=True, form=form)


OFFICE = Department("intake", Folder, decide, evolve, {})
DOORS = (Door(FileComplaint, creates=True, path="complaints"), Door(EndorseComplaint))
