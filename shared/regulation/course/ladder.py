"""The ladder of whoever is late: which rung is due when, and what it does; each once, in their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from shared.regulation.course.clocks import limit_of, whole
from shared.regulation.course.moves import Course, Move
from shared.regulation.course.record import CaseRecord, Due, Holder, Round
from shared.regulation.language.stages import Rung
from shared.regulation.language.times import Span, read_span

AT = re.compile(r"(?:(?P<percent>\d{1,2}) ?%|due(?: ?\+ ?(?P<later>.+))?)")
LADDER = (Rung(at="50 %", warn=True), Rung(at="75 %", warn=True), Rung(at="due"))
"""What holds where a pack says nothing: warned twice, then late."""


@dataclass(frozen=True, slots=True)
class Rungs:
    """A rung that falls due: of which clock of which round."""

    at: datetime
    rung: Rung
    round: Round
    due: Due

    @property
    def key(self) -> tuple[tuple[str, Holder, int], int, str]:
        """Once for each."""
        return self.round.key, self.due.clock, self.rung.at


def rungs(course: Course, case: CaseRecord) -> Iterator[Rungs]:
    """Everything that is still to be said of the open rounds, whenever it falls due."""
    for each in case.open:
        ladder = course.stages[each.stage].late
        for due in each.dues:
            for rung in ladder if ladder is not None else course.pack.late or LADDER:
                if (at := moment(course, case, each, due, rung)) is not None:
                    found = Rungs(at, rung, each, due)
                    if found.key not in case.told:
                        yield found


def moment(course: Course, case: CaseRecord, round: Round, due: Due, rung: Rung) -> datetime | None:
    """When a rung falls due; None for a share of a limit that cannot be parted, such as a day of the month."""
    found = AT.fullmatch(rung.at)
    if found is None:
        return None
    if percent := found["percent"]:
        limit = limit_of(course.pack, course.stages[round.stage].due[due.clock], case)
        if not isinstance(limit, Span) or not whole(limit):
            return None
        at = limit.part(int(percent)).after(due.began, course.calendar)
        return at if round.opened < at < due.at else None
    return read_span(found["later"]).after(due.at, course.calendar) if found["later"] else due.at


def tick(
    course: Course, case: CaseRecord, now: datetime
) -> tuple[CaseRecord, tuple[tuple[Rungs, tuple[Move, ...]], ...]]:
    """Say everything that has fallen due by now, oldest first, each once. A window that lapses ends quietly."""
    said: list[tuple[Rungs, tuple[Move, ...]]] = []
    while ahead := sorted((each for each in rungs(course, case) if each.at <= now), key=lambda each: each.at):
        found = ahead[0]
        case = replace(case, told=case.told | {found.key})
        moves: tuple[Move, ...] = ()
        if found.due.window and found.at >= found.due.at:
            lapsed = replace(found.round, closed=found.at, outcome="lapsed")
            case, moves = course.settle(*course.close(case, lapsed, found.at), found.at)
        elif found.rung.begins and not case.is_open(found.rung.begins):
            case, opened = course.open(case, found.rung.begins, found.at)
            case, moves = course.settle(case, opened, found.at)
        said.append((found, moves))
    return case, tuple(said)
