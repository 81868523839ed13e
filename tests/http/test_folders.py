"""Reading a department's folder: its state with a version, its events page by page."""

from uuid import uuid4

import httpx
import pytest

from tests.http.conftest import COMPLAINT, ELSEWHERE, Caller, wrong


@pytest.fixture
async def case(clerk: httpx.AsyncClient, supervisor: httpx.AsyncClient) -> str:
    """A case with four events."""
    case = (await clerk.post("/api/intake/complaints", json=COMPLAINT)).json()["case"]
    await supervisor.post(f"/api/intake/cases/{case}/endorse-complaint", json={"opinion": "ok"})
    return f"/api/intake/cases/{case}"


async def test_a_folder_has_its_version_as_etag(clerk, case: str) -> None:
    answer = await clerk.get(case)

    closed = {"stage": "endorsement", "owner": "sales", "round": 1, "level": "supervisor", "deadline": None}
    closed |= {"rule": "P1.9", "ended": None, "used": ""}
    found = answer.json()
    assert found.pop("form")["order"] == "SO-1"
    assert found == {
        "case": case.rpartition("/")[2],
        "filed": True,
        "tasks": {"open": [], "closed": [closed]},
    }
    assert answer.headers["etag"] == '"4"'
    assert (await clerk.get(case, headers={"if-none-match": '"4"'})).status_code == 304
    assert (await clerk.get(case, headers={"if-none-match": '"3"'})).status_code == 200


@pytest.mark.parametrize("what", ["", "/events"])
async def test_a_folder_is_shown_to_those_of_its_site(
    clerk, anyone: httpx.AsyncClient, caller: Caller, case: str, what: str
) -> None:
    assert (await clerk.get(case + what)).status_code == 200
    assert (await anyone.get(case + what)).status_code == 401
    forbidden = await caller(ELSEWHERE).get(case + what)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "wrong-site")
    unknown = await clerk.get(f"/api/intake/cases/{uuid4()}{what}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-case")


async def test_events_come_page_by_page(clerk, case: str) -> None:
    first = (await clerk.get(f"{case}/events?limit=3")).json()
    second = (await clerk.get(f"{case}/events", params={"limit": 3, "cursor": first["next"]})).json()

    assert [item["envelope"]["version"] for item in first["items"]] == [1, 2, 3]
    assert [item["envelope"]["version"] for item in second["items"]] == [4]
    assert second["items"][0]["envelope"]["type"] == "intake.stage-closed"
    assert second["items"][0]["data"]["outcome"] == "done"
    assert "next" not in second


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1e2", "9" * 5000, "²"])
async def test_a_limit_is_one_to_two_hundred(clerk, case: str, limit: str) -> None:
    answer = await clerk.get(f"{case}/events", params={"limit": limit})
    assert (answer.status_code, wrong(answer)) == (422, [("limit", "bad-limit")])


@pytest.mark.parametrize("limit", ["1", "200"])
async def test_the_bounds_of_a_limit_are_accepted(clerk, case: str, limit: str) -> None:
    assert (await clerk.get(f"{case}/events", params={"limit": limit})).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "", "WyJhIl0", "WzEsMl0", "长", "[1]"])
async def test_a_cursor_that_was_not_given_is_refused(clerk, case: str, cursor: str) -> None:
    answer = await clerk.get(f"{case}/events", params={"cursor": cursor})
    assert (answer.status_code, wrong(answer)) == (422, [("cursor", "bad-cursor")])
