"""What the departments say to each other: every published event, declared once, in its owner's file."""

from shared.contracts import analytics, approval, finance, intake, investigation
from shared.contracts.event import Event, event, facts_of, owner_of, registry, version_of, wire_name
from shared.contracts.refused import Refused

__all__ = [
    "Event",
    "Refused",
    "analytics",
    "approval",
    "event",
    "facts_of",
    "finance",
    "intake",
    "investigation",
    "owner_of",
    "registry",
    "version_of",
    "wire_name",
]
