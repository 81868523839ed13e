"""Every course that a case can take under a pack, as a graph: what the linter walks to prove that it closes."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import product
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from shared.contracts.approval import SentBack
from shared.contracts.event import declarations, registry, wire_name
from shared.procedures.course.stages import Moves, Timing, advance, returnable, send_back
from shared.procedures.course.tasks import Task, Tasks
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Ending
from shared.procedures.lint.references import references
from shared.worktime import Calendar, parse_week

START = datetime(2026, 1, 5, tzinfo=UTC)
PLAIN = Calendar(ZoneInfo("UTC"), parse_week({"mon-sun": "00:00-24:00"}))
"""A calendar in which every hour counts."""

Holding = frozenset[tuple[str, str]]
"""(stage, owner) pairs."""


@dataclass(frozen=True)
class Position:
    """Where a case stands, whatever the round: who has which stage, what was done, what is known, closed or not."""

    open: Holding = frozenset()
    done: Holding = frozenset()
    facts: tuple[tuple[str, str], ...] = ()
    closed: bool = False

    @property
    def known(self) -> dict[str, str]:
        """The facts by name."""
        return dict(self.facts)

    @cached_property
    def tasks(self) -> Tasks:
        """The position as tasks without rounds."""
        return Tasks(*(tuple(Task(*pair, 1, "", None, "") for pair in sorted(held)) for held in (self.open, self.done)))

    def told(self) -> str:
        """The facts in words, for a finding."""
        return ", ".join(f"{fact}={value}" for fact, value in self.facts) or "no facts yet"


@dataclass(frozen=True)
class Step:
    """An event that may happen at a position; ``said`` has the fields that the course reads."""

    event: str
    said: Any
    facts: Mapping[str, str]

    def moves(self, pack: Pack, tasks: Tasks, now: datetime) -> Moves:
        """What the step does to tasks."""
        when = Timing(now, now, PLAIN)
        if isinstance(self.said, SentBack):
            return send_back(pack, self.facts, tasks, self.said, when)
        return advance(pack, self.facts, tasks, self.event, self.said, when)


@dataclass(frozen=True)
class Edge:
    """A step from one position to the next, with the tasks that were left when it had closed what it closes."""

    step: Step
    rest: Tasks
    after: Position


Courses = Mapping[Position, tuple[Edge, ...]]
"""The positions that can be reached, with what may happen there."""

MOST = 20_000
"""Steps after which the walk is given up."""


def courses(pack: Pack) -> Courses:
    """The graph of all courses, from every event that files a case, for every value of every fact on the way.

    The walk is given up after :data:`MOST` steps; see :func:`is_whole`.
    """
    graph: dict[Position, tuple[Edge, ...]] = {}
    ahead, walked = [Position()], 0
    asked, kept = course_facts(pack), Memory(remembered(pack), lasting_facts(pack))
    while ahead and walked < MOST:
        position = ahead.pop()
        if position not in graph:
            graph[position] = tuple(edge(pack, position, step, kept) for step in steps(pack, position, asked))
            ahead.extend(each.after for each in graph[position])
            walked += len(graph[position])
    return graph


def is_whole(graph: Courses) -> bool:
    """Whether the walk came to its end."""
    return all(each.after in graph for edges in graph.values() for each in edges)


def remembered(pack: Pack) -> frozenset[str]:
    """The stages of which it matters later that they were done: those that are sent back to or follow closing."""
    returned = {back for stage in pack.stages for back in stage.sends_back}
    return frozenset(returned | {stage.stage for stage in pack.stages if stage.after_closing})


@dataclass(frozen=True)
class Memory:
    """What of a case's past may matter later: stages that were done, and facts."""

    stages: Container[str]
    facts: Container[str]


def edge(pack: Pack, start: Position, step: Step, kept: Memory) -> Edge:
    """Where a step leads to from a position; of what is done and known, only what may matter later is remembered."""
    moves = step.moves(pack, start.tasks, START)
    after = moves.applied_to(start.tasks)
    position = Position(
        open=frozenset((task.stage, task.owner) for task in after.open),
        done=frozenset((task.stage, task.owner) for task in after.closed if task.stage in kept.stages),
        facts=tuple(sorted((fact, value) for fact, value in step.facts.items() if fact in kept.facts)),
        closed=start.closed or step.event == pack.overall.ends,
    )
    return Edge(step, Moves(closed=moves.closed).applied_to(start.tasks), position)


def steps(pack: Pack, position: Position, asked: Container[str]) -> Iterator[Step]:
    """What may happen at a position: an open stage ends or is sent back, a case is filed, something follows closing."""
    for stage, owner in sorted(position.open):
        for end in pack.stage(stage).ends:
            yield from happening(pack, position, end.event, said_by(end, owner), asked)
        for back in returnable(pack, stage, position.tasks):
            yield Step(wire_name(SentBack), SentBack(stage, *back, ""), position.known)
    begun = {stage for stage, _ in position.open | position.done}
    if position.closed or position == Position():
        for stage, event in beginnings(pack, after_closing=position.closed):
            if stage not in begun:
                yield from happening(pack, position, event, SimpleNamespace(), asked)


def beginnings(pack: Pack, *, after_closing: bool) -> Iterator[tuple[str, str]]:
    """The stages, with the event, that begin by themselves: when a case is filed, or after it was closed."""
    for stage in pack.stages:
        for beginning in stage.begins:
            if stage.after_closing == after_closing and not pack.ended_by(beginning.event):
                yield stage.stage, beginning.event


def said_by(end: Ending, owner: str) -> SimpleNamespace:
    """An event that ends the task of one owner, with the field that says so."""
    return SimpleNamespace(**{end.owner: owner} if end.owner else {})


def happening(pack: Pack, position: Position, event: str, said: Any, asked: Container[str]) -> Iterator[Step]:
    """The event with every combination of values of the facts that it bears and the course asks for."""
    borne = [fact for fact in facts_borne(event) if fact in asked]
    for values in product(*(pack.values(fact) for fact in borne)):
        yield Step(event, said, {**position.known, **dict(zip(borne, values, strict=True))})


def course_facts(pack: Pack) -> frozenset[str]:
    """The facts that the stages, their owners, levels and limits ask for."""
    sections = ("stages", "shares", "overall")
    return frozenset(each.name for each in references(pack) if each.kind == "fact" and each.place[0] in sections)


def lasting_facts(pack: Pack) -> frozenset[str]:
    """Those of the course's facts that something asks for later than the event which bears them."""
    conditions = [(one.event, one.when) for stage in pack.stages for one in stage.begins]
    at_once = {fact for event, when in conditions for fact in when if fact in facts_borne(event)}
    later = {fact for event, when in conditions for fact in when if fact not in facts_borne(event)}
    elsewhere = {each.name for each in references(pack) if each.kind == "fact" and each.place[2:] != ("begins",)}
    return frozenset(fact for fact in course_facts(pack) if fact not in at_once or fact in later | elsewhere)


def facts_borne(event: str) -> tuple[str, ...]:
    """The facts that an event of this name bears."""
    return declarations[registry[event, 1]].facts if (event, 1) in registry else ()
