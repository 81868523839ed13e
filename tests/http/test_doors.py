"""A command through its door: what a caller gets back, and what he gets when it cannot be."""

from uuid import UUID, uuid4

import pytest

from shared.commands.answers import Busy, Unavailable
from tests.http.conftest import COMPLAINT, ELSEWHERE, QUALITY, Caller, wrong
from tests.http.memory import MemoryGate

COMPLAINTS = "/api/intake/complaints"


async def filed(clerk) -> str:
    """The case of a complaint that was just filed."""
    return (await clerk.post(COMPLAINTS, json=COMPLAINT)).json()["case"]


async def test_a_new_case_is_answered_with_its_address_version_position_and_events(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT)

    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/intake/cases/{told['case']}"
    assert answer.headers["etag"] == '"2"'
    assert answer.headers["redress-position"] == "intake:2"
    assert told == {
        "case": told["case"],
        "version": 2,
        "position": "intake:2",
        "events": [
            {
                "type": "intake.complaint-filed",
                "data": {
                    "customer": "昆山精密机械",
                    "region": "domestic",
                    "order": "SO-1",
                    "part": "P-1",
                    "delivered_on": "2026-10-12",
                    "delivered": "1200",
                    "defective": None,
                    "unit": "piece",
                    "value": {"amount": "356400.50", "currency": "TWD"},
                    "demand": "return",
                    "reason": "",
                    "channel": "",
                    "samples": [],
                    "attachments": [],
                    "supersedes": None,
                    "reference": "",
                },
            },
            {
                "type": "intake.stage-opened",
                "data": {
                    "stage": "endorsement",
                    "owner": "sales",
                    "round": 1,
                    "rule": "P1.9",
                    "level": "supervisor",
                    "deadline": None,
                },
            },
        ],
    }


async def test_the_actor_is_who_is_logged_in_and_the_request_is_correlated(clerk, gate: MemoryGate) -> None:
    correlation = str(uuid4())
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"x-correlation-id": correlation})

    (stream,) = gate.streams.values()
    assert stream[0].envelope.actor.person == "lin-yating"
    assert gate.correlations == [UUID(correlation)]
    assert answer.headers["x-correlation-id"] == correlation


async def test_a_correlation_id_that_is_none_is_replaced(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"x-correlation-id": "x\n y"})
    assert UUID(answer.headers["x-correlation-id"])


async def test_the_same_key_again_gives_the_first_answer(clerk, gate: MemoryGate) -> None:
    first = await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"idempotency-key": "row-7"})
    again = await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"idempotency-key": "row-7"})

    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(gate.streams) == 1


async def test_a_key_belongs_to_its_person(clerk, supervisor, gate: MemoryGate) -> None:
    first = await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"idempotency-key": "1"})
    other = await supervisor.post(COMPLAINTS, json=COMPLAINT, headers={"idempotency-key": "1"})

    assert first.json()["case"] != other.json()["case"]
    assert len(gate.streams) == 2


async def test_a_key_used_for_another_command_is_refused(clerk, gate: MemoryGate) -> None:
    await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"idempotency-key": "1"})
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"order": "SO-2"}, headers={"idempotency-key": "1"})

    assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
    assert len(gate.streams) == 1


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "\x07"])
async def test_a_key_that_is_no_short_printable_text_is_refused(clerk, key: str) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT, headers={"idempotency-key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-idempotency-key")


async def test_a_stale_version_is_refused_with_the_current_one(clerk, supervisor, gate: MemoryGate) -> None:
    case = await filed(clerk)
    address = f"/api/intake/cases/{case}/endorse-complaint"

    stale = await supervisor.post(address, json={"opinion": "ok"}, headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"], stale.headers["etag"]) == (412, "stale-version", '"2"')
    assert len(gate.streams[UUID(case)]) == 2

    fresh = await supervisor.post(address, json={"opinion": "ok"}, headers={"if-match": '"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"4"')


@pytest.mark.parametrize("version", ["2", 'W/"2"', '"2", "3"', '"-1"', '"' + "9" * 16 + '"'])
async def test_an_if_match_that_is_not_one_version_is_refused(clerk, supervisor, version: str) -> None:
    address = f"/api/intake/cases/{await filed(clerk)}/endorse-complaint"
    answer = await supervisor.post(address, json={"opinion": "ok"}, headers={"if-match": version})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-if-match")


async def test_the_department_s_no_is_told_with_its_rule_in_the_caller_s_language(clerk, supervisor) -> None:
    address = f"/api/intake/cases/{await filed(clerk)}/endorse-complaint"
    await supervisor.post(address, json={"opinion": "ok"})

    answer = await supervisor.post(address, json={"opinion": "ok"}, headers={"accept-language": "zh-CN,en;q=0.5"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh-CN"
    assert answer.json() == {
        "type": "urn:redress:problem:stage-not-open",
        "title": "制度目前不允许",
        "status": 409,
        "detail": "案件不在可以这样办理的环节：主管签注意见。",
        "instance": address,
        "code": "stage-not-open",
        "rule": "P1.9",
        "details": {"stages": ["endorsement"]},
    }


@pytest.mark.parametrize(
    ("person", "code"), [(QUALITY, "wrong-department"), ("lin-yating", "level-too-low"), (ELSEWHERE, "wrong-site")]
)
async def test_who_may_not_is_forbidden(clerk, caller: Caller, gate: MemoryGate, person: str, code: str) -> None:
    case = await filed(clerk)
    answer = await caller(person).post(f"/api/intake/cases/{case}/endorse-complaint", json={"opinion": "ok"})

    assert (answer.status_code, answer.json()["code"], answer.json()["rule"]) == (403, code, "P1.9")
    assert len(gate.streams[UUID(case)]) == 2


async def test_a_refusal_that_names_fields_tells_them(clerk, gate: MemoryGate) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"defective": "1200.5"})

    assert (answer.status_code, answer.json()["code"]) == (422, "more-defective-than-delivered")
    assert wrong(answer) == [("defective", "more-defective-than-delivered")]
    assert gate.streams == {}


async def test_a_case_of_which_nothing_was_heard_is_not_found(supervisor) -> None:
    answer = await supervisor.post(f"/api/intake/cases/{uuid4()}/endorse-complaint", json={"opinion": "ok"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-case")


@pytest.mark.parametrize(
    ("site", "status", "code"), [("KSH", 403, "wrong-site"), ("XXX", 422, "invalid"), ("", 422, "invalid")]
)
async def test_a_new_case_is_of_a_site_that_the_person_works_for(clerk, site: str, status: int, code: str) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"site": site})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("trouble", [Busy(1.2), Unavailable(2)])
async def test_too_busy_says_when_to_come_again(clerk, gate: MemoryGate, trouble: Busy) -> None:
    gate.trouble = trouble
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "2")


async def test_what_nobody_foresaw_tells_nothing_of_the_inside(clerk, gate: MemoryGate) -> None:
    gate.trouble = RuntimeError("the password is secret")
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT)

    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "password" not in answer.text
