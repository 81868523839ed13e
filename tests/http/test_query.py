"""What an address asks for is done or refused by name, with what there is and what may have been meant."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.datastructures import QueryParams

from shared.http.openapi import CASE, parameter
from shared.http.problems import Problem
from shared.http.query import declared, require_declared
from tests.http.conftest import COMPLAINT, wrong

DECLARED = declared(
    {
        "parameters": [
            CASE,
            parameter("If-Match", "header", "A version"),
            parameter("site", "query", "A site"),
            parameter("state", "query", "A state", enum=["filed", "closed"]),
            parameter("open", "query", "Only open ones", type="boolean"),
            parameter("limit", "query", "At most so many", type="integer"),
            parameter("q", "query", "A text"),
            parameter("value", "query", "A sum", type="object"),
            parameter("rows", "query", "Rows", type="array"),
        ]
    }
)
KNOWN = ["limit", "open", "q", "rows", "site", "state", "value"]


def refused(query: str, parameters: Mapping[str, Any] = DECLARED) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What a query is refused for: the parameter, the words, and their values."""
    with pytest.raises(Problem) as raised:
        require_declared(QueryParams(query), parameters)
    assert (raised.value.status, raised.value.code) == (422, "query")
    return [(each.field, each.key, each.values) for each in raised.value.fields]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "site=TPE&state=closed&open=false&limit=x&q=12345",
        "site=&state=&open=&q=",
        "value=1&value.amount=5&value.currency=TWD",
        "rows=a&rows=b&rows.0.weight=70",
    ],
)
def test_what_is_declared_is_let_through(query: str) -> None:
    require_declared(QueryParams(query), DECLARED)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("stie=TPE", ("stie", "problem.misspelt-parameter", {"told": "stie", "known": KNOWN, "meant": "site"})),
        ("Site=TPE", ("Site", "problem.misspelt-parameter", {"told": "Site", "known": KNOWN, "meant": "site"})),
        ("xyzzy=", ("xyzzy", "problem.unknown-parameter", {"told": "xyzzy", "known": KNOWN})),
        ("case=7", ("case", "problem.unknown-parameter", {"told": "case", "known": KNOWN})),
        ("site.x=7", ("site.x", "problem.misspelt-parameter", {"told": "site.x", "known": KNOWN, "meant": "site"})),
        ("state=close", ("state", "problem.misspelt-choice",
            {"told": "close", "known": ["filed", "closed"], "meant": "closed"})),
        ("state=42", ("state", "problem.unknown-choice", {"told": "42", "known": ["filed", "closed"]})),
        ("open=yes", ("open", "problem.unknown-choice", {"told": "yes", "known": ["true", "false"]})),
        ("open=True", ("open", "problem.misspelt-choice",
            {"told": "True", "known": ["true", "false"], "meant": "true"})),
        ("site=TPE&site=KSH", ("site", "problem.parameter-twice", {})),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_what_there_is(query: str, fault: tuple[str, str, Any]) -> None:
    assert refused(query) == [fault]


def test_everything_that_is_not_understood_is_named_at_once() -> None:
    assert [(field, key) for field, key, _ in refused("stie=TPE&state=42&limit=3")] == [
        ("stie", "problem.misspelt-parameter"),
        ("state", "problem.unknown-choice"),
    ]


def test_where_nothing_can_be_asked_for_that_is_said() -> None:
    assert refused("page=2", {}) == [("page", "problem.no-parameters", {})]


@pytest.mark.parametrize("path", ["/api/intake/cases/{case}", "/api/intake/cases/{case}/events"])
async def test_a_folder_is_asked_for_nothing_that_it_does_not_have(clerk: httpx.AsyncClient, path: str) -> None:
    case = (await clerk.post("/api/intake/complaints", json=COMPLAINT)).json()["case"]

    answer = await clerk.get(path.format(case=case), params={"limt": "3"}, headers={"accept-language": "en"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert error["field"] == "limt"
    assert error["message"] in (
        "This address takes no parameters.",
        "Nothing here is called “limt”. Did you mean “limit”? There are: cursor, limit.",
    )


async def test_a_command_takes_nothing_from_the_address(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.post("/api/intake/complaints?site=KSH", json=COMPLAINT)

    assert (answer.status_code, wrong(answer)) == (422, [("site", "no-parameters")])
