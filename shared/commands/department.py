"""What the gate asks of a department: how it decides, what its folder is, what it makes of what it hears."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.commands import Command, Reactions
from shared.contracts.event import Event

Folder = Any
"""A department's state of a case: a frozen value of its own making."""

Rules = Any
"""What a pack says at a site; the gate asks it for ``site``, ``pack.id``, ``pack.version`` and ``series``."""

Decide = Callable[[Folder, Any, Rules, datetime], Iterable[Event]]
RulesFor = Callable[[str, str | None, int | None], Rules]
"""(site, pack, version) -> rules. Without pack and version: those that a new case of the site takes."""

Condition = Callable[[Folder, Rules], bool]
"""What a caller needs to be true of a folder at the moment at which a command is decided on it."""


@dataclass(frozen=True, slots=True)
class Department:
    """A service's domain, as pure functions.

    ``decide(folder, command, rules, now)`` yields events or raises Refused; ``evolve(folder, event)`` is the folder
    after it; ``initial(case)`` the folder of a case nothing is known of.
    """

    name: str
    initial: Callable[[UUID], Folder]
    decide: Decide
    evolve: Callable[[Folder, Event], Folder]
    reactions: Reactions


def command_name(command: Command) -> str:
    """How a command is named in logs and in its digest."""
    return type(command).__name__
