"""The GM Office checks what the departments found, and any who reviews may send a stage back (P1.6, P1.13)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from services.approval.domain.folder import NOT_ESTABLISHED, ApprovalFolder
from shared.contracts import Event, Refused, approval, investigation
from shared.contracts.commands import Command, command
from shared.contracts.values import Choice, Code, Codes, OptionalCode, OptionalText, Text
from shared.procedures.course.rules import Rules


@command
class CheckInvestigation(Command):
    """The GM Office finds the investigation in order, and decides whether the complaint is established.

    Without ``established`` it is as the investigation found. ``concerned`` are the departments with which it handles
    what others than the company are responsible for.
    """

    stands_on = ("cause", "countermeasure", "opinions")

    established: Annotated[OptionalCode, Choice("establishment")] = ""
    concerned: Annotated[Codes, Choice("departments")] = ()
    remark: OptionalText = ""


@command
class SendBack(Command):
    """Whoever checks, reviews, signs or decides wants a stage done again.

    ``owner`` is needed only where several departments did the stage.
    """

    stands_on = ("cause", "countermeasure", "opinions", "draft", "negotiated", "combined")

    stage: Code
    owner: OptionalCode = ""
    reason: Text


def check_investigation(
    folder: ApprovalFolder, command: CheckInvestigation, rules: Rules, now: datetime
) -> Iterable[Event]:
    """Decide whether the complaint is established, and pass it on to Sales, who drafts the disposition (P1.13, P1.22).

    What others are responsible for is handled together with the departments concerned (P1.21).
    """
    rules.permit("check-investigation", command.by, folder.tasks)
    found = folder.cause.established if folder.cause else "yes"
    decided = command.established or found
    rules.require_choice("establishment", decided, "established")
    for department in command.concerned:
        rules.require_choice("departments", department, "concerned")
    if decided != NOT_ESTABLISHED:
        if found == NOT_ESTABLISHED:
            raise Refused("nobody-named", "P1.22", fields=("established",))
        if folder.cause and folder.cause.outside and not command.concerned:
            raise Refused("others-involved", "P1.21", fields=("concerned",), names=named_outside(folder.cause))
    yield approval.InvestigationChecked(command.remark, decided, command.concerned)


def named_outside(cause: investigation.CauseReported) -> list[str]:
    """The companies that share the responsibility."""
    return [share.name for share in cause.outside]


def send_back(folder: ApprovalFolder, command: SendBack, rules: Rules, now: datetime) -> Iterable[Event]:
    """Send back to a stage that the pack lets the sender's stage send back to, and that was done (P1.13)."""
    task = rules.permit("send-back", command.by, folder.tasks)
    if task is None:
        raise Refused("stage-not-open", "P1.13")
    returnable = rules.returnable(task.stage, folder.tasks)
    owners = [owner for stage, owner in returnable if stage == command.stage and command.owner in ("", owner)]
    if not owners:
        fields = ("stage",) if returnable else ()
        raise Refused("not-returnable", task.rule, fields=fields, stages=sorted({stage for stage, _ in returnable}))
    if len(owners) > 1:
        raise Refused("owner-not-named", task.rule, fields=("owner",), owners=owners)
    yield approval.SentBack(task.stage, command.stage, owners[0], command.reason)
