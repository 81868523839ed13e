"""The doors of approval, and the list of its slips."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.approval.domain import (
    AnswerInquiry,
    CheckInvestigation,
    DecideCase,
    DraftDisposition,
    ReviewDisposition,
    SendBack,
    SignDisposition,
    WriteCombinedOpinion,
)
from services.approval.projections import INQUIRY, URGING, slips
from shared.http.doors import Door
from shared.http.login import person
from shared.http.openapi import parameter, problem_responses
from shared.http.paging import Position, page_of, paged, wanted_of
from shared.http.routes import Plain

COMMANDS = (
    Door(CheckInvestigation),
    Door(SendBack),
    Door(DraftDisposition),
    Door(ReviewDisposition),
    Door(SignDisposition),
    Door(WriteCombinedOpinion),
    Door(DecideCase),
    Door(AnswerInquiry),
)


async def get_slips(request: Request) -> Response:
    """One page of the slips of the person's sites."""
    sites = person(request).sites
    page = page_of(request, Position)
    kind, department = wanted_of(request, "kind"), wanted_of(request, "department")
    rows = await slips(request.app.state.parts.pool, sites, page, kind=kind or None, department=department or None)
    told = paged(rows, page, lambda row: (row["position"],))
    return Response(msgspec.json.encode(told), media_type="application/json")


QUERIES = APIRouter(prefix="/api/approval", tags=["lists"], route_class=Plain)
QUERIES.add_api_route(
    "/slips",
    get_slips,
    methods=["GET"],
    response_model=None,
    summary="Urging and inquiry slips, newest first",
    openapi_extra={
        "parameters": [
            parameter("kind", "query", "Only this kind", enum=[URGING, INQUIRY]),
            parameter("department", "query", "Only those to this department"),
            parameter("limit", "query", "At most this many", type="integer", maximum=200),
            parameter("cursor", "query", "``next`` of the page before"),
        ],
        "responses": problem_responses("401", "422"),
    },
)
