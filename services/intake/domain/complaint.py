"""A complaint is filed by Sales and endorsed by its supervisor; without a loss it is an anomaly slip (P1.1, P1.9)."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from services.intake.domain.folder import Folder
from services.intake.domain.form import Form, complete, empty_fields
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, Draw, command
from shared.contracts.values import Choice, OptionalCode, OptionalLine, OptionalText, Text
from shared.procedures.rules import Rules


@command
class FileComplaint(Form):
    """Sales files a complaint, with the supervisor's opinion if he files it himself.

    ``loss`` false files an anomaly slip instead (P1.1). ``supersedes`` is the case whose settlement the
    customer did not accept (P1.18). ``reference`` is the sender's own number for it. ``duplicates_seen``
    tells the door that whoever files has seen the open complaints that look alike.
    """

    draws: ClassVar[Draw] = Draw("anomaly", intake.AnomalySlipFiled)

    customer: OptionalLine = ""
    region: Annotated[OptionalCode, Choice("regions")] = ""
    channel: Annotated[OptionalCode, Choice("channels")] = ""
    loss: bool = True
    supersedes: UUID | None = None
    reference: OptionalLine = ""
    opinion: OptionalText = ""
    duplicates_seen: bool = False


@command
class EndorseComplaint(Command):
    """The supervisor of Sales adds an opinion and signs."""

    opinion: Text


SLIP = tuple(each.name for each in fields(intake.AnomalySlipFiled))
"""The fields of an anomaly slip."""


def file_complaint(
    folder: Folder, command: FileComplaint, rules: Rules, now: datetime
) -> Iterable[Event | EndorseComplaint]:
    """File the form, or a slip where no loss arose; an opinion is an endorsement at once (P1.1, P1.9, P1.18)."""
    rules.permit("file-complaint", command.by, folder.tasks)
    if folder.filed:
        raise Refused("already-filed", "P1.9")
    if not command.loss:
        yield anomaly_slip(command, rules, now)
        return
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


def anomaly_slip(command: FileComplaint, rules: Rules, now: datetime) -> intake.AnomalySlipFiled:
    """The slip for an anomaly without loss, under a number of its own series (P1.1).

    Of the form's required fields it needs those that a slip has; raises Refused ``form-incomplete``.
    """
    if missing := tuple(name for name in empty_fields(command, rules) if name in SLIP):
        raise Refused("form-incomplete", "P1.1", fields=missing)
    require_known(command, rules)
    return intake.AnomalySlipFiled(
        number=rules.number("anomaly", now, command.serial),
        customer=command.customer,
        region=command.region,
        order=command.order,
        part=command.part,
        reason=command.reason,
        attachments=command.attachments,
        reference=command.reference,
    )


def require_known(command: FileComplaint, rules: Rules) -> None:
    """Raise Refused ``unknown-choice`` for a region or channel that the pack does not list."""
    rules.require_choice("regions", command.region, "region")
    if command.channel:
        rules.require_choice("channels", command.channel, "channel")


def endorse_complaint(folder: Folder, command: EndorseComplaint, rules: Rules, now: datetime) -> Iterable[Event]:
    """Sign the form with an opinion; it goes to the GM Office (P1.9)."""
    rules.permit("endorse-complaint", command.by, folder.tasks)
    yield intake.ComplaintEndorsed(command.opinion)
