"""A case as it was at any moment: the fold of its recorded events, and what changed between two moments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from services.analytics.readmodel.rows import Around
from services.analytics.register.states import STATES
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


class StageView(msgspec.Struct, frozen=True):
    """A stage of a department, or with the name ``overall`` the whole case: since when, until when, how it ended.

    ``warned`` is the highest percentage warned of; ``missed`` whether the due time passed before it ended. ``own`` and
    ``allowed`` are those of a shared limit's portion. ``used`` is what was used of the limit before this round, and
    after it once it is closed.
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
    own: str = ""
    allowed: str = ""
    used: str = ""

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
class FieldDifference:
    """A field of a sheet that reads otherwise: plain JSON values, None where it was or is absent."""

    sheet: str
    field: str
    old: Any
    new: Any


def in_order(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Events of several departments in causal order."""
    return sorted(recorded, key=lambda each: (each.envelope.hlc, each.envelope.source, each.envelope.version))


class CaseEvent(Protocol):
    """An event and its circumstances."""

    @property
    def event(self) -> Any: ...

    @property
    def envelope(self) -> Around: ...


def fold(told: Iterable[CaseEvent], before: CaseView = NOTHING) -> CaseView:
    """The case after events that stand in causal order (see :func:`in_order`)."""
    draft = Draft(before)
    for each in told:
        draft.add(each.event, each.envelope)
    return draft.view()


class Draft:
    """A case that is being folded: one thing is changed at a time, in place, however much was said before."""

    def __init__(self, view: CaseView) -> None:
        self._head = {each.name: getattr(view, each.name) for each in fields(view)}
        self._stages = {(each.stage, each.owner, each.round): each for each in view.stages}
        self._sheets = dict(view.sheets)
        self._events = view.events

    def view(self) -> CaseView:
        """The case as it now is."""
        parts = {"stages": tuple(self._stages.values()), "sheets": dict(self._sheets), "events": self._events}
        return CaseView(**self._head | parts)

    def add(self, said: Any, about: Around) -> None:
        """One more event."""
        head, kind = self._head, type(said)
        self._events += 1
        head["case"], head["site"] = head["case"] or str(about.subject), about.site
        head["pack"] = about.pack or head["pack"]
        head["pack_version"] = about.pack_version or head["pack_version"]
        head["state"] = STATES.get(kind, head["state"])
        head["customer"] = getattr(said, "customer", head["customer"])
        if kind in NUMBERS_CASE:
            head["number"] = said.number
        if kind is intake.CaseSuperseded:
            head["successor"] = str(said.successor)
        if kind not in NO_SHEET:
            self._write(said, CORRECTS.get(kind, kind))
        self._move(said, about.time)

    def _write(self, said: Any, kind: type) -> None:
        """Write an event's fields into its own sheet, or into that of the kind that it corrects."""
        name = wire_name(kind)
        if kind in TOLD_APART:
            name = f"{name}.{getattr(said, TOLD_APART[kind])}"
        self._sheets[name] = {**self._sheets.get(name, {}), **msgspec.to_builtins(said)}

    def _move(self, said: Any, at: datetime) -> None:
        """Open, end or time a stage, where an event does so."""
        match said:
            case intake.StageOpened():
                self._open(StageView(said.stage, said.owner, said.round, at, said.rule, said.level), said.deadline)
            case intake.CaseAccepted(overall=Deadline() as clock):
                self._open(StageView(OVERALL, clock.owner, 1, at, clock.rule), clock)
            case intake.StageClosed():
                used = {"used": said.used} if said.used else {}
                self._note((said.stage, said.owner, said.round), closed=said.ended(at), outcome=said.outcome, **used)
            case intake.CaseClosed():
                for key in [key for key in self._stages if key[0] == OVERALL]:
                    self._note(key, closed=at, outcome="done")
            case analytics.DeadlineWarned():
                key = (said.name, said.owner, said.round)
                warned = self._stages[key].warned if key in self._stages else 0
                self._note(key, warned=max(warned, said.percent))
            case analytics.DeadlineMissed():
                self._note((said.name, said.owner, said.round), missed=True)

    def _open(self, stage: StageView, deadline: Deadline | None) -> None:
        """A stage begins, with its limit where it has one; a round that is begun twice is one round."""
        if deadline:
            stage = replace(stage, due=deadline.due, limit=deadline.limit, limit_rule=deadline.rule)
            if portion := deadline.portion:
                stage = replace(stage, own=portion.own, allowed=portion.allowed, used=portion.used)
        self._stages[stage.stage, stage.owner, stage.round] = stage

    def _note(self, key: tuple[str, str, int], **news: Any) -> None:
        """A stage has changed."""
        if key in self._stages:
            self._stages[key] = replace(self._stages[key], **news)


def changes(before: CaseView, after: CaseView) -> tuple[FieldDifference, ...]:
    """Every field that reads otherwise after than before, in the order of the sheets; the count of events is none."""
    old, new = parts_of(before), parts_of(after)
    return tuple(
        FieldDifference(sheet, name, was, now)
        for sheet in dict.fromkeys((*old, *new))
        if old.get(sheet) is not new.get(sheet)
        for name, was, now in compared(plain(old.get(sheet, {})), plain(new.get(sheet, {})))
    )


def compared(old: Sheet, new: Sheet) -> Iterable[tuple[str, Any, Any]]:
    """The fields of a sheet that differ: name, old and new value."""
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


Part = CaseView | StageView | Sheet
"""What a sheet is made of."""


def parts_of(view: CaseView) -> dict[str, Part]:
    """The whole view by the names of its sheets; what an event does not touch stays the same object."""
    return {CASE: view, **{each.sheet: each for each in view.stages}, **view.sheets}


def plain(part: Part) -> Sheet:
    """The fields of a case, a stage or a document; of the first two those that say something."""
    match part:
        case CaseView():
            said = {each.name: getattr(part, each.name) for each in fields(part) if each.name not in NOT_OF_CASE}
        case StageView():
            said = {name: told for name, told in msgspec.to_builtins(part).items() if name not in NAMES_STAGE}
        case _:
            return part
    return {name: told for name, told in said.items() if told}


NOT_OF_CASE = ("stages", "sheets", "events")
"""The parts of a view that are sheets of their own, or none."""

NAMES_STAGE = ("stage", "owner", "round")
"""The fields of a stage that are its sheet's name."""
