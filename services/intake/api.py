"""The doors of intake, what is looked up before a complaint goes through them, and the list of complaints."""

from typing import Any
from uuid import UUID, uuid5

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.intake.domain import (
    DECLINED,
    AcceptCase,
    CheckNegotiation,
    CloseCase,
    CorrectForm,
    DetermineQuantity,
    EndorseComplaint,
    FileAnomalySlip,
    FileComplaint,
    InformCustomer,
    RecordNegotiation,
    ReturnForm,
    WithdrawComplaint,
)
from services.intake.projections import OPEN, Complaint, alike, complaint, complaints
from shared.contracts import Refused
from shared.http.doors import Door, Submission
from shared.http.login import person, sites_of
from shared.http.openapi import parameter, problem_responses
from shared.http.paging import PAGING, Moment, page_of, paged
from shared.http.problems import from_refused
from shared.http.query import SITE, wanted_of
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.postgres.pool import Pool

SHOWN = ("case", "number", "state", "customer", "order", "part")


def read_model(request: Request) -> Pool:
    """The connections to intake's read model."""
    pool: Pool = request.app.state.parts.pool
    return pool


async def look_up(request: Request, wish: Submission) -> None:
    """What no folder can know of a new complaint: whether others look like it, and what it may supersede.

    Raises Problem ``possible-duplicate``, with the open complaints in question, until whoever files says that he has
    seen them; ``unknown-predecessor``, ``not-declined`` or ``superseded-already`` for a case that this form cannot
    supersede (P1.18). The read model may lag behind by a moment: that is good enough for a warning, and a link
    that should not be is not made (``supersede_case``).
    """
    case = uuid5(wish.command_id, surroundings(request).service)
    try:
        await refuse_wrong_predecessor(read_model(request), case, wish)
        await warn_of_duplicates(read_model(request), case, wish)
    except Refused as refused:
        raise from_refused(refused) from None


async def refuse_wrong_predecessor(pool: Pool, case: UUID, wish: Submission) -> None:
    """Raise Refused unless the form supersedes nothing, or a case that its customer declined and no other form has."""
    old = wish.values.get("supersedes")
    if old is None:
        return
    row = await complaint(pool, old)
    if row is None or row.site not in wish.by.sites:
        raise Refused("unknown-predecessor", "P1.18", fields=("supersedes",))
    if row.customer_accepts != DECLINED:
        raise Refused("not-declined", "P1.18", fields=("supersedes",), number=row.number)
    if row.successor not in (None, case):
        raise Refused("superseded-already", "P1.18", fields=("supersedes",), number=row.number)


async def warn_of_duplicates(pool: Pool, case: UUID, wish: Submission) -> None:
    """Raise Refused with the open complaints of the same customer and order or part, unless they were seen."""
    told = {name: wish.values.get(name, "") for name in ("customer", "order", "part")}
    if wish.values.get("duplicates_seen") or not all(told.values()):
        return
    besides = [case, *filter(None, [wish.values.get("supersedes")])]
    if found := await alike(pool, wish.by.sites, told["customer"], told["order"], told["part"], besides):
        shown = [{**{name: str(getattr(row, name)) for name in SHOWN}, "filed_at": row.filed_at} for row in found]
        raise Refused("possible-duplicate", fields=("duplicates_seen",), count=len(shown), alike=shown)


COMMANDS = (
    Door(FileComplaint, creates=True, path="complaints", before=look_up),
    Door(FileAnomalySlip, creates=True, path="anomaly-slips"),
    Door(EndorseComplaint),
    Door(AcceptCase),
    Door(ReturnForm),
    Door(CorrectForm),
    Door(DetermineQuantity),
    Door(InformCustomer),
    Door(RecordNegotiation),
    Door(CheckNegotiation),
    Door(CloseCase),
    Door(WithdrawComplaint),
)


async def get_complaints(request: Request) -> Response:
    """One page of the complaints of the person's sites."""
    sites = sites_of(request, person(request))
    page = page_of(request, Moment, UUID)
    states = OPEN if wanted_of(request, "open") == "true" else ()
    rows = await complaints(read_model(request), sites, states, page.after, page.limit + 1)
    return Response(msgspec.json.encode(paged(rows, page, age_of)), media_type="application/json")


def age_of(row: Complaint) -> tuple[Any, ...]:
    """What the list is sorted by."""
    return row.filed_at, row.case


QUERIES = APIRouter(prefix="/api/intake", tags=["lists"], route_class=Plain)
QUERIES.add_api_route(
    "/complaints",
    get_complaints,
    methods=["GET"],
    response_model=None,
    summary="Complaints and anomaly slips, newest first",
    openapi_extra={
        "parameters": [
            parameter("open", "query", "Only those still being handled", type="boolean"),
            SITE,
            *PAGING,
        ],
        "responses": problem_responses("401", "422"),
    },
)
