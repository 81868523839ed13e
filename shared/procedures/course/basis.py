"""What an act stands on: whose turn it is, in which round, and what of the folder it is decided on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shared.contracts.commands import Command, kebab
from shared.contracts.refused import Refused
from shared.contracts.values import Actor
from shared.procedures.course.rules import Rules
from shared.procedures.course.tasks import Tasks

CIRCUMSTANCES = frozenset({"case", "tasks"})
"""Fields of a folder that no act stands on by themselves: the tasks of others are not its business."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The task in which somebody acts, without its deadline. ``round`` is 0 where rounds run side by side."""

    stage: str
    owner: str
    level: str
    round: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What somebody must have seen as it is. ``turn`` is None where no open task is theirs.

    Two are equal when nothing that matters to the act has changed, whatever else was filed.
    """

    turn: Turn | None
    content: Mapping[str, Any]


def basis(command: type[Command], by: Actor, folder: Any, rules: Rules) -> Basis:
    """What a command of this class stands on, given by this person, in a department's folder."""
    names = command.stands_on
    if names is None:
        names = tuple(each.name for each in fields(folder) if each.name not in CIRCUMSTANCES)
    return Basis(
        turn(kebab(command.__name__), by, folder.tasks, rules),
        {name: getattr(folder, name) for name in names},
    )


def turn(act: str, by: Actor, tasks: Tasks, rules: Rules) -> Turn | None:
    """The task in which somebody may do an act now."""
    try:
        task = rules.permit(act, by, tasks)
    except Refused:
        return None
    if task is None:
        return None
    several = rules.pack.stage(task.stage).repeats
    return Turn(task.stage, task.owner, task.level, 0 if several else task.round)
