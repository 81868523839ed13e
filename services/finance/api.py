"""The doors of finance, and the list of its losses."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.finance.domain import RecordLoss
from services.finance.projections import losses
from shared.http.doors import Door
from shared.http.login import person, sites_of
from shared.http.openapi import problem_responses
from shared.http.paging import PAGING, Position, page_of, paged
from shared.http.query import SITE
from shared.http.routes import Plain

COMMANDS = (Door(RecordLoss),)


async def get_losses(request: Request) -> Response:
    """One page of the losses of the person's sites."""
    sites = sites_of(request, person(request))
    page = page_of(request, Position)
    told = paged(await losses(request.app.state.parts.pool, sites, page), page, lambda row: (row["position"],))
    return Response(msgspec.json.encode(told), media_type="application/json")


QUERIES = APIRouter(prefix="/api/finance", tags=["lists"], route_class=Plain)
QUERIES.add_api_route(
    "/losses",
    get_losses,
    methods=["GET"],
    response_model=None,
    summary="Losses, newest first",
    openapi_extra={
        "parameters": [SITE, *PAGING],
        "responses": problem_responses("401", "422"),
    },
)
