"""What people watch while a case moves: their worklist, the register, and the stream that tells what changes."""

import asyncio
import json
from collections.abc import AsyncIterator

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import complaint, in_kunshan
from tests.journeys.course import CAUSE, registered
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, MANUFACTURING, QUALITY, SALES, SALES_ELSEWHERE


async def stages_of(house: House, person: str, case: Case) -> list[str]:
    """The stages of a case that are on a person's worklist."""
    found, query = [], "?limit=200"
    while query:
        page = (await house.get(person, "/api/analytics/worklist" + query)).json()
        found += [row["stage"] for row in page["items"] if row["case_id"] == str(case.id)]
        query = f"?limit=200&cursor={page['next']}" if "next" in page else ""
    return found


async def test_a_case_is_on_the_worklist_of_whoever_has_it_until_he_has_done_his_part(house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")
    assert [await stages_of(house, person, case) for person in (QUALITY, MANUFACTURING)] == [["cause"], []]

    await case.does(QUALITY, "report-cause", **CAUSE)

    await case.comes_to_the_register("countermeasure")
    assert [await stages_of(house, person, case) for person in (QUALITY, MANUFACTURING)] == [[], ["countermeasure"]]


async def test_P1_13_the_register_finds_a_case_by_its_number_and_shows_who_has_it(house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")
    (accepted,) = await case.said("intake.case-accepted")

    found = (await house.get(GM_OFFICE, f"/api/analytics/register?q={accepted['number']}")).json()["items"]

    (row,) = [each for each in found if each["case_id"] == str(case.id)]
    assert (row["number"], row["state"], row["complaint_class"]) == (accepted["number"], "accepted", "quality-anomaly")
    assert [(stage["stage"], stage["owner"]) for stage in row["stages"]] == [("cause", "quality")]


async def test_the_stream_tells_of_every_change_and_only_of_ones_own_sites(house: House) -> None:
    async with asyncio.timeout(30), house.listening(SALES) as here, house.listening(SALES_ELSEWHERE) as elsewhere:
        ours = await file_complaint(house, complaint())
        await told_of(here, ours)
        theirs = await file_complaint(house, in_kunshan(), by=SALES_ELSEWHERE)

        assert await told_of(elsewhere, theirs) == {str(theirs.id)}


async def told_of(lines: AsyncIterator[str], case: Case) -> set[str]:
    """Read a stream until it names the case; every case that it named up to then."""
    named: set[str] = set()
    while str(case.id) not in named:
        line = await anext(lines)
        if line.startswith("data: "):
            named.update(json.loads(line.removeprefix("data: "))["cases"])
    return named


async def test_the_page_after_an_act_waits_until_it_shows_the_act(house: House) -> None:
    case = await registered(house)
    done = await case.does(QUALITY, "report-cause", **CAUSE)

    page = await house.get(QUALITY, f"/cases/{case.id}?after={done['position']}", accept="text/html")

    assert 'data-event="investigation.cause-reported"' in page.text
