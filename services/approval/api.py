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
from shared.http.login import person, sites_of
from shared.http.openapi import parameter, problem_responses
from shared.http.paging import PAGING, Position, page_of, paged
from shared.http.query import SITE, chosen_of, wanted_of
from shared.http.routes import Plain
from shared.http.surroundings import surroundings

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
    sites = sites_of(request, person(request))
    page = page_of(request, Position)
    kind = wanted_of(request, "kind")
    department = chosen_of(request, "department", surroundings(request).company.departments)
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
            SITE,
            *PAGING,
        ],
        "responses": problem_responses("401", "422"),
    },
)
