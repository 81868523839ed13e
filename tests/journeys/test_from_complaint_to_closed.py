"""A complaint travels through all departments, from the form to the booked loss, and nobody is late."""

import re
from typing import Any

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import complaint
from tests.journeys.course import CAUSE, DRAFT, LETTER, MEASURE, RETURNED
from tests.journeys.house import House
from tests.journeys.people import (
    ACCOUNTING,
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    SALES,
    SALES_SUPERVISOR,
    VICE_GENERAL_MANAGER,
)

ROUTE = [
    ("endorsement", "sales", 1),
    ("registration", "gm-office", 1),
    ("cause", "quality", 1),
    ("countermeasure", "manufacturing", 1),
    ("opinion", "rd", 1),
    ("opinion", "manager-office", 1),
    ("check", "gm-office", 1),
    ("draft", "sales", 1),
    ("review", "gm-office", 1),
    ("signature", "management", 1),
    ("negotiation", "sales", 1),
    ("combined-opinion", "gm-office", 1),
    ("decision", "management", 1),
    ("closing", "gm-office", 1),
    ("loss", "accounting", 1),
]
FIVE_COPIES = [[1, "quality"], [2, "manufacturing"], [3, "sales"], [4, "accounting"], [5, "gm-office"]]


async def test_P1_13_a_complaint_travels_through_every_department_until_it_is_closed(house: House) -> None:
    case = await file_complaint(house, complaint())
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="The photographs are clear")
    await case.does(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")

    inspection = {"inspected": "12", "defective": "11", "confirmed": True, "result": "Eleven seams are open"}
    await case.does(QUALITY, "inspect-goods", **inspection)
    await case.does(QUALITY, "report-cause", **CAUSE)
    await case.does(MANUFACTURING, "propose-countermeasure", **MEASURE)
    await case.does(RD, "give-opinion", opinion="The setting suits the alloy")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="The customer is important")
    await case.does(GM_OFFICE, "check-investigation")

    await case.does(SALES, "draft-disposition", **DRAFT)
    await case.does(GM_OFFICE, "review-disposition")
    await case.does(VICE_GENERAL_MANAGER, "sign-disposition")
    await case.does(SALES, "inform-customer", **LETTER)
    await case.does(SALES, "record-negotiation", accepted="yes", outcome="Mr. Wu agrees")
    await case.does(SALES_SUPERVISOR, "check-negotiation")
    await case.does(GM_OFFICE, "write-combined-opinion", opinion="Settled as approved")
    await case.does(VICE_GENERAL_MANAGER, "decide-case", decision="Agreed")
    await case.does(GM_OFFICE, "close-case")
    await case.does(ACCOUNTING, "record-loss", inputs=RETURNED)

    await case.rests()
    assert await case.route() == ROUTE
    (accepted,) = await case.said("intake.case-accepted")
    assert re.fullmatch(r"\d{2}(0[1-9]|1[0-2])\d{2,}", accepted["number"])
    assert await case.said("intake.case-closed") == [{"number": accepted["number"], "remark": ""}]
    assert await case.said("approval.copies-distributed") == [{"copies": FIVE_COPIES}]  # P1.17
    assert await case.said("approval.inquiry-slip-issued") == []
    assert await case.said("finance.loss-recorded") == [  # P1.30: a fifth of what is taken back
        {
            "disposition": "return",
            "inputs": RETURNED,
            "formula": "returned × selling-price × 0.20",
            "loss": {"amount": "2520.00", "currency": "TWD"},
            "remark": "",
        }
    ]


async def test_every_department_tells_the_same_of_a_case(house: House) -> None:
    """What one said, those whom it concerns filed: once, and word for word."""
    case = await file_complaint(house, complaint())
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="The photographs are clear")
    await case.does(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")
    await case.does(QUALITY, "report-cause", **CAUSE)
    await case.comes_to("approval", "countermeasure")
    await case.comes_to("investigation", "countermeasure")

    opened = await case.said("intake.stage-opened")
    assert await filed(case, "approval") == opened
    assert await filed(case, "investigation") == [
        each for each in opened if each["stage"] in ("cause", "countermeasure")
    ]
    assert await filed(case, "finance") == []
    assert await case.said("investigation.cause-reported") == [{**CAUSE, "outside": [], "established": "yes"}]


async def filed(case: Case, service: str) -> list[dict[str, Any]]:
    """The stages that a department has filed as opened."""
    return [each["data"] for each in await case.events(service) if each["envelope"]["type"] == "intake.stage-opened"]
