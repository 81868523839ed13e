"""The operators' doors of a service: poison is seen, tried again once it is mended, and nobody else comes in."""

from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.building import until
from tests.watching.ward import CLERK, OPERATOR, Ward, cured

LIST = "/api/finance/deadletters"


async def letters(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Case, state and reason of the open letters."""
    answer = await client.get(LIST)
    assert answer.status_code == 200
    return [(each["case"], each["state"], each["reason"]) for each in answer.json()["items"]]


async def first_number(client: httpx.AsyncClient) -> int:
    number: int = (await client.get(LIST)).json()["items"][0]["number"]
    return number


async def test_poison_appears_is_tried_again_and_is_gone(ward: Ward) -> None:
    case = uuid4()
    await ward.hear(case, "a", "poison", "b")
    async with ward.of(OPERATOR) as operator:
        assert await letters(operator) == [(str(case), "dead", "failed"), (str(case), "parked", "waits")]
        [dead, _] = (await operator.get(LIST)).json()["items"]
        assert (dead["type"], dead["detail"]) == ("neighbour.mentioned", "RuntimeError: cannot swallow this")

        cured.add(case)
        answer = await operator.post(f"{LIST}/{dead['number']}/replay")

        assert (answer.status_code, answer.json()) == (202, {"number": dead["number"], "state": "due"})
        await until(lambda: gone(operator), "no letter is left")
    assert [one.event.text for one in await ward.gate.events(case)] == ["a", "poison", "b"]


async def gone(operator: httpx.AsyncClient) -> bool:
    return await letters(operator) == []


async def test_what_is_not_mended_is_dead_again(ward: Ward) -> None:
    case = uuid4()
    await ward.hear(case, "poison")
    async with ward.of(OPERATOR) as operator:
        number = await first_number(operator)
        assert (await operator.post(f"{LIST}/{number}/replay")).status_code == 202

        async def dead() -> bool:
            return await letters(operator) == [(str(case), "dead", "failed")]

        await until(dead, "it is dead again")


async def test_what_waits_is_not_tried_on_its_own(ward: Ward) -> None:
    await ward.hear(uuid4(), "poison", "b")
    async with ward.of(OPERATOR) as operator:
        parked = await first_number(operator) + 1

        answer = await operator.post(f"{LIST}/{parked}/replay")

    assert (answer.status_code, answer.json()["code"]) == (409, "letter-not-dead")


@pytest.mark.parametrize("number", [1, 2**63 - 1, 2**63, 10**30])
async def test_a_letter_that_is_not_there_is_not_found(ward: Ward, number: int) -> None:
    async with ward.of(OPERATOR) as operator:
        answer = await operator.post(f"{LIST}/{number}/replay")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-letter")


async def test_many_letters_come_page_by_page(ward: Ward) -> None:
    cases = [uuid4() for _ in range(5)]
    for case in cases:
        await ward.hear(case, "poison")
    async with ward.of(OPERATOR) as operator:
        seen: list[UUID] = []
        address: str | None = f"{LIST}?limit=2"
        while address:
            page = (await operator.get(address)).json()
            seen += [UUID(each["case"]) for each in page["items"]]
            address = f"{LIST}?limit=2&cursor={page['next']}" if "next" in page else None

    assert seen == cases


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", LIST), ("POST", f"{LIST}/1/replay"), ("GET", "/api/finance/condition")],
)
async def test_only_operators_come_in(ward: Ward, method: str, path: str) -> None:
    async with ward.of(CLERK) as clerk:
        refused = await clerk.request(method, path)
        del clerk.headers["authorization"]
        unknown = await clerk.request(method, path)

    assert (refused.status_code, refused.json()["code"]) == (403, "operators-only")
    assert (unknown.status_code, unknown.json()["code"]) == (401, "login-required")


async def test_the_condition_tells_what_is_missing_and_what_waits(ward: Ward) -> None:
    await ward.hear(uuid4(), "poison", "b")
    ward.missing.append("finance relay: Kafka is away")
    async with ward.of(OPERATOR) as operator:

        async def counted() -> bool:
            told = (await operator.get("/api/finance/condition")).json()
            return bool(told["letters"] == {"dead": 1, "parked": 1, "due": 0})

        await until(counted, "the letters are counted")
        told = (await operator.get("/api/finance/condition")).json()
    assert (told["service"], told["missing"]) == ("finance", ["finance relay: Kafka is away"])
    assert set(told) == {"service", "missing", "relay", "relay_seconds", "inbox", "projections", "letters"}
