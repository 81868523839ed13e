"""Whatever way a case takes and however long anybody waits: nobody answers for time that was not theirs (P1.23)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from shared.contracts.values import Deadline
from shared.procedures.course.rules import Rules
from shared.procedures.course.shares import used_together
from shared.procedures.language.lines import parse_document
from shared.procedures.language.pack import Pack
from shared.worktime import Limit, LimitUnit, length
from tests.procedures.case import COMPANY, NOW, RULES, Case, filed, possible
from tests.procedures.planting import planted
from tests.worktime.calendars import worked

WORKED, _ = planted("domestic: 5 d, overseas: 8 d", "domestic: 3 wd, overseas: 20 wh")
WEIGHED, _ = planted("{cause: 1, countermeasure: 1, opinion: 1}", "{cause: 3, countermeasure: 2, opinion: 1}", WORKED)
RARELY, _ = planted("again: 50", "again: 10", WEIGHED)
OTHERWISE = Rules(parse_document(RARELY, "otherwise.yaml").into(Pack), COMPANY.sites["KSH"])
"""A share in working days and hours, of parts that are not equal."""

MINUTE = timedelta(minutes=1)
ROUNDED = timedelta(minutes=5)
"""More than what is lost by telling several rounds to four places of a day."""


@dataclass(frozen=True)
class Turn:
    """A round of a shared limit in the hands of one department, until it was done or until now."""

    stage: str
    owner: str
    deadline: Deadline
    ended: datetime
    used: str

    @property
    def is_late(self) -> bool:
        """Whether the department would be urged, and asked for its reason."""
        return self.ended > self.deadline.due


@dataclass(frozen=True)
class Walk:
    """A case after some time, and when that is."""

    case: Case
    now: datetime

    @property
    def turns(self) -> list[Turn]:
        """All rounds of the shared limit, in their order."""
        ended = {(each.stage, each.owner, each.round): each for moves in self.case.moved for each in moves.closed}
        found = []
        for moves in self.case.moved:
            for each in moves.opened:
                if each.deadline and each.deadline.portion:
                    end = ended.get((each.stage, each.owner, each.round))
                    at = (end.at if end else None) or self.now
                    found.append(Turn(each.stage, each.owner, each.deadline, at, end.used if end else ""))
        return found

    @property
    def limit(self) -> Limit:
        """The whole shared limit."""
        return Limit.parse(self.turns[0].deadline.limit)

    def time(self, began: datetime, ended: datetime) -> timedelta:
        """How much of the limit's time lies between two moments, counted by itself: no clock there changes."""
        if self.limit.unit in (LimitUnit.HOURS, LimitUnit.DAYS):
            return ended - began
        return worked(self.case.rules.place.calendar, began, ended)

    def own_time(self, turn: Turn) -> timedelta:
        """The time for which a department had a stage, in all its rounds up to the end of one."""
        rounds = [each for each in self.turns if (each.stage, each.owner) == (turn.stage, turn.owner)]
        return sum(
            (self.time(each.deadline.began, each.ended) for each in rounds[: rounds.index(turn) + 1]), timedelta()
        )

    def own_part(self, turn: Turn) -> timedelta:
        """A department's part of the limit, by the pack."""
        parts = self.case.rules.pack.shares["inquiry"].parts_for(self.case.facts)
        return length(self.limit, self.case.rules.place.calendar) * parts[turn.stage] / sum(parts.values())


@some.composite
def walks(draw: some.DrawFn) -> Walk:
    """A case with minutes to days between what happens in it, some of it heard later than it was done."""
    case = Case(rules=draw(some.sampled_from([RULES, OTHERWISE])))
    now = NOW + draw(some.integers(0, 10_000)) * MINUTE
    case.hear(filed(draw(some.sampled_from(["domestic", "overseas"]))), at=now)
    for _ in range(draw(some.integers(3, 40))):
        waited, unheard = draw(some.integers(0, 5_000)) * MINUTE, draw(some.sampled_from([0, 0, 0, 1, 3_000])) * MINUTE
        now += waited + unheard
        if events := possible(case):
            case.hear(draw(some.sampled_from(events)), at=now, acted=now - unheard)
    return Walk(case, now)


@given(walks())
def test_P1_25_no_stage_is_due_or_warned_of_before_it_was_opened(walk: Walk) -> None:
    for moves, (_, entered) in zip(walk.case.moved, walk.case.heard, strict=True):
        for deadline in (each.deadline for each in moves.opened if each.deadline):
            assert deadline.began == entered
            assert [deadline.due > entered, *(entered < at < deadline.due for _, at in deadline.warnings)] == [True] * 3


@given(walks())
def test_P1_25_P1_26_who_is_within_their_part_is_neither_urged_nor_asked(walk: Walk) -> None:
    for turn in walk.turns:
        if turn.is_late:
            assert walk.own_time(turn) >= walk.own_part(turn)
            assert walk.own_time(turn) > walk.own_part(turn) or walk.limit.unit not in (LimitUnit.HOURS, LimitUnit.DAYS)


@given(walks())
def test_P1_23_nothing_is_taken_from_a_first_round_and_a_later_one_has_the_least_at_least(walk: Walk) -> None:
    met = set()
    for turn in walk.turns:
        given, part = walk.time(turn.deadline.began, turn.deadline.due), walk.own_part(turn)
        least = (
            part if (turn.stage, turn.owner) not in met else part * walk.case.rules.pack.shares["inquiry"].again / 100
        )
        assert given >= least - timedelta(microseconds=1)
        met.add((turn.stage, turn.owner))


@given(walks())
def test_P1_23_what_a_department_is_told_to_have_used_is_the_time_for_which_it_had_the_case(walk: Walk) -> None:
    for turn in walk.turns:
        if turn.used:
            told = length(Limit.read(turn.used), walk.case.rules.place.calendar)
            assert abs(told - walk.own_time(turn)) < ROUNDED


@given(walks())
def test_P1_23_counted_is_the_time_in_which_some_stage_of_the_share_was_open_and_no_other(walk: Walk) -> None:
    turns = walk.turns
    spans = [(turn.deadline.began, turn.ended) for turn in turns]
    calendar = walk.case.rules.place.calendar
    if turns:
        told = length(used_together(spans, walk.limit.unit, calendar), calendar)
        assert (
            abs(told - sum((walk.time(*piece) for piece, at_once in pieces(turns) if at_once), timedelta())) < ROUNDED
        )
        shared_out = sum((walk.time(*piece) * at_once for piece, at_once in pieces(turns)), timedelta())
        assert sum((walk.time(*span) for span in spans), timedelta()) == shared_out


def pieces(turns: list[Turn]) -> Iterator[tuple[tuple[datetime, datetime], int]]:
    """The time between any two moments at which something began or ended, and how many had the case in it."""
    moments = sorted({moment for turn in turns for moment in (turn.deadline.began, turn.ended)})
    for began, ended in pairwise(moments):
        yield (began, ended), sum(turn.deadline.began <= began and turn.ended >= ended for turn in turns)


@given(walks())
def test_P1_23_while_everybody_is_in_time_and_nothing_comes_back_all_of_them_keep_the_limit(walk: Walk) -> None:
    turns, calendar = walk.turns, walk.case.rules.place.calendar
    rounds = [(turn.stage, turn.owner) for turn in turns]
    if turns and len(set(rounds)) == len(rounds) and not any(turn.is_late for turn in turns):
        counted = sum((walk.time(*piece) for piece, at_once in pieces(turns) if at_once), timedelta())
        assert counted <= length(walk.limit, calendar) + timedelta(milliseconds=1)
