"""A complaint is filed by Sales and endorsed by its supervisor; what caused no loss is an anomaly slip (P1.1, P1.9)."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from services.intake.domain.folder import IntakeFolder
from services.intake.domain.form import ComplaintForm, complete
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, Draw, command
from shared.contracts.values import Attachments, Choice, OptionalCode, OptionalLine, OptionalText, Text
from shared.procedures.course.rules import Rules


@command
class FileComplaint(ComplaintForm):
    """Sales files a complaint, with the supervisor's opinion if he files it himself.

    ``loss`` false files an anomaly slip instead, which tells the ``handling`` (P1.1). ``supersedes`` is the case
    whose settlement the customer did not accept (P1.18). ``reference`` is the sender's own number for it.
    ``duplicates_seen`` tells the door that whoever files has seen the open complaints that look alike.
    """

    draws: ClassVar[Draw] = Draw("anomaly", intake.AnomalySlipFiled)

    customer: OptionalLine = ""
    region: Annotated[OptionalCode, Choice("regions")] = ""
    channel: Annotated[OptionalCode, Choice("channels")] = ""
    loss: bool = True
    handling: OptionalText = ""
    supersedes: UUID | None = None
    reference: OptionalLine = ""
    opinion: OptionalText = ""
    duplicates_seen: bool = False


@command
class FileAnomalySlip(Command):
    """Sales or the unit concerned went to handle an anomaly without loss, and tells how it was handled (P1.1)."""

    draws: ClassVar[Draw] = Draw("anomaly", intake.AnomalySlipFiled)

    customer: OptionalLine = ""
    region: Annotated[OptionalCode, Choice("regions")] = ""
    order: OptionalCode = ""
    part: OptionalCode = ""
    reason: OptionalText = ""
    handling: Text
    attachments: Attachments = ()
    reference: OptionalLine = ""


@command
class EndorseComplaint(Command):
    """The supervisor of Sales adds an opinion and signs."""

    stands_on = ("form", "defective")

    opinion: Text


@command
class WithdrawComplaint(Command):
    """Sales takes back a complaint or slip that nobody has worked on: filed by mistake, or read wrongly."""

    stands_on = ("form", "endorsed")

    reason: Text


TOLD_ON_A_SLIP = tuple(each.name for each in fields(FileAnomalySlip) if each.name not in ("by", "serial"))
"""The fields of an anomaly slip as somebody fills it in."""


def file_complaint(
    folder: IntakeFolder, command: FileComplaint, rules: Rules, now: datetime
) -> Iterable[Event | EndorseComplaint]:
    """File the form, or a slip where no loss arose; an opinion is an endorsement at once (P1.1, P1.9, P1.18)."""
    if not command.loss:
        yield anomaly_slip(folder, command, rules, now, may_lack=rules.slip_may_lack(command.channel))
        return
    rules.permit("file-complaint", command.by, folder.tasks)
    if folder.filed:
        raise Refused("already-filed", "P1.9")
    if command.handling:
        raise Refused("handling-on-a-complaint", "P1.1", fields=("handling",))
    yield complaint(command, rules, now)
    if command.opinion:
        yield EndorseComplaint(by=command.by, opinion=command.opinion)


def complaint(command: FileComplaint, rules: Rules, now: datetime) -> intake.ComplaintFiled:
    """The complete form; raises Refused as ``complete`` does."""
    delivery = complete(command, rules, now)
    require_known(command, rules)
    return intake.ComplaintFiled(
        customer=command.customer,
        region=command.region,
        order=command.order,
        part=command.part,
        delivered_on=delivery.on,
        delivered=delivery.quantity,
        defective=command.defective,
        unit=command.unit,
        value=delivery.value,
        demand=command.demand,
        reason=command.reason,
        channel=command.channel,
        samples=command.samples,
        attachments=command.attachments,
        supersedes=command.supersedes,
        reference=command.reference,
    )


def file_anomaly_slip(folder: IntakeFolder, command: FileAnomalySlip, rules: Rules, now: datetime) -> Iterable[Event]:
    """File the slip for an anomaly without loss (P1.1)."""
    yield anomaly_slip(folder, command, rules, now)


def anomaly_slip(
    folder: IntakeFolder,
    command: FileAnomalySlip | FileComplaint,
    rules: Rules,
    now: datetime,
    *,
    may_lack: bool = False,
) -> intake.AnomalySlipFiled:
    """The slip, under a number of its own series.

    Of the complaint form's required fields it needs those that it has, and how it was handled, which it ``may_lack``
    if another system kept it; raises Refused ``form-incomplete``.
    """
    rules.permit("file-anomaly-slip", command.by, folder.tasks)
    if folder.filed:
        raise Refused("already-filed", "P1.1")
    told = {name: getattr(command, name) for name in TOLD_ON_A_SLIP}
    missing = {*rules.missing(told), *(() if command.handling or may_lack else ("handling",))}
    if empty := tuple(name for name in told if name in missing):
        raise Refused("form-incomplete", "P1.1", fields=empty)
    rules.require_choice("regions", command.region, "region")
    return intake.AnomalySlipFiled(number=rules.number("anomaly", now, command.serial), **told)


def require_known(command: FileComplaint, rules: Rules) -> None:
    """Raise Refused ``unknown-choice`` for a region or channel that the pack does not list."""
    rules.require_choice("regions", command.region, "region")
    if command.channel:
        rules.require_choice("channels", command.channel, "channel")


def endorse_complaint(folder: IntakeFolder, command: EndorseComplaint, rules: Rules, now: datetime) -> Iterable[Event]:
    """Sign the form with an opinion; it goes to the GM Office (P1.9)."""
    rules.permit("endorse-complaint", command.by, folder.tasks)
    yield intake.ComplaintEndorsed(command.opinion)


def withdraw_complaint(
    folder: IntakeFolder, command: WithdrawComplaint, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Take the form back, once, while nobody has worked on it; what it supersedes has it for its successor (P1.18)."""
    if folder.withdrawn:
        return
    rules.permit("withdraw-complaint", command.by, folder.tasks)
    if isinstance(folder.form, intake.ComplaintFiled) and folder.form.supersedes:
        raise Refused("supersedes-another", "P1.18")
    yield intake.ComplaintWithdrawn(command.reason)
