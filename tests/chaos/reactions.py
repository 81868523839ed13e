"""What each department hears and files, as its own table of reactions declares it."""

from importlib import import_module

from shared.contracts.commands import Reactions
from shared.contracts.event import wire_name


def heard_by(service: str) -> frozenset[str]:
    """The types of events that a department makes something of."""
    reactions: Reactions = import_module(f"services.{service}.reactions").REACTIONS
    return frozenset(wire_name(heard) for heard in reactions)


def filed_by(service: str) -> frozenset[str]:
    """Those that it keeps a copy of: its own it does not (intake links a superseded case, and that is all)."""
    return frozenset(name for name in heard_by(service) if not name.startswith(f"{service}."))
