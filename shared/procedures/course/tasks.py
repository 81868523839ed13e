"""Tasks: which stages of a case are open, with whom and until when, as the register said."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.contracts.event import Event
from shared.contracts.intake import StageClosed, StageOpened
from shared.contracts.values import Deadline


@dataclass(frozen=True, slots=True)
class Task:
    """One round of a stage in the hands of one department. ``level`` is empty where no authority must act.

    Of a closed one ``ended`` says when the department was done, and ``used`` what it had used of its limit by then.
    """

    stage: str
    owner: str
    round: int
    level: str
    deadline: Deadline | None
    rule: str
    ended: datetime | None = None
    used: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """Which round of which stage with whom."""
        return self.stage, self.owner, self.round


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
                key = (event.stage, event.owner, event.round)
                ended = tuple(
                    replace(task, ended=event.at, used=event.used) if task.key == key else task
                    for task in (*self.closed, *(task for task in self.open if task.key == key))
                )
                return Tasks(tuple(task for task in self.open if task.key != key), ended)
            case _:
                return self

    def find(self, stage: str, owner: str | None = None) -> Task | None:
        """The open task of a stage (of one owner, where several have it), or None."""
        return next((task for task in self.open if task.stage == stage and owner in (None, task.owner)), None)

    def rounds(self, stage: str, owner: str) -> int:
        """How many rounds of a stage a department has begun so far."""
        return max((task.round for task in self.open + self.closed if task.key[:2] == (stage, owner)), default=0)
