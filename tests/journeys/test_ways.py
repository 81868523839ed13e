"""The ways a case may go other than straight on: overseas, by human error, back and round again, declined, no loss."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import COMPLAINTS, complaint, without
from tests.journeys.course import (
    CAUSE,
    MEASURE,
    decided,
    drafted,
    filed,
    investigated,
    negotiated,
    registered,
    signed,
)
from tests.journeys.house import House, until
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


def days(deadline: dict[str, str]) -> float:
    """How long a deadline runs."""
    runs = datetime.fromisoformat(deadline["due"]) - datetime.fromisoformat(deadline["began"])
    return runs / timedelta(days=1)


async def test_P1_23_overseas_has_eight_days_to_inquire_and_sixteen_in_all(house: House) -> None:
    domestic, overseas = await registered(house), await registered(house, region="overseas")

    assert [await limits(case) for case in (domestic, overseas)] == [("5 d", 40 / 24, 13), ("8 d", 64 / 24, 16)]


async def limits(case: Case) -> tuple[str, float, float]:
    """The limit of the inquiry, the days of Quality's third of it, and those of the whole case."""
    await case.comes_to("investigation", "cause")
    (accepted,) = await case.said("intake.case-accepted")
    cause = (await case.said("intake.stage-opened"))[-1]
    assert cause["stage"] == "cause"
    return cause["deadline"]["limit"], days(cause["deadline"]), days(accepted["overall"])


async def test_P1_2_what_is_no_matter_of_quality_goes_past_manufacturing(house: House) -> None:
    case = await registered(house, "non-quality")
    await case.does(GM_OFFICE, "report-cause", **CAUSE | {"cause": "wrong-loading", "responsible_department": "sales"})
    await case.does(RD, "give-opinion", opinion="Nothing to say")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="Loaded by us")
    await case.comes_to("approval", "check")

    assert await case.route() == [
        ("endorsement", "sales", 1),
        ("registration", "gm-office", 1),
        ("cause", "gm-office", 1),
        ("opinion", "rd", 1),
        ("opinion", "manager-office", 1),
        ("check", "gm-office", 1),
    ]


async def test_P1_13_what_is_sent_back_is_done_in_a_second_round_and_the_first_is_kept(house: House) -> None:
    case = await registered(house)
    await case.does(QUALITY, "report-cause", **CAUSE)
    await case.does(MANUFACTURING, "propose-countermeasure", **MEASURE)
    await case.does(RD, "give-opinion", opinion="The setting suits the alloy")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="The customer is important")
    await case.comes_to("approval", "check")
    await case.does(GM_OFFICE, "send-back", stage="countermeasure", reason="Who checks the setting?")
    better = MEASURE | {"measure": "The setting is read from the order and checked by the foreman"}
    await case.does(MANUFACTURING, "propose-countermeasure", **better)
    await case.does(RD, "give-opinion", opinion="Better")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="Agreed")
    await case.does(GM_OFFICE, "check-investigation")
    await case.comes_to("approval", "draft")

    assert await case.said("investigation.countermeasure-proposed") == [MEASURE, better]
    assert (await case.route())[3:] == [
        ("countermeasure", "manufacturing", 1),
        ("opinion", "rd", 1),
        ("opinion", "manager-office", 1),
        ("check", "gm-office", 1),
        ("countermeasure", "manufacturing", 2),
        ("opinion", "rd", 2),
        ("opinion", "manager-office", 2),
        ("check", "gm-office", 2),
        ("draft", "sales", 1),
    ]
    outcomes = {(each["stage"], each["round"]): each["outcome"] for each in await case.said("intake.stage-closed")}
    assert [outcomes["check", round] for round in (1, 2)] == ["sent-back", "done"]


async def test_P1_24_a_signature_that_is_refused_sends_the_draft_back_with_another_amount(house: House) -> None:
    case = await registered(house)
    await investigated(case)
    await drafted(case)
    await case.comes_to("approval", "signature")
    await case.does(VICE_GENERAL_MANAGER, "send-back", stage="draft", reason="Half of it is enough")
    await drafted(case, inputs={"returned": "6", "selling-price": "1050.00"})
    await case.comes_to("approval", "signature")

    assert await case.tasks("approval") == [("signature", "sales", 1)]  # 6,300.00 is the sales manager's


async def test_P1_9_an_incomplete_form_goes_back_with_its_fields_named(house: House) -> None:
    case = await filed(house)
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="The photographs are clear")
    await case.does(GM_OFFICE, "return-form", fields=["part"], remark="Which tube?")
    await case.comes_to("intake", "correction")
    form = without(complaint(part="Frame tube 34.9"), "site", "customer", "region", "duplicates_seen")
    await case.does(SALES, "correct-form", **form)
    await case.does(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")

    assert [task for task in await case.route() if task[0] in ("registration", "correction")] == [
        ("registration", "gm-office", 1),
        ("correction", "sales", 1),
        ("registration", "gm-office", 2),
    ]
    assert await case.said("intake.form-returned") == [{"fields": ["part"], "remark": "Which tube?"}]


async def test_P1_10_a_quantity_still_in_the_customers_process_is_filled_in_later(house: House) -> None:
    case = await file_complaint(house, without(complaint(demand="exchange"), "defective"))
    await case.does(SALES_SUPERVISOR, "endorse-complaint", opinion="They still weld")
    await case.does(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")

    assert (await case.folder("intake") or {})["defective"] is None
    await case.does(SALES, "determine-quantity", defective="9")

    assert (await case.folder("intake") or {})["defective"] == "9"


async def test_P1_18_a_customer_who_declines_gets_a_new_form_with_the_old_one_linked(house: House) -> None:
    old = await signed(house)
    await negotiated(old, accepted="no")
    await until(lambda: declined(old), "the list shows that the customer declined")

    new = await file_complaint(house, complaint(supersedes=str(old.id)))

    assert await old.hears("intake.case-superseded") == [{"successor": str(new.id)}]
    assert [each["supersedes"] for each in await new.said("intake.complaint-filed")] == [str(old.id)]
    await until(lambda: linked(old, new), "the list shows the link")
    again = await house.post(SALES, COMPLAINTS, complaint(supersedes=str(old.id)))
    assert (again.status_code, again.json()["code"]) == (422, "superseded-already")
    await decided(old)


async def linked(old: Case, new: Case) -> bool:
    """Whether the list of complaints knows that the one case follows the other."""
    page = (await old.house.get(SALES, COMPLAINTS)).json()["items"]
    return any(each["case"] == str(old.id) and each["successor"] == str(new.id) for each in page)


async def declined(case: Case) -> bool:
    """Whether the list of complaints knows that the customer did not accept."""
    page = (await case.house.get(SALES, COMPLAINTS)).json()["items"]
    return any(each["case"] == str(case.id) and each["customer_accepts"] == "no" for each in page)


async def test_P1_1_without_a_loss_an_anomaly_slip_is_filed_and_nobody_has_a_task(house: House) -> None:
    case = await file_complaint(house, complaint(loss=False, handling="Straightened at the customer's"))

    events = await case.events("intake")

    assert [each["envelope"]["type"] for each in events] == ["intake.anomaly-slip-filed"]
    assert re.fullmatch(r"A\d{6,}", events[0]["data"]["number"])
    assert await case.tasks() == []
    refused = await case.tries(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")
    assert (refused.status_code, refused.json()["code"]) == (409, "stage-not-open")


async def test_a_form_that_looks_like_an_open_complaint_is_warned_of(house: House) -> None:
    customer = f"Wheels {uuid4()}"
    first = await filed(house, customer=customer)
    told = {"customer": customer.upper(), "duplicates_seen": False}

    async def warned() -> list[dict[str, str]]:
        answer = await house.post(SALES, COMPLAINTS, without(complaint(**told), "region"))
        return answer.json()["details"]["alike"] if answer.json()["code"] == "possible-duplicate" else []

    alike = await until(warned, "the first form is known to the list")

    assert [each["case"] for each in alike] == [str(first.id)]
    await file_complaint(house, complaint(**told | {"duplicates_seen": True}))
