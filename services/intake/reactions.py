"""What intake hears, and what it makes of it."""

from services.intake.domain import SupersedeCase
from shared.contracts import Event, intake, owner_of, registry
from shared.contracts.commands import Command, Reactions, file
from shared.contracts.envelope import Envelope
from shared.procedures.course.rules import Rules

REPORTING = ("investigation", "approval", "finance")
"""The services whose every event the register enters: a pack may let any of them move the case."""


def supersede_case(heard: Event, envelope: Envelope, rules: Rules) -> Command | None:
    """A new form that names an old case is linked to it (P1.18)."""
    if heard.supersedes is None:
        return None
    return SupersedeCase(case=heard.supersedes, successor=envelope.subject)


REACTIONS: Reactions = {
    **{said: file for (name, _), said in registry.items() if owner_of(name) in REPORTING},
    intake.ComplaintFiled: supersede_case,
}
