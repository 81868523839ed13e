"""The ways that a case may take through the house in a run, step by step: who does what in which service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.journeys.case import OF_EACH, PLACES
from tests.journeys.complaints import without
from tests.journeys.course import CAUSE, DRAFT, LETTER, MEASURE, RETURNED
from tests.journeys.people import (
    ACCOUNTING,
    DEPARTMENT,
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    SALES_SUPERVISOR,
    VICE_GENERAL_MANAGER,
)

CURRENCIES = {"TPE": "TWD", "KSH": "CNY"}
FORM: dict[str, Any] = {
    "region": "domestic",
    "part": "Frame tube 31.8",
    "delivered_on": "2025-06-02",
    "delivered": "400",
    "defective": "12",
    "unit": "piece",
    "demand": "return",
    "reason": "Weld seams are cracked",
}


@dataclass(frozen=True)
class Step:
    """Something that a person does once its stage has come to the service; ``owner`` where several may have it."""

    person: str
    act: str
    body: dict[str, Any]

    @property
    def service(self) -> str:
        """Where it is done."""
        return PLACES[self.act][0]

    @property
    def stage(self) -> str:
        """The stage that must be open there."""
        return PLACES[self.act][1] or "review"

    @property
    def owner(self) -> str | None:
        """Whose stage it must be, where several departments have one at once."""
        return DEPARTMENT[self.person] if self.stage in OF_EACH else None


Course = Sequence[Sequence[Step]]
"""Groups of steps: those of one group are done by several people at the same time."""


def step(person: str, act: str, **body: Any) -> Step:
    """A step with its fields."""
    return Step(person, act, body)


def form(site: str, order: str) -> dict[str, Any]:
    """The complaint form of an order."""
    value = {"amount": "36000.00", "currency": CURRENCIES[site]}
    return {**FORM, "site": site, "customer": f"Customer of {order}", "order": order, "value": value} | {
        "duplicates_seen": True
    }


def opened(site: str) -> Course:
    """The form is endorsed and accepted."""
    return (
        [step(SALES_SUPERVISOR, "endorse-complaint", opinion="The photographs are clear")],
        [step(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")],
    )


def returned_first(site: str) -> Course:
    """The form goes back to Sales once (P1.9)."""
    corrected = without(form(site, "SO-corrected"), "site", "customer", "region", "duplicates_seen")
    return (
        [step(SALES_SUPERVISOR, "endorse-complaint", opinion="The photographs are clear")],
        [step(GM_OFFICE, "return-form", fields=["part"], remark="Which tube?")],
        [step(SALES_SUPERVISOR, "correct-form", **corrected)],
        [step(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")],
    )


def investigated(site: str) -> Course:
    """Cause, countermeasure, both opinions at once, check."""
    return (
        [step(QUALITY, "report-cause", **CAUSE)],
        [step(MANUFACTURING, "propose-countermeasure", **MEASURE | {"produced_on": "1900-05-20"})],
        *opinions(),
    )


def opinions() -> Course:
    """Both opinions at once, and the check."""
    return (
        [step(RD, "give-opinion", opinion="It suits"), step(MANAGER_OFFICE, "give-opinion", opinion="It matters")],
        [step(GM_OFFICE, "check-investigation")],
    )


def no_matter_of_quality(site: str) -> Course:
    """The GM Office looks for the cause itself (P1.2, P1.6)."""
    return (
        [step(SALES_SUPERVISOR, "endorse-complaint", opinion="Our own mistake")],
        [step(GM_OFFICE, "accept-case", complaint_class="non-quality")],
        [step(GM_OFFICE, "report-cause", **CAUSE)],
        *opinions(),
    )


def settled(site: str) -> Course:
    """Draft, review, signature, negotiation, decision, closing, loss."""
    currency = CURRENCIES[site]
    letter = LETTER | {"amount": {"amount": "12600.00", "currency": currency}}
    return (
        [step(GM_OFFICE, "review-disposition")],
        [step(VICE_GENERAL_MANAGER, "sign-disposition")],
        [step(SALES_SUPERVISOR, "inform-customer", **letter)],
        [step(SALES_SUPERVISOR, "record-negotiation", accepted="yes", outcome="Mr. Wu has called")],
        [step(SALES_SUPERVISOR, "check-negotiation")],
        [step(GM_OFFICE, "write-combined-opinion", opinion="Settled as approved")],
        [step(VICE_GENERAL_MANAGER, "decide-case", decision="Agreed")],
        [step(GM_OFFICE, "close-case")],
        [step(ACCOUNTING, "record-loss", inputs=RETURNED)],
    )


def drafted(site: str) -> Course:
    """Sales drafts the disposition."""
    return ([step(SALES_SUPERVISOR, "draft-disposition", **DRAFT)],)


def drafted_twice(site: str) -> Course:
    """The review sends the draft back once."""
    back = step(GM_OFFICE, "send-back", stage="draft", reason="Say what is taken back")
    return (*drafted(site), [back], *drafted(site))


WAYS: tuple[tuple[Callable[[str], Course], ...], ...] = (
    (opened, investigated, drafted, settled),
    (opened, investigated, drafted, settled),
    (returned_first, investigated, drafted, settled),
    (opened, investigated, drafted_twice, settled),
    (no_matter_of_quality, drafted, settled),
    (opened, investigated),
)
"""Stretches put together; the last way leaves the case with Sales."""


def any_course(site: str, chance: Random) -> Course:
    """One of the ways, from the filed form on."""
    return [group for stretch in chance.choice(WAYS) for group in stretch(site)]
