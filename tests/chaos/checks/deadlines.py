"""Who is late is told so once: each missed deadline is said once, and each warning once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.chaos.stores import Stored, Stores
from tests.chaos.violations import Evidence, Violation, found

Work = tuple[UUID, str, str, int]
"""Case, name of the deadline, owner, round."""
MISSED, WARNED = "analytics.deadline-missed", "analytics.deadline-warned"
OPENED = "intake.stage-opened"


@dataclass
class Term:
    """When work is due, and when it was done; None while it is not."""

    due: datetime
    done: datetime | None = None

    def is_late_at(self, now: datetime) -> bool:
        """Whether it was done after its due time, or is not done although that is past."""
        return (self.done or now) > self.due


def late_is_said_once(evidence: Evidence) -> Iterator[Violation]:
    """Work that is late is said to be missed once; nothing is said twice, and nothing of unknown work."""
    terms = terms_of(evidence.stores)
    missed = Counter(work_of(event.stream, event.data) for event in evidence.stores["analytics"].of(MISSED))
    warned = Counter(
        (*work_of(event.stream, event.data), event.data["percent"]) for event in evidence.stores["analytics"].of(WARNED)
    )
    yield from found("a missed deadline is said twice", [work for work, times in missed.items() if times > 1])
    yield from found("a warning is said twice", [work for work, times in warned.items() if times > 1])
    yield from found("a missed deadline of unknown work", missed.keys() - terms.keys())
    late = {work for work, term in terms.items() if term.is_late_at(evidence.now)}
    unsaid = {work for work in late - missed.keys() if work[0] not in evidence.ledger.overtaken}
    yield from found("late work is not said to be late", unsaid)
    yield from found("work is due before it was opened", due_at_once(evidence.stores["intake"].of(OPENED)))


def due_at_once(opened: Iterable[Stored]) -> list[Work]:
    """The stages that were due when they were opened, or before (P1.23): their department had no time."""
    return [
        (event.stream, event.data["stage"], event.data["owner"], event.data["round"])
        for event in opened
        if event.data["deadline"] and due_of(event.data["deadline"]) <= datetime.fromisoformat(event.label.time)
    ]


def terms_of(stores: Stores) -> dict[Work, Term]:
    """Every deadline that intake set, and when its work was done by the hand of whoever did it.

    After clocks went back, what was done may be entered before it was done: nobody is late then by either.
    """
    terms: dict[Work, Term] = {}
    overall: dict[UUID, Term] = {}
    for event in stores["intake"].said:
        data = event.data
        match event.topic:
            case "intake.stage-opened" if data["deadline"]:
                terms[event.stream, data["stage"], data["owner"], data["round"]] = Term(due_of(data["deadline"]))
            case "intake.case-accepted" if data["overall"]:
                overall[event.stream] = Term(due_of(data["overall"]))
                terms[event.stream, data["overall"]["name"], data["overall"]["owner"], 1] = overall[event.stream]
            case "intake.stage-closed":
                if term := terms.get((event.stream, data["stage"], data["owner"], data["round"])):
                    entered = datetime.fromisoformat(event.label.time)
                    term.done = min(entered, datetime.fromisoformat(data.get("at") or event.label.time))
            case "intake.case-closed" if event.stream in overall:
                overall[event.stream].done = datetime.fromisoformat(event.label.time)
    return terms


def due_of(deadline: dict[str, Any]) -> datetime:
    """When a deadline is due."""
    return datetime.fromisoformat(deadline["due"])


def work_of(case: UUID, data: dict[str, Any]) -> Work:
    """The work that something is said about."""
    return case, data["name"], data["owner"], data["round"]
