"""A case that hears events under the glzd194 pack: its facts, its tasks, and what each event moved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.contracts import Event, approval, facts_of, finance, intake, investigation
from shared.contracts.values import Actor, Money
from shared.procedures.course.rules import Rules
from shared.procedures.course.stages import Moves
from shared.procedures.course.tasks import Task, Tasks
from shared.procedures.language.company import Site, load_company
from shared.procedures.language.loader import load_pack

COMPANY = load_company()
PACK = load_pack("glzd194")
RULES = Rules(PACK, COMPANY.sites["KSH"])
NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


def rules_at(timezone: str, currency: str = "CNY") -> Rules:
    """The same pack at another place."""
    names = {"en": "?", "zh-CN": "?", "zh-TW": "?"}
    work = {"week": {"mon-fri": "09:00-17:00"}}
    place = {"code": "KSH", "name": names, "pack": "glzd194", "timezone": timezone, "currency": currency, "work": work}
    return Rules(PACK, Site.model_validate(place))


def yuan(amount: str) -> Money:
    """Money of the site."""
    return Money(Decimal(amount), "CNY")


def by(department: str, level: str = "clerk", *sites: str) -> Actor:
    """Somebody of a department, at the site of the rules unless others are named."""
    return Actor(f"{department}-{level}", department, department, level, sites or ("KSH",))


@dataclass
class Case:
    """What the register keeps of a case."""

    tasks: Tasks = field(default_factory=Tasks)
    facts: dict[str, Any] = field(default_factory=dict)
    heard: list[tuple[Event, datetime]] = field(default_factory=list)
    moved: list[Moves] = field(default_factory=list)
    rules: Rules = field(default=RULES, repr=False)

    def hear(self, *events: Event, at: datetime = NOW, acted: datetime | None = None) -> "Case":
        """Hear events at a moment, one after the other, of what was done then or before."""
        for event in events:
            moves = self.rules.next_stages(self.facts, self.tasks, event, at, acted)
            self.heard.append((event, at))
            self.moved.append(moves)
            self.facts |= facts_of(event)
            self.tasks = moves.applied_to(self.tasks)
        return self

    @property
    def open(self) -> list[tuple[str, str, int]]:
        """Which stage is with whom, in which round."""
        return [(task.stage, task.owner, task.round) for task in self.tasks.open]

    def task(self, stage: str, owner: str | None = None) -> Task:
        """The open task of a stage."""
        task = self.tasks.find(stage, owner)
        assert task is not None, f"{stage} is not open but {self.open}"
        return task


def filed(region: str = "domestic") -> intake.ComplaintFiled:
    """A complaint form."""
    return intake.ComplaintFiled(
        customer="Acme",
        region=region,
        order="O-1",
        part="P-1",
        delivered_on=date(2026, 10, 1),
        delivered=Decimal(100),
        defective=Decimal(7),
        unit="piece",
        value=yuan("1000.00"),
        demand="return",
        reason="scratched",
    )


def corrected() -> intake.FormCorrected:
    """The form, completed."""
    form = filed()
    return intake.FormCorrected(
        form.order, form.part, form.delivered_on, form.delivered, form.defective, form.unit, form.value, "return", "?"
    )


def accepted(complaint_class: str = "quality-anomaly") -> intake.CaseAccepted:
    """The case under its number."""
    return intake.CaseAccepted("261101", complaint_class, None)


def drafted(level: str = "sales-manager") -> approval.DispositionDrafted:
    """A draft whose amount requires a level."""
    return approval.DispositionDrafted("discount", {}, yuan("1.00"), yuan("1.00"), level, "?")


def approved(level: str = "sales-manager") -> approval.DispositionApproved:
    """A draft, signed."""
    return approval.DispositionApproved("discount", yuan("1.00"), yuan("1.00"), {}, "?", level, level)


def decided(level: str = "sales-manager") -> approval.CaseDecided:
    """The decision on the combined opinion."""
    return approval.CaseDecided("?", level, level)


def slip(department: str) -> approval.InquirySlipIssued:
    """An inquiry slip for a department."""
    return approval.InquirySlipIssued("Q261101", department, "cause", 1, NOW)


ENDORSED = intake.ComplaintEndorsed("?")
RETURNED = intake.FormReturned(("order",), "?")
CAUSE = investigation.CauseReported("other", "?", "manufacturing")
COUNTERMEASURE = investigation.CountermeasureProposed("?", "?", "?", (), date(2026, 10, 1))
CHECKED = approval.InvestigationChecked()
REVIEWED = approval.DispositionReviewed()
NEGOTIATED = intake.NegotiationChecked()
OPINION = approval.CombinedOpinionWritten("?")
CLOSED = intake.CaseClosed("261101")
LOSS = finance.LossRecorded("discount", {}, "discounted", yuan("1.00"))


def opinion(department: str) -> investigation.OpinionGiven:
    """The opinion of a department."""
    return investigation.OpinionGiven(department, "?")


def answered(department: str) -> approval.InquiryAnswered:
    """The answer to an inquiry slip."""
    return approval.InquiryAnswered("Q261101", department, "?")


ENDS: dict[str, tuple[Callable[[str], Event], ...]] = {
    "endorsement": (lambda _: ENDORSED,),
    "registration": (lambda _: accepted(), lambda _: accepted("non-quality"), lambda _: RETURNED),
    "correction": (lambda _: corrected(),),
    "cause": (lambda _: CAUSE,),
    "countermeasure": (lambda _: COUNTERMEASURE,),
    "opinion": (opinion,),
    "check": (lambda _: CHECKED,),
    "draft": (lambda _: drafted(), lambda _: drafted("vice-general-manager"), lambda _: drafted("general-manager")),
    "review": (lambda _: REVIEWED,),
    "signature": (lambda _: approved(),),
    "negotiation": (lambda _: NEGOTIATED,),
    "combined-opinion": (lambda _: OPINION,),
    "decision": (lambda _: decided(),),
    "closing": (lambda _: CLOSED,),
    "loss": (lambda _: LOSS,),
    "inquiry": (answered,),
}
"""For each stage what its owner may say that ends it."""

BEFORE_ACCEPTANCE = (filed(), ENDORSED)
UNTIL_CHECK = (accepted(), CAUSE, COUNTERMEASURE, opinion("rd"), opinion("manager-office"))
UNTIL_SIGNATURE = (*BEFORE_ACCEPTANCE, *UNTIL_CHECK, CHECKED, drafted(), REVIEWED)
UNTIL_CLOSED = (*UNTIL_SIGNATURE, approved(), NEGOTIATED, OPINION, decided(), CLOSED)

DAY = timedelta(days=1)


def possible(case: Case) -> list[Event]:
    """What may be said in a case: whoever has a stage ends it or sends back; after closing, slips."""
    said = [end(task.owner) for task in case.tasks.open for end in ENDS[task.stage]]
    for task in case.tasks.open:
        said += [approval.SentBack(task.stage, *back, "?") for back in case.rules.returnable(task.stage, case.tasks)]
    if any(event == CLOSED for event, _ in case.heard):
        said += [slip("quality"), slip("sales")]
    return said
