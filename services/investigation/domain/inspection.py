"""Quality looks at the goods and says what went wrong and who answers for it (P1.5, P1.6)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from services.investigation.domain.folder import InvestigationFolder
from shared.contracts import Event, Refused, investigation
from shared.contracts.commands import Command, command
from shared.contracts.values import (
    Attachments,
    Choice,
    Code,
    OptionalCode,
    OutsideShares,
    Quantity,
    Shares,
    Text,
)
from shared.procedures.course.goods import Goods
from shared.procedures.course.rules import Rules

NOT_ESTABLISHED = "no"
"""``ReportCause.established`` of a complaint that is not."""
WHOLE = 100
"""Percent: what the weights of everybody responsible come to."""


@command
class InspectGoods(Command):
    """Quality inspects the complained goods and confirms the complaint, or does not."""

    stands_on = ("goods", "inspected")

    inspected: Quantity
    defective: Quantity
    confirmed: bool = False
    result: Text
    attachments: Attachments = ()


@command
class ReportCause(Command):
    """Whoever investigates reports the cause and who answers for it, or that the complaint is not established.

    Departments and persons, and companies outside, have weights in percent.
    """

    stands_on = ("inspected", "cause")

    established: Annotated[Code, Choice("establishment")] = "yes"
    cause: Annotated[OptionalCode, Choice("causes")] = ""
    narrative: Text
    responsible_department: Annotated[OptionalCode, Choice("departments")] = ""
    responsible: Shares = ()
    outside: OutsideShares = ()


def inspect_goods(folder: InvestigationFolder, command: InspectGoods, rules: Rules, now: datetime) -> Iterable[Event]:
    """Record an inspection; more cannot be inspected than was delivered (P1.5)."""
    rules.permit("inspect-goods", command.by, folder.tasks)
    if folder.goods is not None:
        require_inspectable(command, folder.goods, rules)
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


def require_inspectable(command: InspectGoods, goods: Goods, rules: Rules) -> None:
    """Raise Refused unless the quantities are ones of the goods that were delivered (P1.5)."""
    rules.require_countable(goods.unit, "P1.5", {"inspected": command.inspected, "defective": command.defective})
    if command.inspected > goods.delivered:
        raise Refused("more-inspected-than-delivered", "P1.5", fields=("inspected",), delivered=str(goods.delivered))


def report_cause(folder: InvestigationFolder, command: ReportCause, rules: Rules, now: datetime) -> Iterable[Event]:
    """Report the cause and who is responsible; the case goes on to the countermeasure (P1.5, P1.13, P1.21, P1.22)."""
    rules.permit("report-cause", command.by, folder.tasks)
    rules.require_choice("establishment", command.established, "established")
    if command.established == NOT_ESTABLISHED:
        require_nobody_blamed(command)
    else:
        require_responsibility(command, rules)
    yield investigation.CauseReported(
        cause=command.cause,
        narrative=command.narrative,
        responsible_department=command.responsible_department,
        responsible=command.responsible,
        outside=command.outside,
        established=command.established,
    )


BLAMING = ("cause", "responsible_department", "responsible", "outside")
"""The fields that say who is at fault for what."""


def require_nobody_blamed(command: ReportCause) -> None:
    """Raise Refused where a complaint that is not established has somebody at fault (P1.22)."""
    if blaming := tuple(name for name in BLAMING if getattr(command, name)):
        raise Refused("nobody-at-fault", "P1.22", fields=blaming)


def require_responsibility(command: ReportCause, rules: Rules) -> None:
    """Raise Refused unless there is a cause, and a department or somebody outside who answers for it (P1.5, P1.21)."""
    needed = {"cause": command.cause, "responsible_department": command.responsible_department or command.outside}
    if missing := tuple(name for name, told in needed.items() if not told):
        raise Refused("form-incomplete", "P1.5", fields=missing)
    rules.require_choice("causes", command.cause, "cause")
    if command.responsible_department:
        rules.require_choice("departments", command.responsible_department, "responsible_department")
    for share in command.responsible:
        rules.require_choice("departments", share.department, "responsible")
    for other in command.outside:
        rules.require_choice("parties", other.party, "outside")
    require_whole(command)


def require_whole(command: ReportCause) -> None:
    """Raise Refused unless nobody is named, or everybody once with weights that come to 100 percent (P1.5)."""
    naming = tuple(name for name in ("responsible", "outside") if getattr(command, name))
    total = sum(share.weight for share in command.responsible) + sum(share.weight for share in command.outside)
    if naming and total != WHOLE:
        raise Refused("weights-not-whole", "P1.5", fields=naming, total=str(total))
    named = Counter((share.department, share.person) for share in command.responsible)
    named += Counter((share.party, share.name) for share in command.outside)
    if twice := [" ".join(who).strip() for who, times in named.items() if times > 1]:
        raise Refused("named-twice", "P1.5", fields=naming, twice=twice)
