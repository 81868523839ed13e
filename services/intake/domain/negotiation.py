"""What the customer is told, how he answers, and who checks it; only what was approved is said (P1.14, P1.19)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from services.intake.domain.folder import DECLINED, IntakeFolder
from services.intake.domain.wording import require_approved
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, command
from shared.contracts.values import Choice, Code, Money, OptionalText, Text
from shared.procedures.course.rules import Rules


@command
class InformCustomer(Command):
    """Sales tells the customer, by letter or telephone, what was approved; it has nothing to enclose."""

    stands_on = ("approved", "informed")

    channel: Annotated[Code, Choice("conveyances")]
    disposition: Annotated[Code, Choice("dispositions")]
    amount: Money
    wording: Text


@command
class RecordNegotiation(Command):
    """Sales enters how the customer answered."""

    stands_on = ("approved", "informed", "negotiated")

    accepted: Annotated[Code, Choice("outcomes")]
    outcome: Text


@command
class CheckNegotiation(Command):
    """The supervisor of Sales checks the outcome and returns the form to the GM Office."""

    stands_on = ("approved", "informed", "negotiated")

    remark: OptionalText = ""


def inform_customer(folder: IntakeFolder, command: InformCustomer, rules: Rules, now: datetime) -> Iterable[Event]:
    """Convey exactly what was approved on the form, never the form itself; free words add no figure (P1.14, P1.19)."""
    rules.permit("inform-customer", command.by, folder.tasks)
    approved = folder.approved
    if approved is None:
        raise Refused("nothing-approved", "P1.19")
    rules.require_choice("conveyances", command.channel, "channel")
    said = {"disposition": command.disposition, "amount": command.amount}
    beyond = tuple(name for name, value in said.items() if value != getattr(approved, name))
    if beyond:
        raise Refused("beyond-what-was-approved", "P1.19", fields=beyond)
    require_approved(command.wording, folder, "wording")
    informed = intake.CustomerInformed(command.channel, command.disposition, command.amount, command.wording)
    if informed != folder.informed:
        yield informed


def record_negotiation(
    folder: IntakeFolder, command: RecordNegotiation, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Enter the outcome; until it is checked a later entry takes the place of an earlier one (P1.14).

    What the customer accepts is what was approved (P1.19); one who declines may have named any figure.
    """
    rules.permit("record-negotiation", command.by, folder.tasks)
    if folder.informed is None:
        raise Refused("customer-not-informed", "P1.14")
    rules.require_choice("outcomes", command.accepted, "accepted")
    if command.accepted != DECLINED:
        require_approved(command.outcome, folder, "outcome")
    recorded = intake.NegotiationRecorded(command.accepted, command.outcome)
    if recorded != folder.negotiated:
        yield recorded


def check_negotiation(folder: IntakeFolder, command: CheckNegotiation, rules: Rules, now: datetime) -> Iterable[Event]:
    """Pass the recorded outcome on to the GM Office (P1.14)."""
    rules.permit("check-negotiation", command.by, folder.tasks)
    if folder.negotiated is None:
        raise Refused("negotiation-not-recorded", "P1.14")
    yield intake.NegotiationChecked(command.remark)
