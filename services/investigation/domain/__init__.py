"""What investigation decides: inspection, cause and responsibility, countermeasures, opinions."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from services.investigation.domain.countermeasure import ProposeCountermeasure, propose_countermeasure
from services.investigation.domain.folder import InvestigationFolder, evolve, initial
from services.investigation.domain.inspection import InspectGoods, ReportCause, inspect_goods, report_cause
from services.investigation.domain.opinion import GiveOpinion, give_opinion
from shared.contracts import Event
from shared.contracts.commands import Command, File
from shared.procedures.course.rules import Rules

__all__ = [
    "GiveOpinion",
    "InspectGoods",
    "InvestigationFolder",
    "ProposeCountermeasure",
    "ReportCause",
    "decide",
    "evolve",
    "initial",
]

Decision = Callable[[InvestigationFolder, Any, Rules, datetime], Iterable[Event]]


def keep(folder: InvestigationFolder, command: File, rules: Rules, now: datetime) -> Iterable[Event]:
    """File a copy of what another department said."""
    yield command.heard


DECISIONS: dict[type[Command], Decision] = {
    File: keep,
    InspectGoods: inspect_goods,
    ReportCause: report_cause,
    ProposeCountermeasure: propose_countermeasure,
    GiveOpinion: give_opinion,
}


def decide(folder: InvestigationFolder, command: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    """The events that a command makes of a folder; raises Refused when the procedure does not allow it."""
    return DECISIONS[type(command)](folder, command, rules, now)
