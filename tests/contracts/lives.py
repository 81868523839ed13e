"""Three lives of cases, in which every event occurs: lived on a real stack once a release, to be kept."""

from typing import Any

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import complaint, without
from tests.journeys.course import decided, drafted, negotiated
from tests.journeys.house import House
from tests.journeys.people import (
    ACCOUNTING,
    DEPARTMENT,
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    SALES,
    SALES_MANAGER,
    SALES_SUPERVISOR,
    VICE_GENERAL_MANAGER,
)
from tests.journeys.pictures import picture

ASKED = {DEPARTMENT[person]: person for person in (QUALITY, MANUFACTURING, RD, MANAGER_OFFICE, GM_OFFICE, SALES)}
"""Who answers for a department that was late."""

UPLOADS = "/api/intake/attachments"
FORM = {
    "customer": "福尔摩沙自行车",
    "part": "车架管 31.8",
    "demand": "exchange",
    "reason": "焊缝开裂，共两批",
    "samples": ["车架管一支", "照片"],
    "channel": "letter",
    "reference": "FB-2026/118",
}
CAUSE = {
    "cause": "processing-conditions",
    "narrative": "焊接电流过低，与作业标准不符",
    "responsible_department": "manufacturing",
    "responsible": [
        {"department": "manufacturing", "person": "甲班", "weight": "70"},
        {"department": "quality", "person": "", "weight": "30"},
    ],
}
MEASURE = {
    "analysis": "电流仍按前一种合金设定",
    "measure": "设定值由工单读入，并由班长会签",
    "producing_unit": "焊接二线",
    "persons": ["刘洋"],
    "produced_on": "2025-05-20",
}
GIVEN = {"disposition": "discount", "inputs": {"discounted": "6300.00"}, "proposal": "折让一成"}
TOLD = {
    "channel": "telephone",
    "disposition": "discount",
    "amount": {"amount": "6300.00", "currency": "TWD"},
    "wording": "同意折让",
}


async def declined(house: House) -> tuple[Case, Case]:
    """Returned, late, sent back, and declined by the customer in the end: that case, and the new form for it."""
    old = await registered_late(house)
    await inquired_twice(old)
    await drafted(old)
    await old.does(VICE_GENERAL_MANAGER, "sign-disposition", remark="照准")
    await negotiated(old, accepted="no")
    new = await file_complaint(house, without(complaint(**FORM, supersedes=str(old.id)), "defective"))
    await old.hears("intake.case-superseded")
    await decided(old)
    for slip in await old.hears("approval.inquiry-slip-issued"):
        await old.does(ASKED[slip["department"]], "answer-inquiry", number=slip["number"], reason="检验仪器送修")
    await old.does(ACCOUNTING, "record-loss", inputs={"returned": "12", "selling-price": "1050.00"}, remark="已入帐")
    await old.rests()
    return old, new


async def registered_late(house: House) -> Case:
    """Filed with a photograph, returned, corrected, accepted; its quantity known later; its cause missed."""
    photograph = (await house.ask("POST", UPLOADS, SALES, files={"file": ("裂缝.png", picture(40))})).json()
    case = await file_complaint(house, without(complaint(**FORM, attachments=[photograph]), "defective"))
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="情况属实，请受理")
    await case.does(GM_OFFICE, "return-form", fields=["part"], remark="哪一种管？")
    form = complaint(**FORM | {"part": "车架管 34.9"}, attachments=[photograph])
    asked = without(form, "site", "customer", "region", "channel", "reference", "duplicates_seen", "defective")
    await case.does(SALES, "correct-form", **asked)
    await case.does(GM_OFFICE, "accept-case", complaint_class="quality-anomaly", remark="附照片一张")
    await case.does(SALES, "determine-quantity", defective="12")
    await case.comes_to("investigation", "cause")
    await house.wait("3d")
    await case.hears("analytics.deadline-warned")
    await house.wait("3d")
    await case.hears("approval.urging-slip-issued")
    return case


async def inquired_twice(case: Case) -> None:
    """The cause with its inspection; the GM Office sends the countermeasure back once."""
    await case.does(QUALITY, "inspect-goods", inspected="20", defective="12", confirmed=True, result="焊缝强度不足")
    await case.does(QUALITY, "report-cause", **CAUSE)
    await opinions(case, MEASURE)
    await case.comes_to("approval", "check")
    await case.does(GM_OFFICE, "send-back", stage="countermeasure", reason="设定值由谁确认？")
    await opinions(case, MEASURE | {"measure": "设定值由工单读入，首件由品管会签"})
    await case.does(GM_OFFICE, "check-investigation", remark="查核无误")


async def opinions(case: Case, measure: dict[str, Any]) -> None:
    """The countermeasure and both opinions on it."""
    await case.does(MANUFACTURING, "propose-countermeasure", **measure)
    await case.does(RD, "give-opinion", opinion="设定适合该合金")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="同意，注意时效")


async def by_mistake(case: Case) -> Case:
    """The new form's case: no matter of quality, settled by a discount that the sales manager may sign."""
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="客户坚持")
    await case.does(GM_OFFICE, "accept-case", complaint_class="non-quality")
    await case.does(SALES, "determine-quantity", defective="12")
    await case.does(
        GM_OFFICE, "report-cause", cause="order-entry", narrative="订单误记", responsible_department="sales"
    )
    await case.does(RD, "give-opinion", opinion="无意见")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="由业务负责")
    await case.does(GM_OFFICE, "check-investigation")
    await drafted(case, **GIVEN)
    await case.does(SALES_MANAGER, "sign-disposition")
    await case.does(SALES, "inform-customer", **TOLD)
    await case.does(SALES, "record-negotiation", accepted="yes", outcome="客户同意")
    await case.does(SALES_SUPERVISOR, "check-negotiation")
    await case.does(GM_OFFICE, "write-combined-opinion", opinion="依核准办理")
    await case.does(SALES_MANAGER, "decide-case", decision="同意结案")
    await case.does(GM_OFFICE, "close-case")
    await case.does(ACCOUNTING, "record-loss", inputs={"discounted": "6300.00"})
    await case.rests()
    return case


async def no_loss(house: House) -> Case:
    """An anomaly slip."""
    slip = complaint(**FORM | {"demand": "improvement"}, loss=False, handling="已到客户处说明并换装，客户无异议")
    return await file_complaint(house, slip)


async def lives(house: House) -> dict[str, Case]:
    """Every life, by its name in the corpus."""
    old, new = await declined(house)
    return {"declined": old, "by-mistake": await by_mistake(new), "no-loss": await no_loss(house)}
