"""The linter's walk: every course of a case, by the very functions that run it, each value cut to what counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from shared.regulation.course.clocks import began_at, limit_of
from shared.regulation.course.holders import within
from shared.regulation.course.moves import Course, Move
from shared.regulation.course.record import DUE, CaseRecord, Holder, Round
from shared.regulation.language.expressions import Values, holds, names, thresholds
from shared.regulation.language.fields import LATE, NUMBERS
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Related
from shared.regulation.lint.cut import START, Cut
from shared.regulation.lint.guards import guards
from shared.regulation.lint.tables import around, bounds_of, codes_of
from shared.worktime import Calendar, parse_week

ALWAYS = Calendar(ZoneInfo("UTC"), parse_week({"mon-sun": "00:00-24:00"}))
"""A calendar in which every hour counts."""
MOST = 12_000
"""Steps after which the walk is given up."""
MANY = 400
"""Combinations of values at one step after which only each value by itself is tried."""

Position = tuple[Any, ...]


@dataclass(frozen=True)
class Way:
    """One step: from where, what was done with which values, what moved, to where; ``known`` is told in findings."""

    start: Position
    stage: str
    filled: Mapping[str, Any]
    outcome: str
    moves: tuple[Move, ...]
    end: Position
    case: CaseRecord
    known: Values


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
    cut = Cut.of(pack, course.stages)
    case, moves = course.begin(START)
    first = cut.plain(case)
    found = Walk(course, begin=moves, first=position(first))
    found.cases[found.first] = first
    ahead, steps = [found.first], 0
    while ahead:
        here = ahead.pop()
        if here in found.ways:
            continue
        found.ways[here] = []
        for way in ways(course, here, found.cases[here], cut):
            found.ways[here].append(way)
            if way.end not in found.cases:
                found.cases[way.end] = way.case
                ahead.append(way.end)
            steps += 1
            if steps > MOST:
                found.whole = False
                return found
    return found


def ways(course: Course, here: Position, case: CaseRecord, cut: Cut) -> Iterator[Way]:
    """Everything that may happen at a position, as far as its order counts."""
    for each in case.open:
        if each.stage in cut.without_order:
            yield from _done(course, here, case, each, cut)
            return
    for each in case.open:
        stage = course.stages[each.stage]
        if not stage.until:
            yield from _done(course, here, case, each, cut)
        for rung in (*(stage.late or ()), *course.pack.late):
            if rung.begins and stage.due and rung.begins in course.stages and not case.is_open(rung.begins):
                after, moves = course.open(case, rung.begins, START)
                yield _way(cut, here, f"{each.stage} is late", {}, "", course.settle(after, moves, START))
        if any(clock.window for clock in stage.due):
            lapsed = replace(each, closed=START, outcome="lapsed")
            yield _way(cut, here, each.stage, {}, "lapsed", course.settle(*course.close(case, lapsed, START), START))
    first = next((each for each in case.open if course.stages[each.stage].due), None)
    if LATE in cut.relevant and first and not case.values[LATE]:
        late = replace(case, told=frozenset({((first.stage, Holder(next(iter(course.pack.units))), 1), 0, DUE)}))
        yield _way(cut, here, f"{first.stage} is late", {}, "", (late, ()))
    for name, stage in course.stages.items():
        if stage.during and case.is_open(stage.during) and case.ended is None and cut.relevant & {*stage.form}:
            opened, _ = course.open(case, name, START)
            for each in [one for one in opened.open if one.stage == name]:
                yield from _done(course, here, opened, each, cut)
        if case.settled.get(name) == "awaiting":
            kinds = [each.kind for each in stage.begins if isinstance(each, Related) and each.awaited]
            yield _way(cut, here, f"{kinds[0]} ended", {}, "", course.ended_by(case, kinds[0], START))


def _done(course: Course, here: Position, case: CaseRecord, round: Round, cut: Cut) -> Iterator[Way]:
    stage = course.stages[round.stage]
    for outcome in stage.choose or ("",):
        asked = (*stage.form, *(stage.choose[outcome].form if outcome else ()))
        for filled in combinations(course.pack, asked, cut.relevant):
            if lacks(course.pack, asked, cut.relevant, {**case.values, **filled}, filled):
                continue
            done = replace(round, closed=START, outcome=outcome, filled=filled, by="somebody")
            yield _way(cut, here, round.stage, filled, outcome, course.settle(*course.close(case, done, START), START))


def _way(
    cut: Cut,
    here: Position,
    stage: str,
    filled: Mapping[str, Any],
    outcome: str,
    result: tuple[CaseRecord, tuple[Move, ...]],
) -> Way:
    case = cut.plain(result[0])
    return Way(here, stage, filled, outcome, result[1], position(case), case, result[0].values)


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


def lacks(pack: Pack, asked: tuple[str, ...], relevant: frozenset[str], known: Values, filled: Values) -> bool:
    """Whether a field that matters is required with these values, and not filled in."""
    return any(
        (guard := pack.fields[name].required) is not None and holds(guard.expression, known, pack.facts)
        for name in asked
        if name in relevant and name not in filled
    )


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
