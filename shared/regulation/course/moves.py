"""What follows by itself: stages that come next, are skipped or done again, until a case stands still."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.regulation.course.clocks import dues
from shared.regulation.course.holders import holders
from shared.regulation.course.record import NOBODY, CaseRecord, Holder, Round, Status
from shared.regulation.language.expressions import holds
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Related, Stage
from shared.regulation.language.who import Each
from shared.worktime import Calendar


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happened to a case, in the order in which it did."""

    what: Literal["opened", "closed", "skipped", "moved", "nobody", "begins", "ended"]
    stage: str
    holder: Holder = NOBODY
    number: int = 0
    detail: str = ""


Result = tuple[CaseRecord, tuple[Move, ...]]
UNTIL = "ended"
"""The outcome of a round that another stage's end closed."""


@dataclass(frozen=True)
class Course:
    """The stages of a kind of case under a pack, at a site with its calendar."""

    pack: Pack
    kind: str
    calendar: Calendar

    @property
    def stages(self) -> Mapping[str, Stage]:
        """The stages, in the pack's order."""
        return self.pack.courses[self.kind]

    def entry(self) -> str:
        """The stage with which a case begins: the first that waits for nothing and that nothing else begins."""
        begun = begun_by_others(self.pack, self.stages)
        return next(
            name for name, stage in self.stages.items() if not stage.later and not stage.during and name not in begun
        )

    def begin(self, now: datetime) -> Result:
        """A new case, with its first stage open."""
        each = frozenset(name for name, stage in self.stages.items() if isinstance(stage.holder, Each))
        return self.settle(*self.open(CaseRecord(self.kind, now, each=each), self.entry(), now), now)

    def settle(self, case: CaseRecord, moves: tuple[Move, ...], now: datetime) -> Result:
        """Open, skip and end whatever is due to be, until nothing more follows; then put the clocks right."""
        for _ in range(4 * len(self.stages) + 4):
            following = next((name for name in self.stages if self._follows(case, name)), None)
            if following is None:
                case, closed = self._until(case, now)
                if closed:
                    moves += closed
                    continue
                return self._clocked(case, moves)
            stage = self.stages[following]
            if stage.when is not None and not holds(stage.when.expression, case.values, self.pack.facts):
                case = replace(case, settled={**case.settled, following: "skipped"})
                moves += (Move("skipped", following),)
            else:
                case, opened = self.open(case, following, now)
                moves += opened
        raise RuntimeError(f"the stages of {self.pack.pack} follow each other without end")

    def open(self, case: CaseRecord, name: str, now: datetime, *, keeps: bool = False) -> Result:
        """Begin a round of a stage for everybody who has it."""
        stage, moves = self.stages[name], []
        wanted = holders(self.pack, stage, case)
        if not wanted:
            return replace(case, settled={**case.settled, name: "open"}), (Move("nobody", name),)
        lap = 1 + max((each.lap for each in case.of(name)), default=0)
        for holder in wanted:
            number = 1 + max((each.number for each in case.of(name) if each.holder == holder), default=0)
            made = Round(name, holder, number, now, keeps=keeps and number > 1, lap=lap)
            case = case.changed(replace(made, dues=dues(self.pack, stage, case, made, self.calendar)))
            moves.append(Move("opened", name, holder, number))
        return replace(case, settled={**case.settled, name: "open"}), tuple(moves)

    def close(self, case: CaseRecord, round: Round, now: datetime) -> Result:
        """A round as it was closed, and what its stage or its outcome brings about."""
        case = case.changed(round)
        stage = self.stages[round.stage]
        moves: tuple[Move, ...] = (Move("closed", round.stage, round.holder, round.number, round.outcome),)
        outcome = stage.choose.get(round.outcome)
        related = [each for each in stage.begins if isinstance(each, Related)]
        if not case.is_open(round.stage):
            status: Status = "awaiting" if any(each.awaited for each in related) else "done"
            case = replace(case, settled={**case.settled, round.stage: status})
        for begun in (*stage.begins, *(outcome.begins if outcome else ())):
            if isinstance(begun, Related):
                moves += (Move("begins", round.stage, detail=begun.kind),)
            else:
                case, opened = self.open(case, begun, now)
                moves += opened
        for back in (*stage.reopens, *(outcome.reopens if outcome else ())):
            case, opened = self.again(case, back, now, keeps=bool(outcome and outcome.keeps))
            moves += opened
        if stage.ends or (outcome and outcome.ends):
            case, moves = replace(case, ended=now), (*moves, Move("ended", round.stage))
        return case, moves

    def again(self, case: CaseRecord, name: str, now: datetime, *, keeps: bool) -> Result:
        """A new round of a stage that was done; whatever stands on it is to be done anew."""
        gone = downstream(self.stages, name)
        withdrawn = [each for each in case.open if each.stage in gone]
        case = replace(
            case,
            rounds=tuple(each for each in case.rounds if each not in withdrawn),
            settled={stage: status for stage, status in case.settled.items() if stage not in gone},
        )
        return self.open(case, name, now, keeps=keeps)

    def ended_by(self, case: CaseRecord, kind: str, now: datetime) -> Result:
        """A related case of a kind ended: what waited for it is done."""
        for name, stage in self.stages.items():
            begun = [each.kind for each in stage.begins if isinstance(each, Related)]
            if case.settled.get(name) == "awaiting" and kind in begun:
                case = replace(case, settled={**case.settled, name: "done"})
        return self.settle(case, (), now)

    def _until(self, case: CaseRecord, now: datetime) -> Result:
        """Close what another stage's end closes."""
        moves: tuple[Move, ...] = ()
        for each in case.open:
            until = self.stages[each.stage].until
            if until and case.settled.get(until) == "done":
                case, closed = self.close(case, replace(each, closed=now, outcome=UNTIL), now)
                moves += closed
        return case, moves

    def _clocked(self, case: CaseRecord, moves: tuple[Move, ...]) -> Result:
        """Open rounds with their clocks as they run now: what pauses, goes on or was put off has moved."""
        for each in case.open:
            stage = self.stages[each.stage]
            if any(clock.pauses or clock.restarts_on or clock.extends or clock.promised for clock in stage.due):
                running = dues(self.pack, stage, case, each, self.calendar)
                if running != each.dues:
                    case = case.changed(replace(each, dues=running))
                    moves += (Move("moved", each.stage, each.holder, each.number),)
        return case, moves

    def _follows(self, case: CaseRecord, name: str) -> bool:
        """Whether a stage is to be opened or skipped now."""
        stage = self.stages[name]
        if stage.after is None or name in case.settled or stage.during:
            return False
        if case.ended is not None and not after_the_end(self.stages, name):
            return False
        if not all(self._waits_no_more(case, each) for each in stage.after.every):
            return False
        return not stage.after.any or any(came_about(case, each) for each in stage.after.any)

    def _waits_no_more(self, case: CaseRecord, reference: str) -> bool:
        """Whether nothing is to be waited for: done, skipped, or never begun because it happens in some cases only."""
        if came_about(case, reference) or case.settled.get(reference) == "skipped":
            return True
        awaited = self.stages.get(reference)
        return awaited is not None and awaited.after is None and not awaited.during and reference not in case.settled


def came_about(case: CaseRecord, reference: str) -> bool:
    """Whether a stage is done, with the outcome that is named if one is."""
    stage, _, outcome = reference.partition(".")
    return case.outcome(stage) == outcome if outcome else case.settled.get(stage) == "done"


def downstream(stages: Mapping[str, Stage], name: str) -> frozenset[str]:
    """The stages that come after one, however far."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        here = ahead.pop()
        for other, stage in stages.items():
            if (
                other not in found
                and stage.after
                and any(each.partition(".")[0] == here for each in stage.after.references)
            ):
                found.add(other)
                ahead.append(other)
    return frozenset(found)


def after_the_end(stages: Mapping[str, Stage], name: str) -> bool:
    """Whether a stage comes after one that ends the case, so that it keeps no case open."""
    ending = [
        other for other, stage in stages.items() if stage.ends or any(each.ends for each in stage.choose.values())
    ]
    return any(name in downstream(stages, other) for other in ending)


def begun_by_others(pack: Pack, stages: Mapping[str, Stage]) -> frozenset[str]:
    """The stages that others begin: when they are done, by an outcome, or because somebody is late."""
    found: set[str] = set()
    for stage in stages.values():
        found.update(each for each in stage.begins if isinstance(each, str))
        for outcome in stage.choose.values():
            found.update(outcome.begins)
        for rung in (*(stage.late or ()), *pack.late):
            if rung.begins:
                found.add(rung.begins)
    found.update(watch.begins for watch in pack.watches.values() if watch.begins)
    return frozenset(found)
