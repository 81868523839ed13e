"""Searching the register as people do: words in any order, in any script, parts of them, numbers of slips, persons."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import approval, intake, investigation
from shared.contracts.values import Actor
from tests.analytics.course import ACCEPTED, FILED
from tests.analytics.desks import CLERK, SUPERVISOR, Desks
from tests.analytics.recording import BEGAN, Departments

CHINESE = replace(
    FILED,
    customer="臺北機械股份有限公司",
    order="ＰＯ－２０２６－００１",
    part="測試機 A-12",
    reason="焊縫開裂，漏油嚴重",
)
CAUSE = investigation.CauseReported("marking", "Wrong die.", "manufacturing")
MADE = investigation.CountermeasureProposed("?", "?", "Line 3", ("王建民",), FILED.delivered_on)
URGED = approval.UrgingSlipIssued("U261107", "quality", "cause", 1, BEGAN)
ASKED = approval.InquirySlipIssued("Q261109", "quality", "cause", 1, BEGAN)
SLIP = intake.AnomalySlipFiled("A261103", "Trade Winds", "domestic", "SO-5", "PN-5", "Scratched paint")


def case(number: int) -> UUID:
    return UUID(int=number, version=5)


@pytest.fixture
async def kept(desks: Desks) -> Desks:
    """Three cases at Taipei, and one at Kunshan that has the number of the first."""
    await desks.keep(*Departments(case(1)).tell([CHINESE, ACCEPTED, CAUSE, MADE, URGED, ASKED]))
    await desks.keep(*Departments(case(2)).tell([replace(FILED, customer="Müller & Söhne", reason="Cracked housings")]))
    await desks.keep(*Departments(case(3)).tell([SLIP]))
    await desks.keep(*Departments(case(4), site="KSH").tell([FILED, ACCEPTED]))
    return desks


async def found(desks: Desks, sought: str, person: str = CLERK) -> list[int]:
    async with desks.of(person) as client:
        answer = await client.get("/api/analytics/register", params={"q": sought})
    assert answer.status_code == 200, answer.text
    return sorted(UUID(row["case_id"]).int & 0xFF for row in answer.json()["items"])


@pytest.mark.parametrize(
    ("sought", "cases"),
    [
        ("测试", [1]),
        ("測試", [1]),
        ("台北机械", [1]),
        ("有限公司 台北", [1]),
        ("漏油 开裂", [1]),
        ("漏油 a12", [1]),
        ("po2026001", [1]),
        ("PO-2026-001", [1]),
        ("2026", [1]),
        ("机", [1]),
        ("王建民", [1]),
        ("muller", [2]),
        ("MÜLLER cracked", [2]),
        ("housing", [2]),
        ("ack", [2]),
        ("m", [2]),
        ("u261107", [1]),
        ("Q261109", [1]),
        ("a261103", [3]),
        ("2611", [1, 3]),
        ("漏油 housing", []),
        ("测验", []),
        ("", [1, 2, 3]),
    ],
)
async def test_what_is_sought_is_found_however_it_is_written(kept: Desks, sought: str, cases: list[int]) -> None:
    assert await found(kept, sought) == cases


async def test_who_acted_is_found_by_name_and_login(desks: Desks) -> None:
    actor = Actor("lin-yating", "林雅婷", "sales", "clerk", ("TPE",))
    said = Departments(case(1)).tell([FILED])
    await desks.keep(*(replace(each, envelope=replace(each.envelope, actor=actor)) for each in said))
    assert [await found(desks, sought) for sought in ("雅婷", "林雅婷", "lin-yating", "王雅婷")] == [[1], [1], [1], []]


async def test_a_corrected_form_is_found_by_what_it_says_and_said(desks: Desks) -> None:
    form = {name: getattr(FILED, name) for name in intake.FormCorrected.__dataclass_fields__}
    await desks.keep(*Departments(case(1)).tell([FILED, intake.FormCorrected(**{**form, "order": "NEW-9"})]))
    assert [await found(desks, sought) for sought in ("new9", FILED.order, "old9")] == [[1], [1], []]


@pytest.mark.parametrize(
    ("told", "number"), [("261101", 1), ("２６１１０１", 1), ("U261107", 1), ("q-261109", 1), ("A261103", 3)]
)
async def test_an_exact_number_leads_to_its_case(kept: Desks, told: str, number: int) -> None:
    async with kept.of(CLERK) as client:
        answer = await client.get("/register", params={"q": told})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case(number)}")


async def test_a_number_of_two_sites_lists_both(kept: Desks) -> None:
    async with kept.of(SUPERVISOR) as client:
        both = await client.get("/register", params={"q": "261101"})
        one = await client.get("/register", params={"q": "261101", "site": "KSH"})
    assert (both.status_code, str(case(1)) in both.text, str(case(4)) in both.text) == (200, True, True)
    assert (one.status_code, one.headers["location"]) == (303, f"/cases/{case(4)}")


@pytest.mark.parametrize(
    ("asked", "headers"),
    [({"q": "26110"}, {}), ({"q": "261101", "state": "closed"}, {}), ({"q": "261101"}, {"hx-request": "true"})],
    ids=["a part of it", "with another filter", "while it is typed"],
)
async def test_nothing_else_leads_away_from_the_register(kept: Desks, asked: Any, headers: dict[str, str]) -> None:
    async with kept.of(CLERK, **headers) as client:
        assert (await client.get("/register", params=asked)).status_code == 200
