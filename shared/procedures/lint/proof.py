"""The linter's proof: whatever the facts, a case finds its way from filing to closed, and somebody always has it."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from shared.procedures.course.stages import begun, owners
from shared.procedures.language.lines import Place
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Stage
from shared.procedures.language.words import answer
from shared.procedures.lint.findings import Found
from shared.procedures.lint.graph import MOST, Courses, Edge, Position, courses, is_whole
from shared.procedures.lint.parting import check_parts, parted


def check_course(pack: Pack) -> Iterator[Found]:
    """The findings of the course, each once, told with the first facts that lead to it."""
    graph = courses(pack)
    places: dict[str, Place] = {stage.stage: ("stages", index) for index, stage in enumerate(pack.stages)}
    told = set()
    if is_whole(graph):
        ends = _endings(pack, graph, places)
    else:
        ends = iter([Found("too-many-courses", ("stages",), f"more than {MOST} steps; the rest was not walked")])
    for found in (*_beginnings(pack, graph, places), *ends):
        if (found.code, found.place) not in told:
            told.add((found.code, found.place))
            yield found
    if not told:
        yield from check_parts(pack, graph)


def _beginnings(pack: Pack, graph: Courses, places: dict[str, Place]) -> Iterator[Found]:
    for edges in graph.values():
        for edge in edges:
            beginning = Counter(stage.stage for stage in begun(pack, edge.step.facts, edge.rest, edge.step.event))
            for code, times in beginning.items():
                yield from _begun(pack, pack.stage(code), edge, times, places[code])


def _begun(pack: Pack, stage: Stage, edge: Edge, times: int, place: Place) -> Iterator[Found]:
    facts, limit = edge.step.facts, pack.limit_of(stage)
    case = f"when {edge.step.event} begins {stage.stage!r} ({edge.after.told()})"
    if times > 1:
        yield Found("begins-twice", (*place, "begins"), f"{times} beginnings hold {case}")
    if not owners(stage, facts):
        yield Found("no-owner", (*place, "owner"), f"nobody has it {case}")
    if stage.authority and not facts.get(stage.authority):
        yield Found("no-level", (*place, "authority"), f"no level must act {case}")
    if limit and answer(limit.time, facts) is None:
        yield Found("no-limit", (*place, "share" if stage.share else "limit"), f"there is no limit {case}")
    if stage.share and limit:
        yield from ((Found(code, (*place, "share"), f"{says} {case}")) for code, says in parted(pack, stage, edge))
    if stage.after_closing and not edge.after.closed:
        yield Found("too-early", (*place, "begins"), f"the case is not closed {case}")


def _endings(pack: Pack, graph: Courses, places: dict[str, Place]) -> Iterator[Found]:
    reached = {stage for position in graph for stage, _ in position.open}
    for stage in pack.stages:
        if stage.stage not in reached:
            yield Found("unreachable-stage", places[stage.stage], f"no case comes to {stage.stage!r}")
    for edge in (edge for edges in graph.values() for edge in edges):
        waiting = sorted(stage for stage, _ in edge.after.open if not pack.stage(stage).after_closing)
        if edge.after.closed and waiting:
            message = f"the case closes while {waiting} are open ({edge.after.told()})"
            yield Found("open-at-closing", ("overall", "ends"), message)
        if not edge.after.closed and not edge.after.open and not pack.withdrawn_by(edge.step.event):
            message = f"nobody has the case after {edge.step.event} ({edge.after.told()})"
            yield Found("dead-end", _ended(pack, edge, places), message)
    leading_on = _leading_on(graph)
    if trapped := next((position for position in graph if position not in leading_on), None):
        last = _end_of_the_road(graph, trapped)
        stuck = sorted({stage for stage, _ in last.open})
        message = f"no way leads from {stuck} to {pack.overall.ends} ({last.told()})"
        yield Found("never-closed", places[stuck[0]], message)


def _ended(pack: Pack, edge: Edge, places: dict[str, Place]) -> Place:
    return next((places[stage.stage] for stage, _ in pack.ended_by(edge.step.event)), ("stages",))


def _leading_on(graph: Courses) -> set[Position]:
    """The positions from which the case can still be closed, or comes to a dead end that is told by itself."""
    before: defaultdict[Position, list[Position]] = defaultdict(list)
    for position, edges in graph.items():
        for edge in edges:
            before[edge.after].append(position)
    leading: set[Position] = set()
    ahead = [position for position in graph if position.closed or (not position.open and position != Position())]
    while ahead:
        position = ahead.pop()
        if position not in leading:
            leading.add(position)
            ahead.extend(before[position])
    return leading


def _end_of_the_road(graph: Courses, start: Position) -> Position:
    """Where somebody ends who walks on as long as there is anywhere new to go: in a circle that nothing leaves."""
    position, seen = start, {start}
    while ahead := [edge.after for edge in graph[position] if edge.after not in seen]:
        position = ahead[0]
        seen.add(position)
    return position
