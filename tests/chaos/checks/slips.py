"""Who is late gets his slips: each is issued once, and none that is due is missing (P1.25, P1.26)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from services.approval.domain.folder import ENDS, OVERALL
from tests.chaos.stores import Stored
from tests.chaos.violations import Evidence, Violation, found

Slip = tuple[str, str, str, int]
"""Topic, department, stage, round."""
URGING, INQUIRY = "approval.urging-slip-issued", "approval.inquiry-slip-issued"


def slips_are_issued_once(evidence: Evidence) -> Iterator[Violation]:
    """Each department gets one slip of each kind for one deadline, and has got those that its own folder calls for."""
    for case, stream in evidence.stores["approval"].streams.items():
        issued = Counter(slips_in(stream))
        yield from found("a slip is issued twice", [(case, *slip) for slip, times in issued.items() if times > 1])
        yield from found("a slip is missing", [(case, *slip) for slip in due_in(stream) - issued.keys()])


def slips_in(stream: Iterable[Stored]) -> Iterator[Slip]:
    """The slips that were issued of a case."""
    for event in stream:
        if event.topic in (URGING, INQUIRY):
            yield event.topic, event.data["department"], event.data["stage"], event.data["round"]


def due_in(stream: Iterable[Stored]) -> set[Slip]:
    """The slips that what approval heard of a case calls for: one to whoever is late, and another when it is closed.

    Of the stages that approval ends itself it is not counted who was still at work. The whole case is its owner's.
    """
    held: set[tuple[str, str, int]] = set()
    late: set[tuple[str, str, int]] = set()
    due: set[Slip] = set()
    closed = False
    for event in stream:
        data = event.data
        match event.topic:
            case "intake.stage-opened" if data["stage"] not in ENDS.values():
                held.add((data["owner"], data["stage"], data["round"]))
            case "intake.stage-closed":
                held.discard((data["owner"], data["stage"], data["round"]))
            case "analytics.deadline-missed" if data["name"] == OVERALL:
                due |= set() if closed else {(URGING, data["owner"], OVERALL, data["round"])}
            case "analytics.deadline-missed":
                late.add((data["owner"], data["name"], data["round"]))
            case "intake.case-closed":
                closed = True
        due |= {(INQUIRY, *work) for work in late} if closed else {(URGING, *work) for work in late & held}
    return due
