"""Plays a case under a pack without any server: a clock moved by hand, and people who exist because they act."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.contracts.refused import Refused
from shared.regulation.course.acts import Person, extend, finish
from shared.regulation.course.ladder import Rungs, rungs, tick
from shared.regulation.course.moves import Course, Move
from shared.regulation.course.record import CaseRecord, Holder
from shared.regulation.language.model import Pack
from shared.regulation.language.times import read_span
from shared.worktime import Calendar, parse_week

OFFICE = Calendar(ZoneInfo("Asia/Shanghai"), parse_week({"mon-fri": "09:00-12:00 13:00-18:00"}), "CN")
"""The working hours of a usual office."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that happened in a play: a move, or a rung of a ladder."""

    at: datetime
    move: Move | None = None
    rung: Rungs | None = None


@dataclass
class Play:
    """A case that is played. ``said`` is everything that happened, in order."""

    pack: Pack
    kind: str
    now: datetime
    calendar: Calendar = OFFICE
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.course = Course(self.pack, self.kind, self.calendar)
        self.case, moves = self.course.begin(self.now)
        self._note(moves)

    def do(self, stage: str, filled: Mapping[str, Any], outcome: str = "", by: str = "") -> None:
        """Finish a stage as whoever has it: as the unit or the level named, if several have. Raises Refused."""
        who = self.person(stage, by)
        self.case, moves = finish(self.course, self.case, stage, who, filled, self.now, outcome)
        self._note(moves)

    def put_off(self, stage: str, reason: str, by: str = "") -> None:
        """Put the clock of a stage off. Raises Refused."""
        self.case, moves = extend(self.course, self.case, stage, self.person(stage, by), reason, self.now)
        self._note(moves)

    def related(self, kind: str) -> None:
        """A case that this one waits for ended."""
        self.case, moves = self.course.ended_by(self.case, kind, self.now)
        self._note(moves)

    def wait(self, span: str) -> None:
        """Move the clock (``3 wd``, ``2 h``), and let everything be said that falls due on the way. Raises NoTime."""
        self.now = read_span(span).after(self.now, self.calendar)
        self.case, said = tick(self.course, self.case, self.now)
        for rung, moves in said:
            self.said.append(Said(rung.at, rung=rung))
            self.said.extend(Said(rung.at, move=each) for each in moves)

    def person(self, stage: str, by: str) -> Person:
        """Somebody who may have the stage: of the unit, or at the level, that is named."""
        holder = self._holder(stage, by)
        unit = by if by in self.pack.units else holder.unit.split()[0] if holder.unit else next(iter(self.pack.units))
        level = by if by in self.pack.levels else holder.level
        return Person(holder.person or by or level or unit, unit, level, leads=holder.level == "head")

    def next_rung(self) -> Rungs | None:
        """What will be said next, if nobody does anything."""
        return min(rungs(self.course, self.case), key=lambda each: each.at, default=None)

    def late(self) -> frozenset[str]:
        """The stages of which it was said that they are late, open ones and others."""
        return frozenset(
            each.rung.round.stage
            for each in self.said
            if each.rung and each.rung.rung.at == "due" and not each.rung.due.window
        )

    def _holder(self, stage: str, by: str) -> Holder:
        asked = self.course.stages.get(stage)
        if asked is None:
            raise Refused("unknown-stage", "", stage=stage)
        case: CaseRecord = self.case
        if asked.during and case.is_open(asked.during):
            case, _ = self.course.open(case, stage, self.now)
        held = [each.holder for each in case.open if each.stage == stage]
        named = [each for each in held if by in (each.unit, each.level, each.person)]
        return (named or held or [Holder()])[0]

    def _note(self, moves: tuple[Move, ...]) -> None:
        self.said.extend(Said(self.now, move=each) for each in moves)


@dataclass(frozen=True, slots=True)
class Journey:
    """A case as an example: when it begins, of which kind, and its steps, each a mapping as it is written."""

    begins: datetime
    kind: str
    steps: tuple[Mapping[str, Any], ...]
    calendar: Calendar = OFFICE

    @classmethod
    def read(cls, content: Mapping[str, Any], pack: Pack) -> "Journey":
        """From a file's content. Raises KeyError, ValueError."""
        begins = datetime.fromisoformat(content["begins"])
        calendar = OFFICE
        if week := content.get("week"):
            calendar = replace(OFFICE, week=parse_week(week))
        kind = content.get("kind") or next(iter(pack.courses))
        return cls(
            begins if begins.tzinfo else begins.replace(tzinfo=calendar.zone), kind, tuple(content["steps"]), calendar
        )


class NotAsExpected(AssertionError):
    """A journey in which something is not as it says."""


def travel(pack: Pack, journey: Journey) -> Play:
    """Play a journey to its end. Raises NotAsExpected where it says something else, and what its steps raise."""
    play = Play(pack, journey.kind, journey.begins.astimezone(UTC), journey.calendar)
    for number, step in enumerate(journey.steps, start=1):
        try:
            take(play, step)
        except (Refused, NotAsExpected) as fault:
            says = fault.code if isinstance(fault, Refused) else str(fault)
            details = f" {fault.details}" if isinstance(fault, Refused) else ""
            raise NotAsExpected(f"step {number} {dict(step)}: {says}{details}") from fault
    return play


def take(play: Play, step: Mapping[str, Any]) -> None:
    """One step: ``do`` a stage ``with`` fields, ``choose``, ``by``; ``wait``; ``extend``; ``related``; ``expect``."""
    match step:
        case {"do": stage, "refused": code}:
            try:
                play.do(stage, step.get("with") or {}, step.get("choose", ""), step.get("by", ""))
            except Refused as refused:
                if refused.code == code:
                    return
                raise
            raise NotAsExpected(f"{stage} was not refused")
        case {"do": stage}:
            play.do(stage, step.get("with") or {}, step.get("choose", ""), step.get("by", ""))
        case {"wait": span}:
            play.wait(str(span))
        case {"extend": stage}:
            play.put_off(stage, step.get("reason", ""), step.get("by", ""))
        case {"related": kind}:
            play.related(kind)
        case {"expect": wanted}:
            expect(play, wanted)
        case _:
            raise NotAsExpected("a step is one of do, wait, extend, related, expect")


def expect(play: Play, wanted: Mapping[str, Any]) -> None:
    """Hold the case against what a journey expects: ``open``, ``late``, ``told``, ``ended``, ``due``, ``fields``."""
    told = state(play)
    for name, value in wanted.items():
        given = {key: told[name].get(key) for key in value} if name in ("due", "fields") else told[name]
        if given != value:
            raise NotAsExpected(f"{name} is {given!r}, not {value!r}")


def state(play: Play) -> dict[str, Any]:
    """A play in plain words, as journeys expect it."""
    stages: dict[str, list[str]] = {}
    for each in play.case.open:
        stages.setdefault(each.stage, []).append(str(each.holder))
    rung = [each.rung for each in play.said if each.rung]
    return {
        "open": {stage: held[0] if len(held) == 1 else held for stage, held in stages.items()},
        "late": sorted(play.late()),
        "told": [f"{each.round.stage} {each.rung.at}" for each in rung],
        "ended": "yes" if play.case.ended else "no",
        "due": {
            each.stage: each.dues[0].at.astimezone(play.calendar.zone).strftime("%Y-%m-%d %H:%M")
            for each in play.case.open
            if each.dues
        },
        "fields": {name: str(value) for name, value in play.case.values.items()},
    }
