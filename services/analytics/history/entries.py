"""The history of a case entry by entry: what was said, by whom, under which rule, and what it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.analytics.history.fold import (
    NOTHING,
    OVERALL,
    CaseEvent,
    CaseView,
    FieldDifference,
    StageView,
    changes,
    fold,
)
from shared.contracts import analytics, approval, intake, wire_name
from shared.contracts.envelope import Recorded
from shared.procedures.language.pack import Pack


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event: its ``number`` in the case's history from 1, its ``rule`` (empty where the pack names none)."""

    number: int
    recorded: Recorded
    rule: str
    changes: tuple[FieldDifference, ...]


def entries(recorded: Iterable[Recorded], pack: Pack, before: CaseView = NOTHING) -> list[HistoryEntry]:
    """The entries of events that stand in causal order, after those of ``before``."""
    told: list[HistoryEntry] = []
    for each in recorded:
        after = fold([each], before)
        told.append(HistoryEntry(after.events, each, rule_of(each, before, pack), changes(before, after)))
        before = after
    return told


def rule_of(recorded: Recorded, before: CaseView, pack: Pack) -> str:
    """The rule under which something was said: that of its stage or limit, or of the stage that it ends or begins."""
    said = recorded.event
    match said:
        case intake.StageOpened():
            return said.rule
        case intake.StageClosed():
            return stage_rule(before.stages, said.stage, said.owner, said.round)
        case analytics.DeadlineWarned() | analytics.DeadlineMissed():
            return limit_rule(before.stages, said.name, said.owner, said.round)
        case approval.UrgingSlipIssued() | approval.InquirySlipIssued():
            return limit_rule(before.stages, said.stage, said.department, said.round)
        case _:
            return moving_rule(wire_name(type(said)), before, pack)


def stage_rule(stages: Sequence[StageView], stage: str, owner: str, round: int) -> str:
    """The rule of a stage as it was opened."""
    return next((each.rule for each in stages if each.is_about(stage, owner, round)), "")


def limit_rule(stages: Sequence[StageView], stage: str, owner: str, round: int) -> str:
    """The rule of a stage's limit."""
    found = next((each for each in stages if each.is_about(stage, owner, round)), None)
    return (found.limit_rule or found.rule) if found else ""


def moving_rule(name: str, before: CaseView, pack: Pack) -> str:
    """The rule of the open stage that an event ends, else of one that it ends, begins, or of the whole case."""
    ended = [stage for stage, _ in pack.ended_by(name)]
    begun = [stage for stage, _ in pack.begun_by(name)]
    waiting = {each.stage for each in before.stages if each.closed is None and each.stage != OVERALL}
    rules = [stage.rule for stage in (*(stage for stage in ended if stage.stage in waiting), *ended, *begun)]
    if rules:
        return rules[0]
    return pack.overall.rule if name in (pack.overall.begins, pack.overall.ends) else ""


def as_of(told: Sequence[CaseEvent], moment: datetime) -> CaseView:
    """The case as it was at a moment, by the clocks of those who spoke."""
    return fold(each for each in told if each.envelope.time <= moment)
