"""Somebody is late on the way: he is urged at once, asked for his reason after closing, and all can be replayed."""

import re
from datetime import datetime, timedelta
from typing import Any

from tests.journeys.case import Case
from tests.journeys.course import CAUSE, MEASURE, RETURNED, decided, drafted, investigated, negotiated, registered
from tests.journeys.house import House, until
from tests.journeys.people import (
    ACCOUNTING,
    GM_OFFICE,
    MANAGER_OFFICE,
    MANUFACTURING,
    QUALITY,
    RD,
    SALES,
    VICE_GENERAL_MANAGER,
)

SLIPS = "/api/approval/slips"


async def test_P1_25_P1_26_who_is_late_is_urged_once_and_asked_why_when_the_case_is_closed(house: House) -> None:
    case = await registered(house)
    await investigated(case)
    await case.comes_to("approval", "draft")
    draft = (await case.said("intake.stage-opened"))[-1]["deadline"]

    await house.wait("1d")
    slip = (await case.hears("approval.urging-slip-issued"))[0]
    urged_at = await moment_of(case, "approval.urging-slip-issued")

    await drafted(case)
    await case.does(VICE_GENERAL_MANAGER, "sign-disposition")
    await negotiated(case)
    await decided(case)
    inquiry = (await case.hears("approval.inquiry-slip-issued"))[0]
    await case.does(SALES, "answer-inquiry", number=inquiry["number"], reason="The customer was away")
    await case.does(ACCOUNTING, "record-loss", inputs=RETURNED)
    await case.rests()

    late = {"stage": "draft", "round": 1, "due": draft["due"], "department": "sales", "allowed": "1 d", "own": ""}
    assert datetime.fromisoformat(draft["due"]) - datetime.fromisoformat(draft["began"]) == timedelta(days=1)
    assert await case.said("analytics.deadline-missed") == [
        {"name": "draft", "owner": "sales", "round": 1, "due": draft["due"]}
    ]
    told = {"number": slip["number"], "used": slip["used"]}
    assert await case.said("approval.urging-slip-issued") == [late | told]
    closed = next(each for each in await case.said("intake.stage-closed") if each["stage"] == "draft")
    told = {"number": inquiry["number"], "used": closed["used"]}
    assert await case.said("approval.inquiry-slip-issued") == [late | told]
    assert 1 <= days(slip["used"]) <= days(closed["used"])
    assert await case.said("approval.inquiry-answered") == [
        {"number": inquiry["number"], "department": "sales", "reason": "The customer was away"}
    ]
    assert re.fullmatch(r"U\d{6,} Q\d{6,}", f"{slip['number']} {inquiry['number']}")

    then = await as_it_was(case, urged_at)
    assert (then["state"], then["number"]) == ("accepted", (await case.folder("intake") or {})["number"])
    assert [(each["stage"], each["missed"]) for each in then["stages"] if each["closed"] is None] == [
        ("overall", False),
        ("draft", True),
    ]
    assert "approval.disposition-drafted" not in then["sheets"]
    now = await as_it_was(case, (datetime.fromisoformat(urged_at) + timedelta(days=1)).isoformat())
    assert (now["state"], [each for each in now["stages"] if each["closed"] is None]) == ("closed", [])


async def test_P1_23_P1_25_P1_26_who_used_the_shared_limit_is_urged_and_asked_and_nobody_else(house: House) -> None:
    """Quality keeps the case for two days of five, the GM Office for six; it goes back, and all are quick then."""
    case = await registered(house)
    await case.comes_to("investigation", "cause")
    await house.wait("2d")
    (urged,) = await case.hears("approval.urging-slip-issued")
    await looked_into(case)
    await house.wait("6d")
    await case.does(GM_OFFICE, "send-back", stage="cause", owner="quality", reason="No evidence")
    await looked_into(case)
    await case.does(GM_OFFICE, "check-investigation")
    await drafted(case)
    await case.does(VICE_GENERAL_MANAGER, "sign-disposition")
    await negotiated(case)
    await decided(case)
    (asked,) = await case.hears("approval.inquiry-slip-issued")
    await case.does(QUALITY, "answer-inquiry", number=asked["number"], reason="The lab was shut")
    await case.does(ACCOUNTING, "record-loss", inputs=RETURNED)
    await case.rests()

    slips = await case.said("approval.urging-slip-issued") + await case.said("approval.inquiry-slip-issued")
    assert [(slip["department"], slip["stage"], slip["round"]) for slip in slips] == [("quality", "cause", 1)] * 2
    assert [(slip["allowed"], slip["own"]) for slip in (urged, asked)] == [("1.6667 d", "1.6667 d")] * 2
    assert 1.6667 <= days(urged["used"]) <= days(asked["used"]) < 2.1
    opened = [each for each in await case.events("intake") if each["envelope"]["type"] == "intake.stage-opened"]
    limited = [each for each in opened if each["data"]["deadline"]]
    assert [
        each["data"]["stage"] for each in limited if each["data"]["deadline"]["due"] <= each["envelope"]["time"]
    ] == []
    shown = (await house.get(GM_OFFICE, f"/api/analytics/register/{case.id}")).json()
    assert (shown["state"], shown["late"], shown["step_late"]) == ("closed", False, True)


async def looked_into(case: Case) -> None:
    """From the cause to the check, each as soon as it comes to them."""
    await case.does(QUALITY, "report-cause", **CAUSE)
    await case.does(MANUFACTURING, "propose-countermeasure", **MEASURE)
    await case.does(RD, "give-opinion", opinion="The setting suits the alloy")
    await case.does(MANAGER_OFFICE, "give-opinion", opinion="The customer is important")
    await case.comes_to("approval", "check")


def days(words: str) -> float:
    """How many days an amount of a limit is."""
    return float(words.removesuffix(" d"))


async def moment_of(case: Case, type: str) -> str:
    """When this was first said."""
    service = type.partition(".")[0]
    times = [each["envelope"]["time"] for each in await case.events(service) if each["envelope"]["type"] == type]
    return str(times[0])


async def as_it_was(case: Case, at: str) -> dict[str, Any]:
    """The case as it was at a moment, once its history is told to the end."""
    path = f"/api/analytics/cases/{case.id}/history"

    async def complete() -> dict[str, Any] | None:
        last = (await case.house.get(GM_OFFICE, f"{path}?at=2999-01-01T00:00:00Z")).json()
        return last if last.get("event") == await spoken(case) else None

    await until(complete, "the history is told to its end")
    answer = await case.house.get(GM_OFFICE, path + "?at=" + at.replace("+", "%2B"))
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()["view"]
    return view


async def spoken(case: Case) -> int:
    """How much was said of the case, the clocks included."""
    clocks = [each for each in await case.events("analytics") if each["envelope"]["type"].startswith("analytics.")]
    return len(await case.spoken()) + len(clocks)


async def test_P1_25_urging_slips_are_numbered_without_gap(house: House) -> None:
    cases = [await registered(house) for _ in range(3)]
    for case in cases:
        await investigated(case)
        await case.comes_to("approval", "draft")

    await house.wait("1d")
    for case in cases:
        await case.hears("approval.urging-slip-issued")

    numbers = await slip_numbers(house)
    assert {each: sorted(serials) for each, serials in numbers.items()} == {
        each: list(range(1, len(serials) + 1)) for each, serials in numbers.items()
    }


async def slip_numbers(house: House) -> dict[tuple[str, str], list[int]]:
    """The serials of all urging slips, by site and month."""
    found: dict[tuple[str, str], list[int]] = {}
    query = "?kind=urging&limit=200"
    while query:
        page = (await house.get(GM_OFFICE, SLIPS + query)).json()
        for slip in page["items"]:
            found.setdefault((slip["site"], slip["number"][:5]), []).append(int(slip["number"][5:]))
        query = f"?kind=urging&limit=200&cursor={page['next']}" if "next" in page else ""
    return found
