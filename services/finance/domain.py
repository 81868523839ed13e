"""What finance decides: the loss as it really was, by the formula of the approved disposition (P1.30)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts import Event, Refused, approval, finance, intake
from shared.contracts.commands import Command, File, command
from shared.contracts.values import Inputs, OptionalText
from shared.procedures.course.goods import Goods, goods_of
from shared.procedures.course.rules import Rules
from shared.procedures.course.tasks import Task, Tasks


@dataclass(frozen=True, slots=True)
class FinanceFolder:
    """What finance must know of a case to decide: its tasks, the goods (None in old cases), what was approved."""

    case: UUID
    tasks: Tasks = field(default_factory=Tasks)
    goods: Goods | None = None
    approved: approval.DispositionApproved | None = None


@command
class RecordLoss(Command):
    """Accounting enters what was really paid, given, returned, sent or spent, by the formula's names (P1.30)."""

    stands_on = ("approved",)

    inputs: Inputs
    remark: OptionalText = ""


def initial(case: UUID) -> FinanceFolder:
    """The folder of a case of which nothing was heard."""
    return FinanceFolder(case)


def evolve(folder: FinanceFolder, event: Event) -> FinanceFolder:
    """The folder after an event, heard or own.

    What this department said ends its task here at once; the register's own word for it, heard later, changes
    nothing more. So no loss is recorded twice in between.
    """
    match event:
        case intake.StageOpened() | intake.StageClosed():
            return replace(folder, tasks=folder.tasks.evolve(event))
        case intake.ComplaintFiled() | intake.FormCorrected():
            return replace(folder, goods=goods_of(event))
        case approval.DispositionApproved():
            return replace(folder, approved=event)
        case finance.LossRecorded():
            return ended(folder, folder.tasks.find("loss"))
        case _:
            return folder


def ended(folder: FinanceFolder, task: Task | None) -> FinanceFolder:
    """The folder without a task that was just done."""
    if task is None:
        return folder
    return replace(folder, tasks=folder.tasks.evolve(intake.StageClosed(task.stage, task.owner, task.round, "done")))


def keep(folder: FinanceFolder, command: File, rules: Rules, now: datetime) -> Iterable[Event]:
    """File a copy of what another department said."""
    yield command.heard


def record_loss(folder: FinanceFolder, command: RecordLoss, rules: Rules, now: datetime) -> Iterable[Event]:
    """Record the loss with its inputs and the formula in words (P1.30)."""
    rules.permit("record-loss", command.by, folder.tasks)
    approved = folder.approved
    if approved is None:
        raise Refused("nothing-approved", "P1.30")
    settlement = rules.settle(approved.disposition, command.inputs)
    rules.require_real(approved.disposition, command.inputs, folder.goods)
    yield finance.LossRecorded(
        disposition=approved.disposition,
        inputs=command.inputs,
        formula=settlement.formula,
        loss=settlement.loss,
        remark=command.remark,
    )


DECISIONS: dict[type[Command], Callable[[FinanceFolder, Any, Rules, datetime], Iterable[Event]]] = {
    File: keep,
    RecordLoss: record_loss,
}


def decide(folder: FinanceFolder, command: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """The events that a command makes of a folder; raises Refused when the procedure does not allow it."""
    return DECISIONS[type(command)](folder, command, rules, now)
