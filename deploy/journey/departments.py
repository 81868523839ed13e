"""The five departments as the document needs them: what each hears, and what its decisions say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from deploy.journey.reading import said_by
from shared.contracts.commands import Command, Reaction
from shared.contracts.event import SERVICES, owner_of, wire_name
from shared.runtime import Rooms


@dataclass(frozen=True)
class ReactionRow:
    """One row of a reaction table: a service hears an event and makes a command of it."""

    service: str
    event: str
    reaction: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class CommandRow:
    """A command that people may give, and the events of the service's own that it may say."""

    service: str
    act: str
    says: tuple[str, ...]


def deeds() -> Iterator[CommandRow]:
    """Every command with a door, service by service."""
    for service in SERVICES:
        for door in rooms_of(service).doors:
            yield CommandRow(service, door.act, says(service, door.command))


def hearings() -> Iterator[ReactionRow]:
    """Every row of every reaction table."""
    for service in SERVICES:
        for event, reaction in rooms_of(service).department.reactions.items():
            said = tuple(name for command in commands_of(reaction) for name in says(service, command))
            yield ReactionRow(service, wire_name(event), kebab_of(reaction), said)


def rooms_of(service: str) -> Rooms:
    """The rooms of a service, as it is started with them."""
    rooms: Rooms = import_module(f"services.{service}.main").ROOMS
    return rooms


def decisions_of(service: str) -> Mapping[type[Command], Any]:
    """A department's dispatch table: command class -> decision."""
    decisions: Mapping[type[Command], Any] = import_module(f"services.{service}.domain").DECISIONS
    return decisions


def says(service: str, command: type[Command]) -> tuple[str, ...]:
    """The wire names that a command may lead a service to say; the register's word on stages comes last."""
    names = [wire_name(event) for event in said_by(decisions_of(service)[command])]
    if service == "intake" and not any(name.startswith("intake.stage-") for name in names):
        names += ["intake.stage-closed", "intake.stage-opened"]
    return tuple(name for name in names if owner_of(name) == service)


def commands_of(reaction: Reaction) -> Iterator[type[Command]]:
    """The commands that a reaction makes, as its source names them."""
    names = reaction.__code__.co_names
    for name in names:
        made = reaction.__globals__.get(name)
        if isinstance(made, type) and issubclass(made, Command):
            yield made


def kebab_of(reaction: Reaction) -> str:
    """A reaction's name as the document writes it."""
    return reaction.__name__.replace("_", "-")
