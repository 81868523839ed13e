"""Quality looks at the goods and says what went wrong and who answers for it (P1.5, P1.6)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from services.investigation.domain.folder import InvestigationFolder
from shared.contracts import Event, Refused, investigation
from shared.contracts.commands import Command, command
from shared.contracts.values import Attachments, Choice, Code, Quantity, Share, Shares, Text
from shared.procedures.course.rules import Rules

WHOLE = 100
"""Percent: what the weights of everybody responsible come to."""


@command
class InspectGoods(Command):
    """Quality inspects the complained goods and confirms the complaint, or does not."""

    stands_on = ("delivered", "inspected")

    inspected: Quantity
    defective: Quantity
    confirmed: bool = False
    result: Text
    attachments: Attachments = ()


@command
class ReportCause(Command):
    """Whoever investigates reports the cause, the responsible department, and persons with weights in percent."""

    stands_on = ("inspected", "cause")

    cause: Annotated[Code, Choice("causes")]
    narrative: Text
    responsible_department: Annotated[Code, Choice("departments")]
    responsible: Shares = ()


def inspect_goods(folder: InvestigationFolder, command: InspectGoods, rules: Rules, now: datetime) -> Iterable[Event]:
    """Record an inspection; more cannot be inspected than was delivered (P1.5)."""
    rules.permit("inspect-goods", command.by, folder.tasks)
    if folder.delivered is not None and command.inspected > folder.delivered:
        raise Refused("more-inspected-than-delivered", "P1.5", fields=("inspected",), delivered=str(folder.delivered))
    if command.defective > command.inspected:
        raise Refused("more-defective-than-inspected", "P1.5", fields=("defective",), inspected=str(command.inspected))
    found = investigation.GoodsInspected(
        inspected=command.inspected,
        defective=command.defective,
        confirmed=command.confirmed,
        result=command.result,
        attachments=command.attachments,
    )
    if found != folder.inspected:
        yield found


def report_cause(folder: InvestigationFolder, command: ReportCause, rules: Rules, now: datetime) -> Iterable[Event]:
    """Report the cause and who is responsible; the case goes on to the countermeasure (P1.5, P1.13)."""
    rules.permit("report-cause", command.by, folder.tasks)
    rules.require_choice("causes", command.cause, "cause")
    rules.require_choice("departments", command.responsible_department, "responsible_department")
    for share in command.responsible:
        rules.require_choice("departments", share.department, "responsible")
    require_whole(command.responsible)
    yield investigation.CauseReported(
        cause=command.cause,
        narrative=command.narrative,
        responsible_department=command.responsible_department,
        responsible=command.responsible,
    )


def require_whole(responsible: tuple[Share, ...]) -> None:
    """Raise Refused unless nobody is named, or everybody once with weights that come to 100 percent (P1.5)."""
    total = sum(share.weight for share in responsible)
    if responsible and total != WHOLE:
        raise Refused("weights-not-whole", "P1.5", fields=("responsible",), total=str(total))
    named = Counter((share.department, share.person) for share in responsible)
    if twice := [" ".join(who).strip() for who, times in named.items() if times > 1]:
        raise Refused("named-twice", "P1.5", fields=("responsible",), twice=twice)
