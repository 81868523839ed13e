"""What programs ask analytics: worklist, figures, register, history, and the stream of what changes."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.analytics.console import Choices, Console, unknown_case
from services.analytics.history.case_file import CaseFileEvent, newest_of
from services.analytics.history.entries import HistoryEntry, as_of, entries
from services.analytics.history.fold import CaseView, fold
from services.analytics.register import search, worklists
from services.analytics.register.search import Filters
from services.analytics.register.states import STATES
from shared.digits import LAST, whole
from shared.http.answers import told
from shared.http.body import invalid
from shared.http.login import person, sites_of
from shared.http.openapi import CASE, parameter, problem_responses
from shared.http.paging import PAGING, Position, page_of, paged
from shared.http.problems import FieldProblem
from shared.http.query import SITE, chosen_of, require_alone, wanted_of
from shared.http.routes import Plain
from shared.observability import tracing

HEARTBEAT = 10.0
"""Seconds after which a silent stream says that it lives."""
FILTERS = [
    parameter("q", "query", "Words, each part of a number, slip, customer, order, part, reference, reason or person"),
    SITE,
    parameter("state", "query", "What has become of the case", enum=list(STATES.values())),
    parameter("class", "query", "A class of the pack"),
    parameter("region", "query", "A region of the pack"),
    parameter("department", "query", "One that has the case now"),
    parameter("late", "query", "Only cases that missed their own limit, open or closed", enum=["yes"]),
    parameter("step_late", "query", "Only cases in which a step is, or was, late", enum=["yes"]),
]
MOMENT = [
    parameter("at", "query", "Instead of the entries: the case as it was at this moment (ISO 8601)"),
    parameter("event", "query", "Instead of the entries: the case as it was after so many events", type="integer"),
]


def queries(console: Console) -> APIRouter:
    """``/api/analytics/…``, for those who work for the sites concerned."""
    router = APIRouter(prefix="/api/analytics", tags=["queries"], route_class=Plain)

    def get(path: str, endpoint: Any, summary: str, parameters: list[dict[str, Any]], *problems: str) -> None:
        extra = {"parameters": parameters, "responses": problem_responses("401", *problems)}
        router.add_api_route(path, endpoint, methods=["GET"], response_model=None, summary=summary, openapi_extra=extra)

    async def worklist(request: Request) -> Response:
        """What the person has to do, most urgent first."""
        who = person(request)
        page = page_of(request, *worklists.KEY)
        rows = await console.worklist(who, sites_of(request, who), page)
        return told(paged(rows, page, worklists.key_of))

    async def dashboard(request: Request) -> Response:
        """The figures of the moment."""
        figures = await console.figures(sites_of(request, person(request)))
        return told({"at": console.now(), **asdict(figures), "rates": console.feed.rates})

    async def register(request: Request) -> Response:
        """A page of the register."""
        page = page_of(request, *search.KEY)
        who = person(request)
        rows = await console.register(sites_of(request, who), filters_of(request, console.choices(who)), page)
        return told(paged(rows, page, lambda row: (row["filed"], row["case_id"])))

    async def case(request: Request) -> Response:
        """One case of the register."""
        return told(await console.case(person(request), request.path_params["case"]))

    async def history(request: Request) -> Response:
        """The entries of a case's history, or the case as it was."""
        said = await console.said(person(request), request.path_params["case"])
        first = said[0].envelope
        rules = console.rules_for(first.site, first.pack, first.pack_version)
        if "at" in request.query_params:
            require_alone(request, "at")
            moment = moment_of(request.query_params["at"], rules.place.timezone)
            return told(state(as_of(said, moment), said))
        if "event" in request.query_params:
            require_alone(request, "event")
            return told(state(fold(said[: number_of(request.query_params["event"], len(said))]), said))
        page = page_of(request, Position)
        after = page.after[0] if page.after else 0
        wanted = [each.recorded for each in said[after : after + page.limit + 1]]
        rows = entries(wanted, rules.pack, fold(said[:after]))
        return told(paged([entry(each) for each in rows], page, lambda row: (row["event"],)))

    async def stream(request: Request) -> Response:
        """Server-sent events: ``kept`` when something changed, with the cases concerned (none named: any).

        It tells the time, too, and comes as well when the clock was moved.
        """
        return StreamingResponse(
            news(console, frozenset(person(request).sites)),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    get("/worklist", worklist, "What the person has to do, most urgent first", [SITE, *PAGING], "403", "422")
    get("/dashboard", dashboard, "The figures of the person's sites", [SITE], "403", "422")
    get("/register", register, "The register and tracking table, newest first", [*FILTERS, *PAGING], "403", "422")
    get("/register/{case:uuid}", case, "One case of the register, with its stages", [CASE], "403", "404")
    get("/cases/{case:uuid}/history", history, "What was said of a case, in causal order, or the case as it was",
        [CASE, *MOMENT, *PAGING], "403", "404", "422")  # fmt: skip

    async def clock(_: Request) -> Response:
        """What time it is."""
        return told({"at": console.now()})

    get("/clock", clock, "The time by which everything is due", [])
    get("/stream", stream, "What changes, as it changes (server-sent events)", [])
    return router


async def news(console: Console, sites: frozenset[str]) -> AsyncIterator[bytes]:
    """The stream of one reader; who does not keep up gets fewer notices, never more memory."""
    yield b": welcome\n\n"
    with console.feed.watching(sites) as watcher:
        while not console.feed.stopping.is_set():
            cases = await watcher.take(HEARTBEAT)
            if cases is None:
                yield b": still here\n\n"
            else:
                began = tracing.now()
                yield b"event: kept\ndata: " + msgspec.json.encode({"at": console.now(), "cases": cases}) + b"\n\n"
                if tracing.on():
                    tracing.shown("analytics", await newest_of(console.pool, list(map(UUID, cases))), began)


def filters_of(request: Request, choices: Choices) -> Filters:
    """The filters that a request for the register asks for. Raises Problem 422 for a code that there is not."""
    return Filters(
        sought=wanted_of(request, "q"),
        state=wanted_of(request, "state"),
        complaint_class=chosen_of(request, "class", choices.classes),
        region=chosen_of(request, "region", choices.regions),
        department=chosen_of(request, "department", choices.departments),
        late=wanted_of(request, "late") == "yes",
        step_late=wanted_of(request, "step_late") == "yes",
    )


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """A moment as somebody wrote it, on the site's clocks where he names no zone. Raises Problem 422."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise invalid(FieldProblem("at", "problem.bad-moment")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def number_of(text: str, most: int) -> int:
    """The number of an entry. Raises Problem 422 when it is none, 404 when the history has no such entry."""
    number = whole(text, LAST)
    if number is None:
        raise invalid(FieldProblem("event", "problem.int_parsing"))
    if not 1 <= number <= most:
        raise unknown_case()
    return number


def state(view: CaseView, said: list[CaseFileEvent]) -> dict[str, Any]:
    """The case as it was, with the moment of its last event. Raises Problem 404 before the first."""
    if view.events == 0:
        raise unknown_case()
    return {"event": view.events, "of": len(said), "view": view}


def entry(told: HistoryEntry) -> dict[str, Any]:
    """An entry of the history."""
    envelope = told.recorded.envelope
    return {
        "event": told.number,
        "id": envelope.id,
        "at": envelope.time,
        "service": envelope.source,
        "position": told.recorded.position,
        "type": envelope.type,
        "actor": envelope.actor,
        "rule": told.rule,
        "hlc": envelope.hlc,
        "data": told.recorded.event,
        "changes": told.changes,
    }
