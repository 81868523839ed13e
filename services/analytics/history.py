"""A case as it was at any moment: the fold of its recorded events, and what changed between two moments."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import msgspec

from services.analytics.states import STATES
from shared.contracts import analytics, approval, intake, investigation, wire_name
from shared.contracts.envelope import Recorded
from shared.contracts.values import Deadline

OVERALL = "overall"

Sheet = Mapping[str, Any]
"""What one document says: field -> plain JSON value; a list is a tuple."""

CASE = "case"
"""The sheet of changes that belong to the case as a whole."""

CORRECTS: dict[type, type] = {intake.FormCorrected: intake.ComplaintFiled}
"""Events that write their fields into the sheet of another event."""

TOLD_APART: dict[type, str] = {
    investigation.OpinionGiven: "department",
    approval.UrgingSlipIssued: "number",
    approval.InquirySlipIssued: "number",
    approval.InquiryAnswered: "number",
}
"""Events of which a case has several sheets, and the field that tells them apart."""

NUMBERS_CASE = (intake.CaseAccepted, intake.AnomalySlipFiled)
"""The events that give a case its number."""

NO_SHEET = (intake.StageOpened, intake.StageClosed, analytics.DeadlineWarned, analytics.DeadlineMissed)
"""Events about stages and clocks: they show in the stages, not as documents."""


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage of a department, or with the name ``overall`` the whole case: since when, until when, how it ended.

    ``warned`` is the highest percentage warned of; ``missed`` whether the due time passed before it ended.
    """

    stage: str
    owner: str
    round: int
    opened: datetime
    rule: str = ""
    level: str = ""
    due: datetime | None = None
    limit: str = ""
    limit_rule: str = ""
    closed: datetime | None = None
    outcome: str = ""
    warned: int = 0
    missed: bool = False

    def is_about(self, stage: str, owner: str, round: int) -> bool:
        """Whether it is this round of this stage with this owner."""
        return (self.stage, self.owner, self.round) == (stage, owner, round)

    @property
    def sheet(self) -> str:
        """Its name among the sheets of changes: ``stage.opinion.rd.1``."""
        return f"stage.{self.stage}.{self.owner}.{self.round}"


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the departments had said of a case by some moment.

    ``sheets`` are the documents by name: the event's wire name, followed by what tells several apart
    (``investigation.opinion-given.rd``). ``stages`` stand in the order in which they were opened; the case
    as a whole is the one named ``overall``. ``events`` counts what was said.
    """

    case: str = ""
    site: str = ""
    pack: str = ""
    pack_version: int = 0
    number: str = ""
    customer: str = ""
    state: str = ""
    successor: str = ""
    stages: tuple[StageView, ...] = ()
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    events: int = 0

    @property
    def overall(self) -> StageView | None:
        """The clock of the whole case, once it was accepted."""
        return next((each for each in self.stages if each.stage == OVERALL), None)

    @property
    def open(self) -> tuple[StageView, ...]:
        """The stages that are open, without the whole case."""
        return tuple(each for each in self.stages if each.closed is None and each.stage != OVERALL)


NOTHING = CaseView()
"""A case of which nothing was said."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a sheet that reads otherwise: plain JSON values, None where it was or is absent."""

    sheet: str
    field: str
    old: Any
    new: Any


def in_order(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Events of several departments in causal order."""
    return sorted(recorded, key=lambda each: (each.envelope.hlc, each.envelope.source, each.envelope.version))


def fold(recorded: Iterable[Recorded], before: CaseView = NOTHING) -> CaseView:
    """The case after events that stand in causal order (see :func:`in_order`)."""
    view = before
    for each in recorded:
        view = step(view, each)
    return view


def step(view: CaseView, recorded: Recorded) -> CaseView:
    """The case after one more event."""
    said, envelope = recorded.event, recorded.envelope
    view = replace(
        view,
        case=str(envelope.subject),
        site=envelope.site,
        pack=envelope.pack or view.pack,
        pack_version=envelope.pack_version or view.pack_version,
        state=STATES.get(type(said), view.state),
        number=getattr(said, "number", "") if type(said) in NUMBERS_CASE else view.number,
        customer=getattr(said, "customer", view.customer),
        events=view.events + 1,
    )
    if isinstance(said, intake.CaseSuperseded):
        view = replace(view, successor=str(said.successor))
    if not isinstance(said, NO_SHEET):
        view = replace(view, sheets=written(view.sheets, said))
    return replace(view, stages=moved(view.stages, said, envelope.time))


def written(sheets: Mapping[str, Sheet], said: Any) -> dict[str, Sheet]:
    """The sheets with an event's fields written into its own, or into the one that it corrects."""
    kind = CORRECTS.get(type(said), type(said))
    name = wire_name(kind)
    if kind in TOLD_APART:
        name = f"{name}.{getattr(said, TOLD_APART[kind])}"
    return {**sheets, name: {**sheets.get(name, {}), **msgspec.to_builtins(said)}}


def moved(stages: tuple[StageView, ...], said: Any, at: datetime) -> tuple[StageView, ...]:
    """The stages after an event that opens, ends or times one."""
    match said:
        case intake.StageOpened():
            opened = timed(StageView(said.stage, said.owner, said.round, at, said.rule, said.level), said.deadline)
            return (*stages, opened)
        case intake.CaseAccepted(overall=Deadline() as clock):
            return (*stages, timed(StageView(OVERALL, clock.owner, 1, at, clock.rule), clock))
        case intake.StageClosed():
            return noted(
                stages, (said.stage, said.owner, said.round), lambda it: replace(it, closed=at, outcome=said.outcome)
            )
        case intake.CaseClosed():
            return tuple(replace(each, closed=at, outcome="done") if each.stage == OVERALL else each for each in stages)
        case analytics.DeadlineWarned():
            return noted(
                stages, (said.name, said.owner, said.round), lambda it: replace(it, warned=max(it.warned, said.percent))
            )
        case analytics.DeadlineMissed():
            return noted(stages, (said.name, said.owner, said.round), lambda it: replace(it, missed=True))
        case _:
            return stages


def timed(stage: StageView, deadline: Deadline | None) -> StageView:
    """The stage with its limit, where it has one."""
    return replace(stage, due=deadline.due, limit=deadline.limit, limit_rule=deadline.rule) if deadline else stage


def noted(
    stages: tuple[StageView, ...], which: tuple[str, str, int], change: Callable[[StageView], StageView]
) -> tuple[StageView, ...]:
    """The stages with one of them changed."""
    return tuple(change(each) if each.is_about(*which) else each for each in stages)


def changes(before: CaseView, after: CaseView) -> tuple[Change, ...]:
    """Every field that reads otherwise after than before, in the order of the sheets; the count of events is none."""
    old, new = as_sheets(before), as_sheets(after)
    return tuple(
        Change(sheet, name, was, now)
        for sheet in dict.fromkeys((*old, *new))
        for name in dict.fromkeys((*old.get(sheet, {}), *new.get(sheet, {})))
        if (was := old.get(sheet, {}).get(name)) != (now := new.get(sheet, {}).get(name))
    )


def as_sheets(view: CaseView) -> dict[str, Sheet]:
    """The whole view as sheets of plain values: the case, its stages, its documents."""
    case = {each.name: getattr(view, each.name) for each in fields(view) if each.name not in NOT_OF_CASE}
    stages = {each.sheet: without_blanks(msgspec.to_builtins(each)) for each in view.stages}
    return {CASE: without_blanks(case), **stages, **view.sheets}


def without_blanks(values: Sheet) -> Sheet:
    """The fields that say something."""
    return {name: value for name, value in values.items() if value and name not in NAMES_STAGE}


NOT_OF_CASE = ("stages", "sheets", "events")
"""The parts of a view that are sheets of their own, or none."""

NAMES_STAGE = ("stage", "owner", "round")
"""The fields of a stage that are its sheet's name."""
