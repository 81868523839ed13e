"""What every service has: health, metrics, its OpenAPI document, safe headers, problems for what is not there."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI

from shared.http import logging as logs
from shared.http.app import create_app
from shared.http.doors import Door, kebab
from shared.http.language import preferred
from shared.http.settings import Settings
from shared.web.translations import say
from tests.http.conftest import COMPLAINT
from tests.http.office import EndorseComplaint, FileComplaint


async def test_a_process_that_answers_lives(anyone: httpx.AsyncClient) -> None:
    assert (await anyone.get("/health/live")).json() == {"status": "live"}
    assert (await anyone.get("/health/ready")).json() == {"status": "ready"}


async def test_readiness_names_everything_that_is_missing(company, clock, settings: Settings) -> None:
    checks = [lambda: ["store: no connection"], lambda: [], lambda: ("relay: no broker",)]
    app = create_app("x", company=company, clock=clock, settings=settings, words=say, checks=checks)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "missing": ["store: no connection", "relay: no broker"]}


async def test_commands_are_counted_by_what_became_of_them(clerk, anyone: httpx.AsyncClient) -> None:
    await clerk.post("/api/intake/complaints", json=COMPLAINT)
    await clerk.post("/api/intake/complaints", json=COMPLAINT | {"defective": "5000"})

    figures = (await anyone.get("/metrics")).text
    counted = 'redress_http_commands_total{{command="file-complaint",outcome="{}",service="intake"}}'
    assert counted.format("accepted") in figures
    assert counted.format("more-defective-than-delivered") in figures
    assert 'route="/api/intake/complaints",service="intake",status="201"' in figures


async def test_addresses_are_counted_by_their_pattern(clerk, anyone: httpx.AsyncClient) -> None:
    await clerk.get("/api/intake/cases/0d4c1e5a-0000-5000-8000-000000000001")
    await clerk.get("/whatever/somebody/types")

    figures = (await anyone.get("/metrics")).text
    assert 'route="/api/intake/cases/{case:uuid}"' in figures
    assert "somebody" not in figures


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/intake/cases/not-a-uuid", 404),
        ("DELETE", "/api/intake/complaints", 405),
        ("POST", "/health/live", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_too(clerk, method: str, path: str, status: int) -> None:
    answer = await clerk.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, f"http-{status}")


async def test_browsers_are_told_to_trust_this_address_only(anyone: httpx.AsyncClient) -> None:
    headers = (await anyone.get("/health/live")).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "en"),
        ("zh", "zh-CN"),
        ("zh-Hans-SG", "zh-CN"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("en;q=0.5, zh-CN;q=0.9", "zh-CN"),
        ("de, zh;q=0", "en"),
        ("en;q=x, zh", "zh-CN"),
        ("*", "en"),
    ],
)
def test_the_best_of_our_languages_is_taken(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


async def test_the_language_a_person_chose_comes_first(anyone: httpx.AsyncClient) -> None:
    headers = {"cookie": "lang=zh-TW", "accept-language": "en"}
    assert (await anyone.get("/nowhere", headers=headers)).headers["content-language"] == "zh-TW"


async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    return (await client.get("/api/intake/openapi.json")).json()  # type: ignore[no-any-return]


async def test_the_document_describes_every_door(anyone: httpx.AsyncClient) -> None:
    paths = (await document(anyone))["paths"]

    filing = paths["/api/intake/complaints"]["post"]
    assert filing["summary"] == "Sales files a complaint."
    assert set(filing["responses"]) == {"201", "400", "401", "403", "404", "409", "412", "413", "415", "422", "503"}
    endorsing = paths["/api/intake/cases/{case}/endorse-complaint"]["post"]
    assert [each["name"] for each in endorsing["parameters"]] == ["case", "Idempotency-Key", "If-Match"]
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/EndorseComplaint"}}}
    assert endorsing["requestBody"]["content"] == body


async def test_the_document_tells_a_body_s_fields_and_what_is_forbidden(anyone: httpx.AsyncClient) -> None:
    schema = (await document(anyone))["components"]["schemas"]["FileComplaint"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["site", "customer", "order", "value", "delivered", "delivered_on", "demand"]
    assert not {"by", "serial"} & set(schema["properties"])


async def test_every_reference_in_the_document_leads_somewhere(anyone: httpx.AsyncClient) -> None:
    told = await document(anyone)

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"].rpartition("/")[2]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    assert set(references(told)) <= set(told["components"]["schemas"])


async def test_no_page_asks_another_address_for_scripts(anyone: httpx.AsyncClient) -> None:
    assert (await anyone.get("/docs")).status_code == 404
    assert (await anyone.get("/redoc")).status_code == 404


def test_a_door_that_creates_has_a_path_and_no_other() -> None:
    assert Door(EndorseComplaint).act == "endorse-complaint"
    assert kebab("Draft8DReport") == "draft8-dreport"
    with pytest.raises(ValueError, match="FileComplaint"):
        Door(FileComplaint, creates=True)
    with pytest.raises(ValueError, match="EndorseComplaint"):
        Door(EndorseComplaint, path="x")


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """Leaves logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("restored_logs")
def test_a_log_line_is_json_with_the_request_s_case(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    logs.configure("intake")
    with structlog.contextvars.bound_contextvars(correlation="c", case="7"):
        structlog.get_logger("a.room").info("done", count=2)
    logging.getLogger("uvicorn.error").warning("theirs %s", "too")

    ours, theirs = (json.loads(line) for line in written.getvalue().splitlines())
    assert ours | {"timestamp": ""} == {
        "event": "done",
        "count": 2,
        "case": "7",
        "correlation": "c",
        "level": "info",
        "logger": "a.room",
        "service": "intake",
        "timestamp": "",
    }
    assert (theirs["event"], theirs["level"], theirs["service"]) == ("theirs too", "warning", "intake")


def test_a_service_without_a_gate_has_no_doors(company, clock, settings: Settings) -> None:
    app: FastAPI = create_app("analytics", company=company, clock=clock, settings=settings, words=say)
    with pytest.raises(LookupError):
        _ = app.state.surroundings.gate
