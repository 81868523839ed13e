"""The complaint handling form: what must be filled in, what goes back to Sales, what may wait (P1.9, P1.10)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from services.intake.domain.folder import IntakeFolder
from shared.contracts import Event, Refused, intake
from shared.contracts.commands import Command, command
from shared.contracts.values import (
    Attachments,
    Choice,
    Codes,
    Lines,
    Money,
    OptionalCode,
    OptionalText,
    Quantity,
    SomeQuantity,
    Text,
)
from shared.procedures.course.rules import Rules

FORM = tuple(each.name for each in fields(intake.FormCorrected))
"""The fields of the form that can be sent back to be completed."""


INDISPENSABLE = ("delivered_on", "delivered", "value")
"""The fields without which a form is none, whatever a pack requires."""


@command
class ComplaintForm(Command):
    """The form as somebody filled it; any field may be empty until it is checked."""

    order: OptionalCode = ""
    part: OptionalCode = ""
    delivered_on: date | None = None
    delivered: SomeQuantity | None = None
    defective: Quantity | None = None
    unit: Annotated[OptionalCode, Choice("units")] = ""
    value: Money | None = None
    demand: Annotated[OptionalCode, Choice("demands")] = ""
    reason: OptionalText = ""
    samples: Lines = ()
    attachments: Attachments = ()


@command
class CorrectForm(ComplaintForm):
    """Sales completes a form that was sent back: the whole form as it now stands."""

    stands_on = ("form", "defective", "returned")


@command
class ReturnForm(Command):
    """The GM Office sends the form back, naming the fields to complete."""

    stands_on = ("form", "defective", "endorsed")

    fields: Codes
    remark: Text


@command
class DetermineQuantity(Command):
    """The customer has finished processing: the defective quantity is known."""

    stands_on = ("delivered", "defective")

    defective: Quantity


@dataclass(frozen=True, slots=True)
class Delivery:
    """The goods of a complete form: when, how many, for how much."""

    on: date
    quantity: Decimal
    value: Money


def complete(form: ComplaintForm, rules: Rules, now: datetime) -> Delivery:
    """Check a form whole and return its delivery.

    Raises Refused: ``form-incomplete`` with every empty field (P1.9; a quantity that the pack lets the demand
    wait for is none, P1.10), ``unknown-choice``, ``wrong-currency``, ``not-delivered-yet``, ``delivered-too-long-ago``,
    ``more-defective-than-delivered``, ``not-whole`` (P1.4).
    """
    missing = empty_fields(form, rules)
    if missing or form.delivered_on is None or form.delivered is None or form.value is None:
        raise Refused("form-incomplete", "P1.9", fields=missing)
    rules.require_choice("units", form.unit, "unit")
    rules.require_choice("demands", form.demand, "demand")
    if form.value.currency != rules.currency:
        raise Refused("wrong-currency", "P1.9", fields=("value",), expected=rules.currency)
    if form.delivered_on > now.astimezone(rules.place.timezone).date():
        raise Refused("not-delivered-yet", "P1.4", fields=("delivered_on",))
    if form.delivered_on < (oldest := rules.oldest_delivery(now)):
        raise Refused("delivered-too-long-ago", "P1.4", fields=("delivered_on",), oldest=oldest)
    require_at_most(form.defective, form.delivered)
    rules.require_countable(form.unit, "P1.4", {"delivered": form.delivered, "defective": form.defective})
    return Delivery(form.delivered_on, form.delivered, form.value)


def empty_fields(form: ComplaintForm, rules: Rules) -> tuple[str, ...]:
    """The fields still to be filled in, in the form's order: those the pack requires, and those no form can lack."""
    filled = {each.name: getattr(form, each.name) for each in fields(form)}
    missing = {*rules.missing(filled), *(name for name in INDISPENSABLE if filled[name] is None)}
    return tuple(name for name in filled if name in missing)


def require_at_most(defective: Decimal | None, delivered: Decimal) -> None:
    """Raise Refused when more is defective than was delivered (P1.4)."""
    if defective is not None and defective > delivered:
        raise Refused("more-defective-than-delivered", "P1.4", fields=("defective",), delivered=str(delivered))


def correct_form(folder: IntakeFolder, command: CorrectForm, rules: Rules, now: datetime) -> Iterable[Event]:
    """Put the completed form in the place of the one that was sent back (P1.9)."""
    rules.permit("correct-form", command.by, folder.tasks)
    delivery = complete(command, rules, now)
    yield intake.FormCorrected(
        order=command.order,
        part=command.part,
        delivered_on=delivery.on,
        delivered=delivery.quantity,
        defective=command.defective,
        unit=command.unit,
        value=delivery.value,
        demand=command.demand,
        reason=command.reason,
        samples=command.samples,
        attachments=command.attachments,
    )


def return_form(folder: IntakeFolder, command: ReturnForm, rules: Rules, now: datetime) -> Iterable[Event]:
    """Send the form back; what is missing must be named by the form's own fields (P1.9)."""
    rules.permit("return-form", command.by, folder.tasks)
    if not command.fields or set(command.fields) - set(FORM):
        raise Refused("fields-not-named", "P1.9", fields=("fields",), known=FORM)
    yield intake.FormReturned(command.fields, command.remark)


def determine_quantity(
    folder: IntakeFolder, command: DetermineQuantity, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Fill in the quantity that was still in the customer's process; once known it stays (P1.10)."""
    rules.permit("determine-quantity", command.by, folder.tasks)
    if folder.defective == command.defective:
        return
    if folder.defective is not None:
        raise Refused("quantity-not-awaited", "P1.10")
    require_at_most(command.defective, folder.delivered)
    rules.require_countable(folder.form.unit if folder.form else "", "P1.10", {"defective": command.defective})
    yield intake.QuantityDetermined(command.defective)
