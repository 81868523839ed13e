"""One refused way each, through the whole house: who may not, what may not yet, what is not so any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import jwt
import pytest

from deploy.dev.keys import Keys
from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import COMPLAINTS, complaint
from tests.journeys.course import CAUSE, DRAFT, LETTER, drafted, investigated, registered, signed
from tests.journeys.house import House
from tests.journeys.people import (
    GENERAL_MANAGER,
    GM_OFFICE,
    MANUFACTURING,
    QUALITY,
    SALES,
    SALES_ELSEWHERE,
    SALES_MANAGER,
    VICE_GENERAL_MANAGER,
)


@asynccontextmanager
async def left_as_it_was(case: Case) -> AsyncIterator[None]:
    """What is done inside has no department say anything about the case."""
    before = await case.spoken()
    yield
    assert await case.spoken() == before


async def at_signature(house: House) -> Case:
    """A case of 12,600.00 waits for the signature of a vice general manager."""
    case = await registered(house)
    await investigated(case)
    await drafted(case)
    await case.comes_to("approval", "signature")
    return case


async def at_cause(house: House) -> Case:
    """A case waits for Quality's word on the cause."""
    case = await registered(house)
    await case.comes_to("investigation", "cause")
    return case


async def test_P1_13_another_department_may_not_do_what_is_asked_of_one(house: House) -> None:
    case = await at_cause(house)

    async with left_as_it_was(case):
        answer = await case.tries(MANUFACTURING, "report-cause", **CAUSE)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:redress:problem:wrong-department",
        "title": "You may not do this",
        "status": 403,
        "detail": "This is for another department: Quality.",
        "instance": case.path("investigation", "report-cause"),
        "code": "wrong-department",
        "rule": "P1.5",
        "details": {"department": "manufacturing", "expected": ["quality"]},
    }


async def test_P1_24_a_level_below_the_amount_may_not_sign_and_a_level_above_may(house: House) -> None:
    case = await at_signature(house)

    async with left_as_it_was(case):
        lower = await case.tries(SALES_MANAGER, "sign-disposition")
    higher = await case.tries(GENERAL_MANAGER, "sign-disposition")

    assert (lower.status_code, lower.json()["code"], lower.json()["rule"]) == (403, "level-too-low", "P1.24")
    assert higher.status_code == 200
    (approved,) = await case.said("approval.disposition-approved")
    assert (approved["required"], approved["signed"]) == ("vice-general-manager", "general-manager")


async def test_P1_24_of_ten_who_sign_at_once_one_has_signed(house: House) -> None:
    case = await at_signature(house)

    managers = (VICE_GENERAL_MANAGER, GENERAL_MANAGER) * 5
    answers = await asyncio.gather(*(case.tries(manager, "sign-disposition") for manager in managers))

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 9]
    assert len(await case.said("approval.disposition-approved")) == 1


async def test_P1_9_a_clerk_may_not_sign_the_form_in_the_supervisors_place(house: House) -> None:
    case = await file_complaint(house, complaint())

    async with left_as_it_was(case):
        answer = await case.tries(SALES, "endorse-complaint", opinion="I think so myself")

    assert (answer.status_code, answer.json()["code"]) == (403, "level-too-low")


async def test_P1_13_nothing_is_signed_that_was_not_reviewed(house: House) -> None:
    case = await at_cause(house)
    await case.comes_to("approval", "cause")

    async with left_as_it_was(case):
        answer = await case.tries(VICE_GENERAL_MANAGER, "sign-disposition")

    assert (answer.status_code, answer.json()["code"]) == (409, "stage-not-open")


async def test_P1_19_nothing_but_what_was_approved_is_told_to_the_customer(house: House) -> None:
    case = await signed(house)
    await case.comes_to("intake", "negotiation")

    async with left_as_it_was(case):
        promised = await case.tries(
            SALES, "inform-customer", **LETTER | {"amount": {"amount": "12600.01", "currency": "TWD"}}
        )

    assert (promised.status_code, promised.json()["code"]) == (422, "beyond-what-was-approved")
    assert [error["field"] for error in promised.json()["errors"]] == ["amount"]


async def test_P1_30_a_draft_without_what_its_formula_asks_for_is_refused_with_the_figure_named(house: House) -> None:
    case = await registered(house)
    await investigated(case)
    await case.comes_to("approval", "draft")

    async with left_as_it_was(case):
        answer = await case.tries(SALES, "draft-disposition", **DRAFT | {"inputs": {"returned": "12"}})

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (
        422,
        ["inputs.selling-price"],
    )


async def test_who_looked_at_an_old_version_is_refused_until_he_looks_again(house: House) -> None:
    case = await at_cause(house)
    path = case.path("investigation", "inspect-goods")
    found = {"inspected": "12", "defective": "11", "confirmed": True, "result": "Eleven seams are open"}
    old = (await house.get(QUALITY, case.path("investigation"))).headers["etag"]
    await case.does(QUALITY, "inspect-goods", **found)

    async with left_as_it_was(case):
        stale = await house.post(QUALITY, path, found | {"defective": "12"}, if_match=old)
    now = stale.headers["etag"]
    fresh = await house.post(QUALITY, path, found | {"defective": "12"}, if_match=now)

    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    assert (await house.get(QUALITY, case.path("investigation"))).headers["etag"] == fresh.headers["etag"] != now
    assert fresh.status_code == 200


async def test_who_does_not_work_for_the_site_neither_sees_nor_does_nor_files(house: House) -> None:
    case = await file_complaint(house, complaint())

    async with left_as_it_was(case):
        seen = await house.get(SALES_ELSEWHERE, case.path("intake"))
        read = await house.get(SALES_ELSEWHERE, case.path("intake", "events"))
        done = await case.tries(SALES_ELSEWHERE, "determine-quantity", defective="3")
    filed = await house.post(SALES_ELSEWHERE, COMPLAINTS, complaint())

    assert [(answer.status_code, answer.json()["code"]) for answer in (seen, read, done, filed)] == [
        (403, "wrong-site")
    ] * 4


async def test_a_case_that_nobody_heard_of_is_not_found(house: House) -> None:
    case = Case(house, uuid4())

    answers = [await house.get(GM_OFFICE, case.path("intake")), await case.tries(QUALITY, "report-cause", **CAUSE)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "unknown-case")] * 2


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def token(house: House, secret: str | None = None, **claims: object) -> str:
    """A token signed with the stack's own secret, unless with another."""
    own = Keys.of(house.stack.data).login
    return jwt.encode({"iss": "redress", "sub": GM_OFFICE, "exp": 4102444800, **claims}, secret or own, "HS256")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({}, 200, None),
        ({"exp": int(LONG_AGO.timestamp())}, 401, "expired-token"),
        ({"exp": None}, 401, "bad-token"),
        ({"sub": "nobody"}, 401, "bad-token"),
        ({"iss": "somebody"}, 401, "bad-token"),
        ({"secret": "another secret of thirty-two bytes"}, 401, "bad-token"),
    ],
    ids=["good", "expired", "without an end", "of nobody", "of another issuer", "signed by another"],
)
async def test_a_token_counts_only_while_it_lasts_and_if_it_is_ours(
    house: House, change: dict[str, object], status: int, code: str | None
) -> None:
    shown = token(house, **change)  # type: ignore[arg-type]

    answer = await house.ask("GET", COMPLAINTS, None, {"authorization": f"Bearer {shown}"})

    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_nobody_acts_without_saying_who_he_is(house: House) -> None:
    case = await file_complaint(house, complaint())

    async with left_as_it_was(case):
        answer = await house.ask("POST", case.path("intake", "accept-case"), None, json={"complaint_class": "other"})

    assert (answer.status_code, answer.json()["code"]) == (401, "login-required")


async def test_a_cookie_does_not_act_for_a_page_of_another_site(house: House) -> None:
    case = await file_complaint(house, complaint())
    cookie = {"cookie": f"redress={token(house)}", "origin": "http://evil.example"}

    async with left_as_it_was(case):
        answer = await house.ask("POST", case.path("intake", "accept-case"), None, cookie, json={})

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin")
