"""What counts for where a case can go: everything else is cut away, so that the walk stays finite and short."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.regulation.course.moves import downstream
from shared.regulation.course.record import NOBODY, CaseRecord, Holder, Round
from shared.regulation.language.expressions import fields_in
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Stage, TimeTable
from shared.regulation.language.who import AnyOf, AtLevel, Doer, Each, Head, LookedUp, Named, Who

START = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Cut:
    """What of a course counts.

    ``readers`` says of each field that decides anything which stages read it; ``outcomes`` are the stages of whose
    outcome another asks, ``doers`` those of which it matters who did them; ``returns`` says of each stage what it may
    have done anew; ``beginners`` of each stage that happens in some cases only which others begin it.
    """

    readers: Mapping[str, frozenset[str]]
    outcomes: frozenset[str]
    doers: frozenset[str]
    returns: Mapping[str, frozenset[str]]
    beginners: Mapping[str, frozenset[str]]
    stages: Mapping[str, Stage]
    without_order: frozenset[str]

    @classmethod
    def of(cls, pack: Pack, stages: Mapping[str, Stage]) -> "Cut":
        """What counts in the course of a pack's kind."""
        read = {name: read_by(pack, stages, stage) for name, stage in stages.items()}
        deciding = frozenset().union(*read.values())
        read = {name: told | required_by(pack, stages[name], deciding) for name, told in read.items()}
        fields = frozenset().union(*read.values())
        asked = {each for stage in stages.values() if stage.after for each in stage.after.references}
        return cls(
            readers={field: frozenset(name for name, told in read.items() if field in told) for field in fields},
            outcomes=frozenset(each.partition(".")[0] for each in asked if "." in each),
            doers=frozenset(stage.holder.stage for stage in stages.values() if isinstance(stage.holder, Doer)),
            returns={name: _done_anew(stages, stage) for name, stage in stages.items()},
            beginners=_beginners(stages),
            stages=stages,
            without_order=without_order(stages, fields),
        )

    @property
    def relevant(self) -> frozenset[str]:
        """The fields that decide where a case goes, who has it, and until when."""
        return frozenset(self.readers)

    def plain(self, case: CaseRecord) -> CaseRecord:
        """The case without what does not count any more: moments, numbers, who did what, values nobody will read."""
        ahead = self._ahead(case)
        kept = {field for field, readers in self.readers.items() if readers & ahead}
        newest: dict[tuple[str, Holder, int], Round] = {}
        last = {each.stage: each.lap for each in case.rounds}
        for each in case.rounds:
            lap = int(each.lap == last[each.stage])
            if each.closed is None:
                open = replace(each, number=1, opened=START, dues=(), keeps=False, lap=lap)
                newest[each.stage, each.holder, lap] = open
                continue
            filled = {name: value for name, value in each.filled.items() if name in kept}
            if (case.settled.get(each.stage) is None or not lap) and not filled:
                continue
            holder = each.holder if each.stage in case.each | self.doers else NOBODY
            outcome = each.outcome if each.stage in self.outcomes else ""
            done = Round(each.stage, holder, lap, START, (), START, outcome, "", filled, lap=lap)
            newest[each.stage, holder, lap] = done
        return replace(case, opened=START, rounds=tuple(newest.values()), ended=START if case.ended else None)

    def _ahead(self, case: CaseRecord) -> frozenset[str]:
        """The stages that may still be begun, once more or for the first time."""
        coming = {name for name in self.stages if case.settled.get(name) not in ("done", "skipped")}
        coming = {
            name
            for name in coming
            if name in case.settled or not self.beginners.get(name) or self.beginners[name] & coming
        }
        return frozenset(coming.union(*(self.returns[name] for name in coming)))


def _done_anew(stages: Mapping[str, Stage], stage: Stage) -> frozenset[str]:
    again = [*stage.reopens, *(name for each in stage.choose.values() for name in each.reopens)]
    return frozenset(again).union(*(downstream(stages, name) for name in again))


def _beginners(stages: Mapping[str, Stage]) -> dict[str, frozenset[str]]:
    begun: dict[str, set[str]] = {}
    for name, stage in stages.items():
        told = [each for each in stage.begins if isinstance(each, str)]
        told += [each for outcome in stage.choose.values() for each in outcome.begins]
        told += [rung.begins for rung in stage.late or () if rung.begins]
        for each in told:
            begun.setdefault(each, set()).add(name)
    return {name: frozenset(by) for name, by in begun.items() if name in stages and stages[name].after is None}


def read_by(pack: Pack, stages: Mapping[str, Stage], stage: Stage) -> frozenset[str]:
    """The fields that decide whether a stage begins, who has it, and until when."""
    found = set(fields_in(stage.when.expression, pack.facts)) if stage.when else set()
    found |= _of_who(pack, stage.holder)
    for clock in stage.due:
        within = pack.shares[clock.share].within if clock.share else clock.within
        found |= {within.of} if isinstance(within, TimeTable) else set()
        found |= {clock.start} & (pack.fields.keys() - stages.keys())
        found |= {each for each in (clock.promised, clock.given) if each}
    return frozenset(found)


def required_by(pack: Pack, stage: Stage, deciding: frozenset[str]) -> frozenset[str]:
    """The fields that decide whether a field that decides must be filled in here."""
    asked = (*stage.form, *(each for outcome in stage.choose.values() for each in outcome.form))
    guards = [pack.fields[name].required for name in asked if name in deciding]
    return frozenset().union(*(fields_in(guard.expression, pack.facts) for guard in guards if guard))


def _of_who(pack: Pack, who: Who | None) -> set[str]:
    match who:
        case Named(name) | Head(name):
            return {name} & pack.facts.keys()
        case Each(units) | AnyOf(units):
            return {*units} & pack.facts.keys()
        case AtLevel(_, table) if table:
            return {*pack.tables[table].of}
        case LookedUp(field, _, table):
            return {*pack.tables[table].of} if table else {field}
    return set()


def without_order(stages: Mapping[str, Stage], relevant: frozenset[str]) -> frozenset[str]:
    """Stages that must be done before any end, leave no choice and decide nothing: when they are done does not count.

    So they are done at once, which spares the walk all the orders in which they could lie beside others.
    """
    ends = [name for name, stage in stages.items() if stage.ends or any(each.ends for each in stage.choose.values())]
    awaited = frozenset.intersection(*(awaited_by(stages, name) for name in ends)) if ends else frozenset()
    touched = {each for stage in stages.values() for each in (stage.during, stage.until) if each}
    return frozenset(
        name
        for name in awaited - touched
        if not stages[name].choose
        and not relevant & {*stages[name].form}
        and not (stages[name].begins or stages[name].reopens or stages[name].ends or stages[name].until)
        and not any(clock.window for clock in stages[name].due)
        and not any(rung.begins for rung in stages[name].late or ())
    )


def awaited_by(stages: Mapping[str, Stage], name: str) -> frozenset[str]:
    """The stages for which one waits, directly or not, whatever happens."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        after = stages[ahead.pop()].after
        new = {each.partition(".")[0] for each in after.every} & stages.keys() - found if after else set()
        found |= new
        ahead += new
    return frozenset(found)
