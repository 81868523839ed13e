"""A shared limit as the page of a case tells it: how much of it each department has used (P1.23)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from shared.procedures.course.shares import used_since, used_together
from shared.worktime import Calendar, Limit

Row = Mapping[str, Any]
"""A round of a stage, as the read model has it."""


@dataclass(frozen=True, slots=True)
class DepartmentUse:
    """What one department has used, by now, in all its rounds of a stage; ``late`` in any of them."""

    stage: str
    owner: str
    rounds: int
    used: str
    allowed: str
    own: str
    late: bool


@dataclass(frozen=True, slots=True)
class ShareUse:
    """A shared limit: what was used of it while anybody had the case under it, and by whom."""

    name: str
    limit: str
    rule: str
    used: str
    departments: tuple[DepartmentUse, ...]


def shares_of(stages: Sequence[Row], now: datetime, calendar: Calendar) -> list[ShareUse]:
    """The shared limits of a case, with its stages in the order in which they were opened."""
    sharing = [stage for stage in stages if stage["share"]]
    return [
        share_of(name, list(rounds), now, calendar)
        for name, rounds in groupby(
            sorted(sharing, key=lambda stage: str(stage["share"])), key=lambda stage: str(stage["share"])
        )
    ]


def share_of(name: str, rounds: Sequence[Row], now: datetime, calendar: Calendar) -> ShareUse:
    """One shared limit, by all rounds of its stages."""
    unit = Limit.parse(rounds[0]["time_limit"]).unit
    spans = [(each["opened"], each["closed"] or now) for each in rounds]
    works: dict[tuple[str, str], list[Row]] = {}
    for each in rounds:
        works.setdefault((each["stage"], each["owner"]), []).append(each)
    return ShareUse(
        name=name,
        limit=rounds[-1]["time_limit"],
        rule=rounds[-1]["limit_rule"],
        used=str(used_together(spans, unit, calendar)),
        departments=tuple(use_of(work, now, calendar) for work in works.values()),
    )


def use_of(rounds: Sequence[Row], now: datetime, calendar: Calendar) -> DepartmentUse:
    """What a department has used, by all its rounds."""
    last = rounds[-1]
    used = last["used"] if last["closed"] else used_since(last["used"], last["opened"], now, calendar)
    late = any(each["missed"] or (not each["closed"] and each["due"] < now) for each in rounds)
    return DepartmentUse(last["stage"], last["owner"], len(rounds), used, last["allowed"], last["own"], late)
