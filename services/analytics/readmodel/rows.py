"""What an event writes into the register, the stages and the texts that are sought: pure, event -> patches of rows.

Events of one service reach a table in that service's order, those of different services in any. So each column
is written from the events of one service only, and the rows are the same whichever way the events came. A text is
its own key.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import md5
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from services.analytics.readmodel.sought import ByWhom, Sought, texts
from services.analytics.register.states import STATES
from shared.contracts import analytics, approval, finance, intake, investigation
from shared.contracts.event import Event
from shared.text.pieces import pieces

KEYS: Mapping[str, tuple[str, ...]] = {
    "cases": ("case_id",),
    "stages": ("case_id", "stage", "owner", "round"),
    "sought": ("case_id", "entry"),
}
"""The key columns of the patched tables."""

LASTING = frozenset({"sought"})
"""The tables whose rows never change: a key that is there has the same row."""

OVERALL = "overall"


class Around(Protocol):
    """What rows, and the fold of a case, need of an event's circumstances; the envelope has it."""

    @property
    def subject(self) -> UUID: ...
    @property
    def time(self) -> datetime: ...
    @property
    def site(self) -> str: ...
    @property
    def pack(self) -> str: ...
    @property
    def pack_version(self) -> int: ...


class Told(Around, ByWhom, Protocol):
    """Those circumstances, and who said it."""


class Patch(NamedTuple):
    """Columns to set in one row, which is made when it is not there."""

    table: str
    key: tuple[Any, ...]
    values: Mapping[str, Any]


def of_case(envelope: Around, **values: Any) -> Patch:
    """A patch of the case's row."""
    return Patch("cases", (envelope.subject,), {"site": envelope.site, **values})


def of_stage(envelope: Around, stage: str, owner: str, round: int, **values: Any) -> Patch:
    """A patch of one round of a stage."""
    return Patch("stages", (envelope.subject, stage, owner, round), {"site": envelope.site, **values})


def of_text(envelope: Around, sought: Sought) -> Patch:
    """A text by which the case is found; the same text is the same row."""
    entry = UUID(bytes=md5(repr(sought).encode(), usedforsecurity=False).digest())
    values = {"site": envelope.site, **sought._asdict(), "pieces": pieces(sought.words)}
    return Patch("sought", (envelope.subject, entry), values)


def filed(said: intake.ComplaintFiled, envelope: Around) -> Patch:
    """A complaint enters the register."""
    return of_case(
        envelope,
        pack=envelope.pack,
        pack_version=envelope.pack_version,
        customer=said.customer,
        region=said.region,
        reference=said.reference,
        supersedes=said.supersedes,
        filed=envelope.time,
        **form(said),
    )


def form(said: intake.ComplaintFiled | intake.FormCorrected) -> dict[str, Any]:
    """What the register keeps of the form, as filed or as corrected."""
    return {
        "order_number": said.order,
        "part": said.part,
        "demand": said.demand,
        "reason": said.reason,
        "defective": said.defective,
        "unit": said.unit,
    }


def anomaly_filed(said: intake.AnomalySlipFiled, envelope: Around) -> Patch:
    """An anomaly slip is numbered and entered; it runs through no stages (P1.1)."""
    return of_case(
        envelope,
        pack=envelope.pack,
        pack_version=envelope.pack_version,
        number=said.number,
        customer=said.customer,
        region=said.region,
        order_number=said.order,
        part=said.part,
        reason=said.reason,
        reference=said.reference,
        filed=envelope.time,
        closed=envelope.time,
    )


def accepted(said: intake.CaseAccepted, envelope: Around) -> Patch:
    """The case gets its number, its class and its overall limit (P1.8, P1.23)."""
    due = said.overall.due if said.overall else None
    return of_case(envelope, number=said.number, complaint_class=said.complaint_class, accepted=envelope.time, due=due)


def stage_opened(said: intake.StageOpened, envelope: Around) -> Patch:
    """A department has the case."""
    deadline = said.deadline
    portion = deadline.portion if deadline else None
    return of_stage(
        envelope, said.stage, said.owner, said.round,
        level=said.level,
        rule=said.rule,
        opened=envelope.time,
        due=deadline.due if deadline else None,
        time_limit=deadline.limit if deadline else None,
        limit_rule=deadline.rule if deadline else None,
        share=portion.share if portion else None,
        own=portion.own if portion else None,
        allowed=portion.allowed if portion else None,
        used=portion.used if portion else None,
    )  # fmt: skip


def stage_closed(said: intake.StageClosed, envelope: Around) -> Patch:
    """A department handed the case on, when it acted; what it used of its limit, where that is kept."""
    used = {"used": said.used} if said.used else {}
    return of_stage(
        envelope, said.stage, said.owner, said.round, closed=said.ended(envelope.time), outcome=said.outcome, **used
    )


def missed(said: analytics.DeadlineMissed, envelope: Around) -> Patch:
    """Somebody is late, or the whole case is (P1.25)."""
    if said.name == OVERALL:
        return of_case(envelope, missed=said.due)
    return of_stage(envelope, said.name, said.owner, said.round, missed=said.due)


def approved(said: approval.DispositionApproved, envelope: Around) -> Patch:
    """What was signed (P1.24)."""
    return of_case(
        envelope,
        disposition=said.disposition,
        amount=said.amount.amount,
        loss=said.loss.amount,
        currency=said.amount.currency,
    )


WRITES: dict[type, Callable[[Any, Around], Patch]] = {
    intake.ComplaintFiled: filed,
    intake.AnomalySlipFiled: anomaly_filed,
    intake.FormCorrected: lambda said, envelope: of_case(envelope, **form(said)),
    intake.QuantityDetermined: lambda said, envelope: of_case(envelope, defective=said.defective),
    intake.CaseAccepted: accepted,
    intake.StageOpened: stage_opened,
    intake.StageClosed: stage_closed,
    intake.CaseClosed: lambda said, envelope: of_case(envelope, closed=envelope.time),
    intake.ComplaintWithdrawn: lambda said, envelope: of_case(envelope, closed=envelope.time),
    intake.CaseSuperseded: lambda said, envelope: of_case(envelope, superseded_by=said.successor),
    investigation.CauseReported: lambda said, envelope: of_case(
        envelope, cause=said.cause, responsible=said.responsible_department
    ),
    approval.DispositionApproved: approved,
    finance.LossRecorded: lambda said, envelope: of_case(envelope, booked_loss=said.loss.amount),
    analytics.DeadlineMissed: missed,
}
"""Event -> what it writes. An event that is not named is kept in the history only."""


def patches(event: Event, envelope: Told) -> Iterator[Patch]:
    """What one event writes."""
    kind = type(event)
    if kind in WRITES:
        yield WRITES[kind](event, envelope)
    if kind in STATES:
        yield of_case(envelope, state=STATES[kind])
    for sought in texts(event, envelope):
        yield of_text(envelope, sought)


def merged(batch: Iterable[tuple[Event, Told]]) -> list[Patch]:
    """One patch a row for events that stand in each service's order; a later value replaces an earlier one."""
    rows: dict[tuple[str, tuple[Any, ...]], dict[str, Any]] = {}
    for event, around in batch:
        for patch in patches(event, around):
            rows.setdefault((patch.table, patch.key), {}).update(patch.values)
    return [Patch(table, key, values) for (table, key), values in rows.items()]
