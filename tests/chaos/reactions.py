"""What each department hears and files, as its own reactions say when they are asked."""

from functools import cache
from importlib import import_module

from shared.commands.department import RulesFor
from shared.contracts.commands import Reactions
from shared.contracts.event import owner_of, wire_name
from shared.eventstore.codec import decode
from shared.procedures.language.company import load_company
from shared.runtime import rules_of


def reactions_of(service: str) -> Reactions:
    """A department's table."""
    reactions: Reactions = import_module(f"services.{service}.reactions").REACTIONS
    return reactions


def heard_by(service: str) -> frozenset[str]:
    """The types of events that a department makes something of."""
    return frozenset(wire_name(heard) for heard in reactions_of(service))


@cache
def rules() -> RulesFor:
    """The rules of the company that the house works for."""
    return rules_of(load_company())


def is_filed(service: str, state: bytes) -> bool:
    """Whether a department keeps a copy of an event: its own it does not, though it may react to it."""
    heard = decode(state)
    envelope = heard.envelope
    reaction = reactions_of(service).get(type(heard.event))
    if reaction is None or owner_of(envelope.type) == service:
        return False
    return reaction(heard.event, envelope, rules()(envelope.site, envelope.pack, envelope.pack_version)) is not None
