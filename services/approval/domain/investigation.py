"""The GM Office checks what the departments found, and any who reviews may send a stage back (P1.6, P1.13)."""

from collections.abc import Iterable
from datetime import datetime

from services.approval.domain.folder import ApprovalFolder
from shared.contracts import Event, Refused, approval
from shared.contracts.commands import Command, command
from shared.contracts.values import Code, OptionalCode, OptionalText, Text
from shared.procedures.course.rules import Rules


@command
class CheckInvestigation(Command):
    """The GM Office finds cause, countermeasure and opinions in order."""

    stands_on = ("cause", "countermeasure", "opinions")

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
    """Pass the investigation on to Sales, who drafts the disposition (P1.13)."""
    rules.permit("check-investigation", command.by, folder.tasks)
    yield approval.InvestigationChecked(command.remark)


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
