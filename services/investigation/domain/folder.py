"""Investigation's folder of a case: its tasks, the goods that are complained of, what was inspected."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.contracts import Event, intake, investigation
from shared.contracts.intake import StageClosed
from shared.procedures.course.goods import Goods, goods_of
from shared.procedures.course.tasks import Task, Tasks


@dataclass(frozen=True, slots=True)
class InvestigationFolder:
    """What investigation must know of a case to decide.

    ``goods``, ``delivered`` and ``delivered_on`` are None until the complaint is heard of; ``inspected``, ``cause`` and
    ``countermeasure`` are the last of their kind. ``delivered`` is what the first release told by that name.
    """

    case: UUID
    tasks: Tasks = field(default_factory=Tasks)
    goods: Goods | None = None
    delivered: Decimal | None = None
    delivered_on: date | None = None
    inspected: investigation.GoodsInspected | None = None
    cause: investigation.CauseReported | None = None
    countermeasure: investigation.CountermeasureProposed | None = None


def initial(case: UUID) -> InvestigationFolder:
    """The folder of a case of which nothing was heard."""
    return InvestigationFolder(case)


def evolve(folder: InvestigationFolder, event: Event) -> InvestigationFolder:
    """The folder after an event, heard or own.

    What this department said ends its task here at once; the register's own word for it, heard later, changes
    nothing more. So nobody can report twice in between.
    """
    match event:
        case intake.StageOpened() | intake.StageClosed():
            return replace(folder, tasks=folder.tasks.evolve(event))
        case intake.ComplaintFiled() | intake.FormCorrected():
            return replace(folder, goods=goods_of(event), delivered=event.delivered, delivered_on=event.delivered_on)
        case investigation.GoodsInspected():
            return replace(folder, inspected=event)
        case investigation.CauseReported():
            return ended(replace(folder, cause=event), folder.tasks.find("cause"))
        case investigation.CountermeasureProposed():
            return ended(replace(folder, countermeasure=event), folder.tasks.find("countermeasure"))
        case investigation.OpinionGiven():
            return ended(folder, folder.tasks.find("opinion", event.department))
        case _:
            return folder


def ended(folder: InvestigationFolder, task: Task | None) -> InvestigationFolder:
    """The folder without a task that was just done."""
    if task is None:
        return folder
    return replace(folder, tasks=folder.tasks.evolve(StageClosed(task.stage, task.owner, task.round, "done")))
