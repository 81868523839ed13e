"""What intake decides: the complaint form, the register and its course, what the customer is told, closing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from services.intake.domain.closing import CloseCase, SupersedeCase, close_case, supersede_case
from services.intake.domain.complaint import (
    EndorseComplaint,
    FileAnomalySlip,
    FileComplaint,
    WithdrawComplaint,
    endorse_complaint,
    file_anomaly_slip,
    file_complaint,
    withdraw_complaint,
)
from services.intake.domain.folder import DECLINED, IntakeFolder, evolve, initial
from services.intake.domain.form import (
    FORM,
    CorrectForm,
    DetermineQuantity,
    ReturnForm,
    correct_form,
    determine_quantity,
    return_form,
)
from services.intake.domain.negotiation import (
    CheckNegotiation,
    InformCustomer,
    RecordNegotiation,
    check_negotiation,
    inform_customer,
    record_negotiation,
)
from services.intake.domain.register import AcceptCase, accept_case, course, hear
from shared.contracts import Event
from shared.contracts.commands import Command, File
from shared.procedures.course.rules import Rules

__all__ = [
    "DECLINED",
    "FORM",
    "AcceptCase",
    "CheckNegotiation",
    "CloseCase",
    "CorrectForm",
    "DetermineQuantity",
    "EndorseComplaint",
    "FileAnomalySlip",
    "FileComplaint",
    "InformCustomer",
    "IntakeFolder",
    "RecordNegotiation",
    "ReturnForm",
    "SupersedeCase",
    "WithdrawComplaint",
    "decide",
    "evolve",
    "initial",
]

Decision = Callable[[IntakeFolder, Any, Rules, datetime], Iterable[Event | Command]]
"""What a command makes of a folder: events, and commands that follow at once."""

DECISIONS: dict[type[Command], Decision] = {
    File: hear,
    FileComplaint: file_complaint,
    FileAnomalySlip: file_anomaly_slip,
    EndorseComplaint: endorse_complaint,
    WithdrawComplaint: withdraw_complaint,
    AcceptCase: accept_case,
    ReturnForm: return_form,
    CorrectForm: correct_form,
    DetermineQuantity: determine_quantity,
    InformCustomer: inform_customer,
    RecordNegotiation: record_negotiation,
    CheckNegotiation: check_negotiation,
    CloseCase: close_case,
    SupersedeCase: supersede_case,
}


def decide(folder: IntakeFolder, command: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """The events that a command makes of a folder, each with the stages it ends and begins.

    Raises Refused when the procedure does not allow it; then nothing of what was yielded holds.
    """
    acted = moment(command, now)
    for said in DECISIONS[type(command)](folder, command, rules, now):
        if isinstance(said, Command):
            follows = decide(folder, said, rules, now)
        else:
            follows = entered(folder, said, rules, now, acted)
        for event in follows:
            yield event
            folder = evolve(folder, event)


def moment(command: Command, now: datetime) -> datetime:
    """When what is entered happened: what another department did, when it did it, however late that is heard."""
    return command.envelope.time if isinstance(command, File) and command.envelope else now


def entered(folder: IntakeFolder, event: Event, rules: Rules, now: datetime, acted: datetime) -> Iterable[Event]:
    """An event as it stands in the register: itself, then what it moves."""
    yield event
    yield from course(evolve(folder, event), event, rules, now, acted)
