"""Each act of the reference pack with all that it takes: the folder before it, who does it, what they fill in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

from shared.contracts import Event, analytics, approval, intake, investigation
from shared.contracts.event import SERVICES
from shared.contracts.values import Actor, Money
from shared.http.doors import Door
from shared.procedures.course.stages import owners
from shared.procedures.language.company import load_company
from shared.procedures.language.loader import load_pack
from shared.procedures.language.sections import Stage
from shared.runtime import Rooms

PACK = load_pack("glzd194")
MOMENT = datetime(2026, 11, 3, tzinfo=UTC)
FACTS = {"complaint_class": "quality-anomaly", "level": "vice-general-manager", "region": "domestic"}


def twd(amount: str) -> Money:
    """An amount in the sample site's currency."""
    return Money(Decimal(amount), "TWD")


FORM: dict[str, Any] = {
    "order": "SO-1",
    "part": "P-1",
    "delivered_on": date(2026, 10, 20),
    "delivered": Decimal(500),
    "unit": "piece",
    "value": twd("25000.00"),
    "demand": "return",
    "reason": "Cracked",
}
DRAFT: dict[str, Any] = {"disposition": "compensation", "proposal": "Pay"}


def drafted(amount: str) -> approval.DispositionDrafted:
    """A draft of this amount, for the vice general manager to sign."""
    return approval.DispositionDrafted(
        inputs={"paid": Decimal(amount)}, amount=twd(amount), loss=twd(amount), level=FACTS["level"], **DRAFT
    )


def approved(amount: str) -> approval.DispositionApproved:
    """What was signed for this amount."""
    return approval.DispositionApproved(
        inputs={"paid": Decimal(amount)},
        amount=twd(amount),
        loss=twd(amount),
        required=FACTS["level"],
        signed=FACTS["level"],
        **DRAFT,
    )


def cause(narrative: str) -> investigation.CauseReported:
    """A cause told in these words."""
    return investigation.CauseReported("processing-conditions", narrative, "manufacturing")


def measure(words: str) -> investigation.CountermeasureProposed:
    """A countermeasure in these words."""
    return investigation.CountermeasureProposed("The current", words, "Line 2", (), date(2026, 10, 1))


COMPLAINT = intake.ComplaintFiled(customer="Acme", region="domestic", defective=None, **FORM)
SLIP = approval.InquirySlipIssued("Q261101", "quality", "cause", 1, MOMENT)
BEFORE: Mapping[str, tuple[Event, ...]] = {
    "intake": (
        COMPLAINT,
        intake.ComplaintEndorsed("Clear"),
        approved("12000.00"),
        intake.CustomerInformed("letter", "compensation", twd("12000.00"), "We pay"),
        intake.NegotiationRecorded("yes", "Agreed"),
    ),
    "investigation": (COMPLAINT,),
    "approval": (
        cause("The current was too low"),
        intake.StageOpened("cause", "quality", 1, "P1.13"),
        intake.StageClosed("cause", "quality", 1, "done"),
        drafted("12000.00"),
        approved("12000.00"),
    ),
    "finance": (approved("12000.00"),),
}
"""What a department's folder holds before any of its acts."""

ALSO_BEFORE: Mapping[str, tuple[Event, ...]] = {
    "close-case": (intake.QuantityDetermined(Decimal(3)),),
    "answer-inquiry": (SLIP,),
}

BODIES: Mapping[str, dict[str, str]] = {
    "endorse-complaint": {"opinion": "Clear"},
    "withdraw-complaint": {"reason": "Filed twice"},
    "accept-case": {"complaint_class": "quality-anomaly"},
    "return-form": {"fields": "reason", "remark": "Say more"},
    "correct-form": {
        "order": "SO-2",
        "part": "P-1",
        "delivered_on": "2026-10-20",
        "delivered": "500",
        "defective": "3",
        "unit": "piece",
        "value.amount": "25000",
        "value.currency": "TWD",
        "demand": "return",
        "reason": "More said",
    },
    "determine-quantity": {"defective": "3"},
    "inspect-goods": {"inspected": "10", "defective": "3", "confirmed": "true", "result": "Cracked"},
    "report-cause": {"cause": "other", "narrative": "Unknown", "responsible_department": "manufacturing"},
    "propose-countermeasure": {
        "analysis": "The current",
        "measure": "Read it from the order",
        "producing_unit": "Line 2",
        "produced_on": "2026-10-01",
    },
    "give-opinion": {"opinion": "It suits"},
    "check-investigation": {"remark": "In order"},
    "send-back": {"stage": "cause", "reason": "Look again"},
    "draft-disposition": {"disposition": "compensation", "inputs.paid": "100", "proposal": "Pay"},
    "review-disposition": {"remark": "In order"},
    "sign-disposition": {"remark": "I agree"},
    "inform-customer": {
        "channel": "letter",
        "disposition": "compensation",
        "amount.amount": "12000.00",
        "amount.currency": "TWD",
        "wording": "We shall pay",
    },
    "record-negotiation": {"accepted": "no", "outcome": "Wants more"},
    "check-negotiation": {"remark": "In order"},
    "write-combined-opinion": {"opinion": "Settled"},
    "decide-case": {"decision": "Agreed"},
    "close-case": {"remark": "Done"},
    "record-loss": {"inputs.paid": "100"},
    "answer-inquiry": {"number": "Q261101", "reason": "Short of hands"},
}
"""A form filled in so that it is taken."""

OTHERWISE: Mapping[str, Event] = {
    "approved": approved("990000.00"),
    "cause": cause("The current was too high"),
    "checked": approval.InvestigationChecked(established="yes"),
    "combined": approval.CombinedOpinionWritten("Weighed anew"),
    "countermeasure": measure("Another"),
    "decided": approval.CaseDecided("Otherwise", FACTS["level"], FACTS["level"]),
    "defective": intake.QuantityDetermined(Decimal(4)),
    "delivered": intake.FormCorrected(defective=None, **{**FORM, "delivered": Decimal(400)}),
    "goods": intake.FormCorrected(defective=None, **{**FORM, "delivered": Decimal(400)}),
    "delivered_on": intake.FormCorrected(defective=None, **{**FORM, "delivered_on": date(2026, 10, 21)}),
    "draft": drafted("9900.00"),
    "endorsed": intake.ComplaintEndorsed("Not so clear"),
    "form": intake.FormCorrected(defective=None, **{**FORM, "order": "SO-3"}),
    "informed": intake.CustomerInformed("telephone", "compensation", twd("12000.00"), "We pay, we said"),
    "inspected": investigation.GoodsInspected(Decimal(9), Decimal(1), False, "Nothing found"),
    "negotiated": intake.NegotiationRecorded("no", "Wants all replaced"),
    "opinions": investigation.OpinionGiven("rd", "Not the current"),
    "returned": intake.FormReturned(("order",), "Which order?"),
}
"""For each thing that an act may stand on, an event after which it is another."""

CIRCUMSTANCES: tuple[Event, ...] = (
    analytics.DeadlineWarned("cause", "quality", 1, MOMENT, 50),
    analytics.DeadlineMissed("cause", "quality", 1, MOMENT),
    approval.UrgingSlipIssued("U261101", "quality", "cause", 1, MOMENT),
    intake.StageOpened("loss", "warehouse", 1, "P1.30"),
    intake.StageClosed("loss", "warehouse", 1, "done"),
)
"""What may be filed at any time, and concerns no act of anybody else."""


@dataclass(frozen=True)
class Deed:
    """An act that people may do in a department's folder."""

    service: str
    rooms: Rooms
    door: Door

    @property
    def act(self) -> str:
        """Its name."""
        return self.door.act

    @property
    def stage(self) -> Stage | None:
        """The first stage in which it is done, if it takes one."""
        stages = PACK.acts[self.act].stages
        return PACK.stage(stages[0]) if stages else None

    @property
    def doer(self) -> Actor:
        """Somebody of the sample company who may: the highest of the department, and of the level that signs."""
        here = [each for each in load_company().people if "TPE" in each.sites]
        asked = PACK.acts[self.act]
        able = [each for each in here if each.department in (asked.departments or self.owners)]
        return max(able, key=lambda each: PACK.rank(each.level))

    @property
    def owners(self) -> tuple[str, ...]:
        """Whose the stage is."""
        facts = {**FACTS, "department": SLIP.department}
        return owners(self.stage, facts) if self.stage else ()

    @property
    def before(self) -> tuple[Event, ...]:
        """The folder in which it can be done at once."""
        return (*BEFORE[self.service], *ALSO_BEFORE.get(self.act, ()), *self.opened(1))

    def opened(self, round: int) -> tuple[Event, ...]:
        """Its stage begins; without one of its own, any that keeps the case open."""
        stage = self.stage or PACK.stage("negotiation")
        facts = {**FACTS, "department": SLIP.department}
        level = PACK.level_of(stage, facts)
        return tuple(intake.StageOpened(stage.stage, owner, round, stage.rule, level) for owner in owners(stage, facts))

    def closed(self, round: int) -> tuple[Event, ...]:
        """Its stage ends, or is sent back, by somebody else's doing."""
        stages = ((each.stage, each.owner) for each in self.opened(round) if isinstance(each, intake.StageOpened))
        return tuple(intake.StageClosed(stage, owner, round, "sent-back") for stage, owner in stages)


def deeds() -> Iterator[Deed]:
    """Every act of every department that has a form on the case page."""
    for service in SERVICES:
        rooms: Rooms = import_module(f"services.{service}.main").ROOMS
        yield from (Deed(service, rooms, door) for door in rooms.doors if not door.creates)
