"""How a command's form looks beyond what its fields tell: sections, what it begins with, what it offers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.commands import Command
from shared.contracts.values import Actor
from shared.procedures.course.rules import Rules

Offer = Callable[[Any, Rules, Actor], Iterable[str]]
"""The codes that a person may choose from, from the folder, its rules and the person."""


@dataclass(frozen=True, slots=True)
class CommandForm:
    """The form of one command.

    ``sections`` are (code, fields) in their order; what they leave out comes last, and their titles are the
    words ``section.<code>``. ``recalls`` names fields that begin with what the newest event in the folder says
    that has them. ``offers`` gives a field choices that no list of the pack has: the kind of the codes, and who
    finds them. ``late`` names fields that are asked for only when a problem names them. ``also`` names
    fields by which another act is done at once: they are shown to those who could do it.
    """

    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    recalls: tuple[str, ...] = ()
    offers: Mapping[str, tuple[str, Offer]] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)


PLAIN = CommandForm()
Papers = Mapping[type[Command], CommandForm]
