"""Who was late gets a numbered slip, one for each deadline: urged in an open case, asked why in a closed one."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar

from services.approval.domain.folder import OVERALL, ApprovalFolder, evolve
from shared.contracts import Event, analytics, approval
from shared.contracts.commands import Draw, File, command
from shared.procedures.course.rules import Rules

URGING = Draw("urging", approval.UrgingSlipIssued)
INQUIRY = Draw("inquiry", approval.InquirySlipIssued)


@command
class OpenTask(File):
    """File a stage opened; its deadline may be known as missed before (the two are heard on different ways)."""

    draws: ClassVar[Draw] = URGING


@command
class IssueUrgingSlip(File):
    """File a missed deadline and ask for the slip that it calls for: of a closed case, an inquiry slip."""

    @staticmethod
    def draws(folder: ApprovalFolder) -> Draw:
        """The series that the slips are numbered in, which is a matter of the folder."""
        return INQUIRY if folder.closed else URGING


def open_task(folder: ApprovalFolder, command: OpenTask, rules: Rules, now: datetime) -> Iterable[Event]:
    """File the stage; urge at once where it is late already (P1.25)."""
    yield command.heard
    if not folder.closed:
        yield from urging_slips(evolve(folder, command.heard), rules, now, command.serial)


def issue_urging_slip(folder: ApprovalFolder, command: IssueUrgingSlip, rules: Rules, now: datetime) -> Iterable[Event]:
    """File the missed deadline; urge whoever still holds the work (P1.25), or ask why they were late (P1.26)."""
    if command.heard in folder.missed:
        return
    yield command.heard
    slips = inquiry_slips if folder.closed else urging_slips
    yield from slips(evolve(folder, command.heard), rules, now, command.serial)


def urging_slips(
    folder: ApprovalFolder, rules: Rules, now: datetime, serial: int
) -> Iterator[approval.UrgingSlipIssued]:
    """The urging slips that are due and not issued, numbered from ``serial`` (P1.25)."""
    for missed in folder.missed:
        if is_held(folder, missed) and not is_urged(folder, missed):
            yield approval.UrgingSlipIssued(
                rules.number("urging", now, serial), missed.owner, missed.name, missed.round, missed.due,
                **spent(folder, missed, rules, now),
            )  # fmt: skip
            serial += 1


def inquiry_slips(
    folder: ApprovalFolder, rules: Rules, now: datetime, serial: int
) -> Iterator[approval.InquirySlipIssued]:
    """The inquiry slips that are due and not issued, numbered from ``serial``; none for the whole case (P1.26)."""
    asked = {(slip.department, slip.stage, slip.round) for slip in folder.asked}
    for missed in folder.missed:
        if missed.name != OVERALL and (missed.owner, missed.name, missed.round) not in asked:
            yield approval.InquirySlipIssued(
                rules.number("inquiry", now, serial), missed.owner, missed.name, missed.round, missed.due,
                **spent(folder, missed, rules, now),
            )  # fmt: skip
            serial += 1


def is_urged(folder: ApprovalFolder, missed: analytics.DeadlineMissed) -> bool:
    """Whether a slip was issued for the deadline; for the whole case, to whomever it went."""
    slips = [slip for slip in folder.urged if (slip.stage, slip.round) == (missed.name, missed.round)]
    return any(missed.name == OVERALL or slip.department == missed.owner for slip in slips)


def is_held(folder: ApprovalFolder, missed: analytics.DeadlineMissed) -> bool:
    """Whether the late work is still to be done; the whole case is its owner's until it is closed (P1.23).

    Who happens to have the case when its own limit runs out need not be late: they have limits of their own.
    """
    return missed.name == OVERALL or any(task.key == key_of(missed) for task in folder.tasks.open)


def spent(folder: ApprovalFolder, missed: analytics.DeadlineMissed, rules: Rules, now: datetime) -> dict[str, str]:
    """What the department has used of its limit and what it had, as far as that is kept; of a shared one, its part."""
    task = next((task for task in folder.tasks.open + folder.tasks.closed if task.key == key_of(missed)), None)
    if task is None or task.deadline is None or not (used := rules.used(task, now)):
        return {}
    portion = task.deadline.portion
    if portion is None:
        return {"used": used, "allowed": task.deadline.limit}
    return {"used": used, "allowed": portion.allowed, "own": portion.own}


def key_of(missed: analytics.DeadlineMissed) -> tuple[str, str, int]:
    """Which round of which stage with whom."""
    return missed.name, missed.owner, missed.round
