"""The linter's walk: every course of a case, by the very functions that run it, each value cut to what counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from shared.regulation.course.clocks import began_at, limit_of
from shared.regulation.course.holders import within
from shared.regulation.course.moves import Course, Move
from shared.regulation.course.record import DUE, CaseRecord, Holder, Round
from shared.regulation.language.expressions import fields_in, names, thresholds
from shared.regulation.language.fields import LATE, NUMBERS
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Related, Stage, TimeTable
from shared.regulation.language.who import AnyOf, AtLevel, Each, Head, LookedUp, Named, Who
from shared.regulation.lint.guards import guards
from shared.regulation.lint.tables import around, bounds_of, codes_of
from shared.worktime import Calendar, parse_week

START = datetime(2026, 1, 5, tzinfo=UTC)
ALWAYS = Calendar(ZoneInfo("UTC"), parse_week({"mon-sun": "00:00-24:00"}))
"""A calendar in which every hour counts."""
MOST = 12_000
"""Steps after which the walk is given up."""
MANY = 400
"""Combinations of values at one step after which only each value by itself is tried."""

Position = tuple[Any, ...]


@dataclass(frozen=True)
class Way:
    """One step: from where, what was done with which values, what moved, to where."""

    start: Position
    stage: str
    filled: Mapping[str, Any]
    outcome: str
    moves: tuple[Move, ...]
    end: Position
    case: CaseRecord


@dataclass
class Walk:
    """Everywhere that a case of a kind can come to. ``whole`` is false when the walk was given up."""

    course: Course
    ways: dict[Position, list[Way]] = field(default_factory=dict)
    begin: tuple[Move, ...] = ()
    first: Position = ()
    cases: dict[Position, CaseRecord] = field(default_factory=dict)
    whole: bool = True


def walk(pack: Pack, kind: str) -> Walk:
    """Walk every course of a kind."""
    course = Course(pack, kind, ALWAYS)
    relevant = relevant_fields(pack, course.stages)
    case, moves = course.begin(START)
    first = plain(case)
    found = Walk(course, begin=moves, first=position(first))
    found.cases[found.first] = first
    ahead, steps = [found.first], 0
    while ahead:
        here = ahead.pop()
        if here in found.ways:
            continue
        found.ways[here] = []
        for way in ways(course, here, found.cases[here], relevant):
            found.ways[here].append(way)
            if way.end not in found.cases:
                found.cases[way.end] = way.case
                ahead.append(way.end)
            steps += 1
            if steps > MOST:
                found.whole = False
                return found
    return found


def ways(course: Course, here: Position, case: CaseRecord, relevant: frozenset[str]) -> Iterator[Way]:
    """Everything that may happen at a position."""
    for each in case.open:
        stage = course.stages[each.stage]
        if not stage.until:
            yield from _done(course, here, case, each, relevant)
        for rung in (*(stage.late or ()), *course.pack.late):
            if rung.begins and stage.due and rung.begins in course.stages and not case.is_open(rung.begins):
                after, moves = course.open(case, rung.begins, START)
                yield _way(here, f"{each.stage} is late", {}, "", course.settle(after, moves, START))
        if any(clock.window for clock in stage.due):
            lapsed = replace(each, closed=START, outcome="lapsed")
            yield _way(here, each.stage, {}, "lapsed", course.settle(*course.close(case, lapsed, START), START))
    first = next((each for each in case.open if course.stages[each.stage].due), None)
    if LATE in relevant and first and not case.values[LATE]:
        late = replace(case, told=frozenset({((first.stage, first.holder, 1), 0, DUE)}))
        yield _way(here, f"{first.stage} is late", {}, "", (late, ()))
    for name, stage in course.stages.items():
        if stage.during and case.is_open(stage.during) and case.ended is None and relevant & {*stage.form}:
            opened, _ = course.open(case, name, START)
            for each in [one for one in opened.open if one.stage == name]:
                yield from _done(course, here, opened, each, relevant)
        if case.settled.get(name) == "awaiting":
            kinds = [each.kind for each in stage.begins if isinstance(each, Related) and each.awaited]
            yield _way(here, f"{kinds[0]} ended", {}, "", course.ended_by(case, kinds[0], START))


def _done(course: Course, here: Position, case: CaseRecord, round: Round, relevant: frozenset[str]) -> Iterator[Way]:
    stage = course.stages[round.stage]
    for outcome in stage.choose or ("",):
        asked = (*stage.form, *(stage.choose[outcome].form if outcome else ()))
        for filled in combinations(course.pack, asked, relevant):
            done = replace(round, closed=START, outcome=outcome, filled=filled, by="somebody")
            yield _way(here, round.stage, filled, outcome, course.settle(*course.close(case, done, START), START))


def _way(
    here: Position, stage: str, filled: Mapping[str, Any], outcome: str, result: tuple[CaseRecord, tuple[Move, ...]]
) -> Way:
    case = plain(result[0])
    return Way(here, stage, filled, outcome, result[1], position(case), case)


def combinations(pack: Pack, asked: tuple[str, ...], relevant: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The values that matter, of the fields that are filled in and of those computed from them."""
    computed = [
        name
        for name, spec in pack.fields.items()
        if spec.computed and name in relevant and any(each.name in asked for each in names(spec.computed.expression))
    ]
    wanted = [name for name in dict.fromkeys((*asked, *computed)) if name in relevant]
    values = [representatives(pack, name) for name in wanted]
    size = 1
    for each in values:
        size *= len(each)
    if size > MANY:
        for place, each in enumerate(values):
            for value in each:
                yield _without_nothing(wanted, [value if at == place else other[0] for at, other in enumerate(values)])
        return
    for several in product(*values):
        yield _without_nothing(wanted, several)


def _without_nothing(wanted: list[str], values: Any) -> dict[str, Any]:
    return {name: value for name, value in zip(wanted, values, strict=True) if value is not None}


def representatives(pack: Pack, name: str) -> tuple[Any, ...]:
    """Values of a field that are enough: its codes, or numbers around what guards and tables compare it with."""
    spec = pack.fields[name]
    optional = () if spec.required == "yes" or spec.default is not None or spec.computed else (None,)
    if spec.type in NUMBERS:
        return (*numbers(pack, name), *optional)
    match spec.type:
        case "yesno":
            return (True, False, *optional)
        case "choice" | "unit":
            return (*codes_of(pack, spec), *optional)
        case "units":
            codes = codes_of(pack, spec)
            several = [codes] if len(codes) > 1 else []
            return (*((code,) for code in codes), *several, *(() if spec.at_least else optional))
        case "date":
            return (date(2026, 1, 5), *optional)
        case "moment":
            return (START, *optional)
        case "files" | "list":
            return (("one",), ("one", "two"), *optional)
    return ("somebody", *optional)


def numbers(pack: Pack, name: str) -> tuple[Decimal, ...]:
    """One number for each way in which the guards and tables of a pack can take it."""
    asked = {bound for _, guard, _ in guards(pack) for bound in thresholds(guard.expression, name)}
    tables = [table for table in pack.tables.values() if name in table.of]
    bounds = asked | {bound for table in tables for bound in bounds_of(table)}
    alike: dict[tuple[Any, ...], Decimal] = {}
    for number in around(frozenset(bounds), pack.fields[name]):
        taken = tuple((number < bound, number == bound) for bound in sorted(asked))
        rows = tuple(within(table, place, row, number) for table in tables for place, row in enumerate(table.rows))
        alike.setdefault((taken, rows), number)
    return tuple(alike.values())


def relevant_fields(pack: Pack, stages: Mapping[str, Stage]) -> frozenset[str]:
    """The fields that decide where a case goes, who has it, and until when."""
    found: set[str] = set()
    for stage in stages.values():
        if stage.when:
            found |= fields_in(stage.when.expression, pack.facts)
        found |= _of_who(pack, stage.holder)
        for clock in stage.due:
            within = pack.shares[clock.share].within if clock.share else clock.within
            found |= {within.of} if isinstance(within, TimeTable) else set()
            found |= {clock.start} & pack.fields.keys()
            found |= {each for each in (clock.promised, clock.given) if each}
    return frozenset(found)


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


def plain(case: CaseRecord) -> CaseRecord:
    """The case without what does not count for where it can go: moments, numbers of rounds, what came before."""
    newest: dict[tuple[str, Holder], Round] = {(each.stage, each.holder): each for each in case.rounds}
    rounds = tuple(
        Round(each.stage, each.holder, 1, START, (), START if each.closed else None, each.outcome, each.by, each.filled)
        for each in newest.values()
        if not (each.closed and case.settled.get(each.stage) is None and not each.filled)
    )
    return replace(case, opened=START, rounds=rounds, ended=START if case.ended else None)


def position(case: CaseRecord) -> Position:
    """What tells one position from another."""
    held = frozenset(
        (each.stage, str(each.holder), each.closed is not None, each.outcome if each.closed else "")
        for each in case.rounds
    )
    values = frozenset((name, str(value)) for name, value in case.values.items())
    return held, frozenset(case.settled.items()), values, case.ended is not None


def clock_faults(course: Course, case: CaseRecord) -> Iterator[tuple[str, int, str]]:
    """Clocks of open rounds that have no limit or no beginning: (stage, which clock, the code of the finding)."""
    for each in case.open:
        for place, clock in enumerate(course.stages[each.stage].due):
            if clock.promised or clock.given:
                if case.values.get(clock.promised or clock.given or "") is None:
                    yield each.stage, place, "no-limit"
            elif limit_of(course.pack, clock, case) is None:
                yield each.stage, place, "no-limit"
            elif began_at(clock, case, each) is None:
                yield each.stage, place, "no-beginning"


def told(values: Mapping[str, Any]) -> str:
    """What is known, in words."""
    said = ", ".join(f"{name} = {_one(value)}" for name, value in values.items() if value != ())
    return said or "whatever is known"


def _one(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return {True: "yes", False: "no"}.get(value, str(value)) if not isinstance(value, Decimal) else str(value)
