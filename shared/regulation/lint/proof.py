"""The linter's proof: whatever is filled in, somebody always has the case, its clocks run, and it ends."""

from collections import defaultdict
from collections.abc import Iterator

from shared.regulation.course.moves import after_the_end, begun_by_others
from shared.regulation.language.document import Path
from shared.regulation.language.model import Pack
from shared.regulation.lint.findings import Observation
from shared.regulation.lint.walk import MOST, Position, Walk, clock_faults, told, walk


def check_courses(pack: Pack) -> Iterator[Observation]:
    """The findings of every kind's course, each once, told with the first values that lead to it."""
    for kind, stages in pack.courses.items():
        path: Path = ("kinds", kind, "stages") if pack.kind(kind).stages else ("stages",)
        entry = [
            name
            for name, stage in stages.items()
            if not stage.later and not stage.during and name not in begun_by_others(pack, stages)
        ]
        if not entry:
            yield Observation("no-entry", path[:-1] or path, f"a case of kind {kind!r} begins with no stage")
            continue
        for extra in entry[1:]:
            yield Observation("unreachable", (*path, extra), f"nothing begins {extra!r}: say what it comes after")
        seen: set[tuple[str, Path]] = set()
        for found in _course(walk(pack, kind), path, set(entry[1:])):
            if (found.code, found.path) not in seen:
                seen.add((found.code, found.path))
                yield found


def _course(found: Walk, path: Path, idle: set[str]) -> Iterator[Observation]:
    yield from _on_the_way(found, path)
    if not found.whole:
        yield Observation("too-many-courses", path, f"more than {MOST} steps; the rest was not walked")
        return
    yield from _unreachable(found, path, idle)
    yield from _ends(found, path)


def _on_the_way(found: Walk, path: Path) -> Iterator[Observation]:
    steps = [(found.begin, found.first)] + [(way.moves, way.end) for ways in found.ways.values() for way in ways]
    for moves, end in steps:
        case = found.cases[end]
        known = told(case.values)
        for move in moves:
            if move.what == "nobody":
                by = found.course.stages[move.stage].holder
                yield Observation(
                    "nobody",
                    (*path, move.stage, "by"),
                    f"{by or 'nobody'} has {move.stage!r}, which is nobody when {known}",
                )
        for stage, place, code in clock_faults(found.course, case):
            clock = found.course.stages[stage].due[place]
            says = f"counts from {clock.start!r}, which is not known" if code == "no-beginning" else "has no limit"
            yield Observation(code, (*path, stage, "due"), f"the clock of {stage!r} {says} when {known}")


def _unreachable(found: Walk, path: Path, idle: set[str]) -> Iterator[Observation]:
    reached = {
        move.stage for ways in found.ways.values() for way in ways for move in way.moves if move.what == "opened"
    }
    reached |= {move.stage for move in found.begin}
    for name, stage in found.course.stages.items():
        watched = any(watch.begins == name for watch in found.course.pack.watches.values())
        if name not in reached | idle and stage.during not in reached and not watched:
            yield Observation("unreachable", (*path, name), f"no case comes to {name!r}")


def _ends(found: Walk, path: Path) -> Iterator[Observation]:
    stages = found.course.stages
    for ways in found.ways.values():
        for way in ways:
            case = found.cases[way.end]
            known = told(way.known)
            stage = (*path, way.stage) if way.stage in stages else path
            waiting = sorted(
                {
                    each.stage
                    for each in case.open
                    if not after_the_end(stages, each.stage) and not stages[each.stage].during
                }
            )
            if case.ended and waiting:
                yield Observation(
                    "open-at-the-end", stage, f"the case ends while {', '.join(waiting)} is open when {known}"
                )
            if not case.ended and not case.open and "awaiting" not in case.settled.values():
                after = f" ({way.outcome})" if way.outcome else ""
                yield Observation("dead-end", stage, f"nobody has the case after {way.stage!r}{after} when {known}")
    leading = _leading_on(found)
    if trapped := next((each for each in found.ways if each not in leading), None):
        case = found.cases[trapped]
        stuck = sorted({each.stage for each in case.open})
        yield Observation(
            "never-ends",
            (*path, stuck[0]) if stuck else path,
            f"no way leads from {', '.join(stuck)} to the end when {told(case.values)}",
        )


def _leading_on(found: Walk) -> set[Position]:
    """The positions from which the case can still end, or comes to a dead end that is told by itself."""
    before: defaultdict[Position, list[Position]] = defaultdict(list)
    for ways in found.ways.values():
        for way in ways:
            before[way.end].append(way.start)
    leading: set[Position] = set()
    ahead = [each for each in found.ways if found.cases[each].ended or not found.cases[each].open]
    while ahead:
        here = ahead.pop()
        if here not in leading:
            leading.add(here)
            ahead.extend(before[here])
    return leading
