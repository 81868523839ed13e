"""Numbers without gap or double when many come at once, and a command sent twice that has one effect."""

import asyncio
from collections import defaultdict
from uuid import uuid4

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import COMPLAINTS, complaint, in_kunshan
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, SALES, SALES_SUPERVISOR

MANY = 20


async def test_P1_8_twenty_accepted_at_once_get_twenty_numbers_in_a_row(house: House) -> None:
    forms = (in_kunshan(opinion="Filed and signed at once") for _ in range(MANY))
    cases = await asyncio.gather(*(file_complaint(house, form, by=SALES_SUPERVISOR) for form in forms))

    given = await asyncio.gather(*(number_given(case) for case in cases))

    assert len(set(given)) == MANY
    months = defaultdict(list)
    for number in await numbers(house, "KSH"):
        months[number[:4]].append(int(number[4:]))
    assert {month: sorted(serials) for month, serials in months.items()} == {
        month: list(range(1, len(serials) + 1)) for month, serials in months.items()
    }


async def number_given(case: Case) -> str:
    """The GM Office accepts the case under this number."""
    done = await case.does(GM_OFFICE, "accept-case", complaint_class="quality-anomaly")
    number: str = done["events"][0]["data"]["number"]
    return number


async def numbers(house: House, site: str) -> list[str]:
    """Every case number of a site: of each complaint, what its own folder says."""
    found, query = [], "?limit=200"
    while query:
        page = (await house.get(GM_OFFICE, COMPLAINTS + query)).json()
        found += [each["case"] for each in page["items"] if each["site"] == site]
        query = f"?limit=200&cursor={page['next']}" if "next" in page else ""
    folders = [(await house.get(GM_OFFICE, f"/api/intake/cases/{case}")).json() for case in found]
    return [folder["number"] for folder in folders if folder["number"]]


async def test_the_same_key_twice_files_one_complaint_and_gets_the_first_answer(house: House) -> None:
    form, key = complaint(), str(uuid4())
    first, second = [await house.post(SALES, COMPLAINTS, form, idempotency_key=key) for _ in range(2)]

    assert (first.status_code, first.headers.get("idempotent-replayed")) == (201, None)
    assert (second.status_code, second.headers.get("idempotent-replayed")) == (201, "true")
    assert second.json() == first.json()


async def test_the_same_key_sent_ten_times_at_once_draws_one_number(house: House) -> None:
    case = await file_complaint(house, complaint(opinion="Signed at once"), by=SALES_SUPERVISOR)
    path, body = case.path("intake", "accept-case"), {"complaint_class": "quality-anomaly"}

    answers = await asyncio.gather(
        *(house.post(GM_OFFICE, path, body, idempotency_key=f"accept-{case.id}") for _ in range(10))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(await case.said("intake.case-accepted")) == 1


async def test_a_key_used_for_another_command_is_refused(house: House) -> None:
    form, key = complaint(), str(uuid4())
    await house.post(SALES, COMPLAINTS, form, idempotency_key=key)

    other = await house.post(SALES, COMPLAINTS, form | {"reason": "Scratches"}, idempotency_key=key)

    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


async def test_a_key_is_a_persons_own(house: House) -> None:
    form, key = complaint(), str(uuid4())
    his, hers = [
        (await house.post(person, COMPLAINTS, form, idempotency_key=key)).json()["case"]
        for person in (SALES, SALES_SUPERVISOR)
    ]

    assert his != hers
