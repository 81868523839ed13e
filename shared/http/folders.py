"""A department's folder of a case, as JSON: its state, and its events page by page."""

from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.commands.answers import Busy, UnknownCase
from shared.contracts.envelope import Recorded
from shared.http.login import person, require_site
from shared.http.openapi import CASE, problem_responses
from shared.http.paging import PAGING, Position, page_of, paged
from shared.http.problems import from_gate
from shared.http.routes import Plain
from shared.http.surroundings import surroundings


def folder_routes(service: str) -> APIRouter:
    """``GET /api/<service>/cases/{case}`` and ``…/events``."""
    router = APIRouter(prefix=f"/api/{service}/cases/{{case:uuid}}", tags=["folder"], route_class=Plain)
    problems = problem_responses("401", "403", "404")
    router.add_api_route(
        "",
        folder,
        methods=["GET"],
        response_model=None,
        summary="The folder as it stands",
        openapi_extra={"parameters": [CASE], "responses": problems},
    )
    router.add_api_route(
        "/events",
        events,
        methods=["GET"],
        response_model=None,
        summary="Everything in the folder, oldest first",
        openapi_extra={
            "parameters": [CASE, *PAGING],
            "responses": problems,
        },
    )
    return router


async def folder(request: Request) -> Response:
    """The folder's state, with its version as ``ETag``; 304 when the caller has it."""
    found, version, _ = await open_folder(request)
    etag = f'"{version}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(msgspec.json.encode(found, enc_hook=simple), headers=headers, media_type="application/json")


async def events(request: Request) -> Response:
    """One page of the folder's events with their envelopes."""
    await open_folder(request)
    page = page_of(request, Position)
    after = page.after[0] if page.after else 0
    recorded = await surroundings(request).gate.events(request.path_params["case"])
    rows = [each for each in recorded if each.envelope.version > after][: page.limit + 1]
    told = paged(rows, page, version_of)
    told["items"] = [{"envelope": each.envelope, "data": each.event} for each in told["items"]]
    return Response(msgspec.json.encode(told), media_type="application/json")


def version_of(recorded: Recorded) -> tuple[int]:
    """What the events of a folder are sorted by."""
    return (recorded.envelope.version,)


async def open_folder(request: Request) -> tuple[Any, int, Any]:
    """The folder, its version and its rules.

    Raises Problem 401, 404 for a case this department has not heard of, 403 for one of a site that the person
    does not work for.
    """
    who = person(request)
    case: UUID = request.path_params["case"]
    try:
        found, version, rules = await surroundings(request).gate.folder(case)
    except (UnknownCase, Busy) as error:
        raise from_gate(error) from None
    require_site(who, rules.site)
    return found, version, rules


def simple(value: Any) -> Any:
    """What msgspec does not know by itself, as plain data."""
    if isinstance(value, frozenset | set):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise NotImplementedError(f"{type(value).__name__} has no JSON form")
