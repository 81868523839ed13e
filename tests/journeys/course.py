"""The usual course of a case, a stretch at a time: everybody does his part until it has come where a journey begins."""

from typing import Any

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import complaint
from tests.journeys.house import House
from tests.journeys.people import (
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    SALES,
    SALES_SUPERVISOR,
    VICE_GENERAL_MANAGER,
)

CAUSE = {
    "cause": "processing-conditions",
    "narrative": "The welding current was too low",
    "responsible_department": "manufacturing",
    "responsible": [{"department": "manufacturing", "person": "liu-yang", "weight": "100"}],
}
MEASURE = {
    "analysis": "The current was set for another alloy",
    "measure": "The setting is read from the order",
    "producing_unit": "Welding line 2",
    "persons": ["Liu Yang"],
    "produced_on": "2025-05-20",
}
RETURNED = {"returned": "12", "selling-price": "1050.00"}
"""What a return of 12,600.00 is computed from: above the sales manager's 10,000, not above 15,000 (P1.24)."""
DRAFT = {"disposition": "return", "inputs": RETURNED, "proposal": "The cracked tubes are taken back"}
APPROVED = {"disposition": "return", "amount": {"amount": "12600.00", "currency": "TWD"}}
LETTER = {"channel": "letter", "wording": "We take back the twelve cracked tubes", **APPROVED}


async def filed(house: House, **changes: Any) -> Case:
    """Sales has filed the form; it waits for the supervisor's opinion."""
    return await file_complaint(house, complaint(**changes))


async def registered(house: House, complaint_class: str = "quality-anomaly", **changes: Any) -> Case:
    """The GM Office has accepted the case."""
    case = await filed(house, **changes)
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="The photographs are clear")
    await case.does(GM_OFFICE, "accept-case", complaint_class=complaint_class)
    return case


async def investigated(case: Case) -> None:
    """From the acceptance on: cause, countermeasure, both opinions, and the GM Office's check."""
    await case.does(QUALITY, "report-cause", **CAUSE)
    await case.does(MANUFACTURING, "propose-countermeasure", **MEASURE)
    await case.does(RD, "give-opinion", opinion="The setting suits the alloy")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="The customer is important")
    await case.does(GM_OFFICE, "check-investigation")


async def drafted(case: Case, **changes: Any) -> None:
    """From the check on: the draft, and the review that passes it on for signature."""
    await case.does(SALES, "draft-disposition", **{**DRAFT, **changes})
    await case.does(GM_OFFICE, "review-disposition")


async def negotiated(case: Case, accepted: str = "yes") -> None:
    """From the signature on: the customer is told what was approved, and answers."""
    await case.does(SALES, "inform-customer", **LETTER)
    await case.does(SALES, "record-negotiation", accepted=accepted, outcome="Mr. Wu has called")
    await case.does(SALES_SUPERVISOR, "check-negotiation")


async def decided(case: Case) -> None:
    """From the negotiation on: the combined opinion, the decision, and the form is closed."""
    await case.does(GM_OFFICE, "write-combined-opinion", opinion="Settled as approved")
    await case.does(VICE_GENERAL_MANAGER, "decide-case", decision="Agreed")
    await case.does(GM_OFFICE, "close-case")


async def signed(house: House) -> Case:
    """The case has come to the negotiation with the customer."""
    case = await registered(house)
    await investigated(case)
    await drafted(case)
    await case.does(VICE_GENERAL_MANAGER, "sign-disposition")
    return case
