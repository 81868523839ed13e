"""Tasks: which stages of a case are open, with whom and until when, as the register said."""

from dataclasses import dataclass

from shared.contracts.event import Event
from shared.contracts.intake import StageClosed, StageOpened
from shared.contracts.values import Deadline


@dataclass(frozen=True, slots=True)
class Task:
    """One round of a stage in the hands of one department. ``level`` is empty where no authority must act."""

    stage: str
    owner: str
    round: int
    level: str
    deadline: Deadline | None
    rule: str


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of a case, open and closed, each in the order in which it was opened or closed."""

    open: tuple[Task, ...] = ()
    closed: tuple[Task, ...] = ()

    def evolve(self, event: Event) -> "Tasks":
        """The tasks after the register opened or closed a stage; any other event leaves them as they are."""
        match event:
            case StageOpened():
                opened = Task(event.stage, event.owner, event.round, event.level, event.deadline, event.rule)
                return Tasks((*self.open, opened), self.closed)
            case StageClosed():
                ended = (event.stage, event.owner, event.round)
                gone = tuple(task for task in self.open if (task.stage, task.owner, task.round) == ended)
                return Tasks(tuple(task for task in self.open if task not in gone), self.closed + gone)
            case _:
                return self

    def find(self, stage: str, owner: str | None = None) -> Task | None:
        """The open task of a stage (of one owner, where several have it), or None."""
        return next((task for task in self.open if task.stage == stage and owner in (None, task.owner)), None)

    def rounds(self, stage: str) -> int:
        """How many rounds of a stage were begun so far."""
        return max((task.round for task in self.open + self.closed if task.stage == stage), default=0)
