"""What everybody looks at: worklist, dashboard, register, the page of a case and its history."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.analytics.api import FILTERS, filters_of, number_of
from services.analytics.console import Console
from services.analytics.history.entries import entries
from services.analytics.history.fold import fold
from services.analytics.history.presentation import differences, documents
from services.analytics.register import search, worklists
from services.analytics.register.search import Filters
from services.analytics.register.sharing import shares_of
from services.analytics.register.states import STATES
from shared.contracts.event import SERVICES, owner_of
from shared.digits import LAST, whole
from shared.http.body import invalid
from shared.http.language import language_of
from shared.http.login import person, sites_of
from shared.http.openapi import parameter
from shared.http.paging import PAGING, cursor, page_of
from shared.http.problems import FieldProblem
from shared.http.query import SITE, chosen_of, wanted_of
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.procedures.course.rules import Rules
from shared.web.templates import is_fragment, render, viewer

TEMPLATES = Path(__file__).with_name("templates")
NEWEST = 8
"""So many of the newest events stand on a case's page."""


def pages(console: Console) -> APIRouter:
    """``/``, ``/dashboard``, ``/register``, ``/cases/{case}`` and ``/cases/{case}/history``.

    Asked by htmx, each answers the part of itself that changes.
    """
    router = APIRouter(include_in_schema=False, route_class=Plain)

    async def worklist(request: Request) -> Response:
        """What the person has to do, overdue first, and why."""
        who = person(request)
        page = page_of(request, *worklists.KEY)
        rows = await console.worklist(who, sites_of(request, who), page)
        more = further(request, worklists.key_of(rows[page.limit - 1])) if len(rows) > page.limit else None
        return show(request, "worklist", who=who, rules=console.rules(who), rows=rows[: page.limit], more=more)

    async def dashboard(request: Request) -> Response:
        """What is open and overdue, and what happens."""
        who = person(request)
        return show(
            request, "dashboard", who=who, rules=console.rules(who), rates=chart(request, console),
            figures=await console.figures(sites_of(request, who)),
        )  # fmt: skip

    async def rates(request: Request) -> Response:
        """The chart of the rates, as it now is."""
        who = person(request)
        return render(request, "rates.html", who=who, rates=chart(request, console))

    async def register(request: Request) -> Response:
        """The register and tracking table."""
        who = person(request)
        page = page_of(request, *search.KEY)
        choices = console.choices(who)
        filters = filters_of(request, choices)
        sites = sites_of(request, who)
        if leads_straight(request, filters):
            found = await console.numbered(sites, filters.sought)
            if len(found) == 1:
                return RedirectResponse(f"/cases/{found[0]}", 303)
        rows = await console.register(sites, filters, page)
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        more = further(request, (last["filed"], last["case_id"])) if last else None
        return show(
            request, "register", who=who, rules=console.rules(who), rows=rows[: page.limit], more=more, filters=filters,
            states=tuple(STATES.values()), choices=choices,
        )  # fmt: skip

    async def case(request: Request) -> Response:
        """A case: what is open, with whom, until when and why; then what each department has."""
        who, case = person(request), request.path_params["case"]
        service, position = heard_of(wanted_of(request, "after"))
        if position and not await console.reached(who, case, service, position) and not is_fragment(request):
            return render(request, "case_late.html", who=who, case=case, services=SERVICES, opens=None)
        row = await console.case(who, case)
        rules = console.rules_of(row)
        said = await console.said(who, case)
        newest = [(number, said[number - 1].recorded) for number in range(len(said), 0, -1)[:NEWEST]]
        return show(
            request, "case", who=who, rules=rules, row=row, services=SERVICES,
            pack=rules.wording("pack", language_of(request)), overall_rule=rules.pack.overall.rule,
            open=[each for each in row["stages"] if each["closed"] is None], newest=newest,
            opens=form_to_open(request, rules),
            shares=shares_of(row["stages"], console.now(), rules.place.calendar),
        )  # fmt: skip

    async def history(request: Request) -> Response:
        """A case as it was after any of its events, and what that event changed."""
        who = person(request)
        said = await console.said(who, request.path_params["case"])
        first = said[0].envelope
        rules = console.rules_for(first.site, first.pack, first.pack_version)
        chosen = number_of(wanted_of(request, "event") or str(len(said)), len(said))
        before = fold(said[: chosen - 1])
        (entry,) = entries([said[chosen - 1].recorded], rules.pack, before)
        view = fold([entry.recorded], before)
        return show(
            request, "history", who=who, rules=rules, case_number=fold(said[chosen:], view).number, count=len(said),
            entry=entry, view=view, differences=differences(entry.changes, before, view), documents=documents(view),
        )  # fmt: skip

    for path, endpoint, parameters in (
        ("/", worklist, [SITE, *PAGING]),
        ("/dashboard", dashboard, [SITE]),
        ("/dashboard/rates", rates, []),
        ("/register", register, [*FILTERS, *PAGING]),
        (
            "/cases/{case:uuid}",
            case,
            [
                parameter("after", "query", "Wait until the page shows this, as intake:12"),
                parameter("act", "query", "Open the form of this act"),
            ],
        ),
        ("/cases/{case:uuid}/history", history, [parameter("event", "query", "After so many events")]),
    ):
        router.add_api_route(
            path, endpoint, methods=["GET"], response_model=None, openapi_extra={"parameters": parameters}
        )
    return router


def heard_of(told: str) -> tuple[str, int]:
    """The service and the position in it that a page has to show, as ``intake:12``; 0 for none. Raises Problem 422."""
    service, _, text = told.partition(":")
    position = whole(text, LAST) if service in SERVICES else None
    if told and position is None:
        raise invalid(FieldProblem("after", "problem.bad-position"))
    return service, position or 0


def form_to_open(request: Request, rules: Rules) -> tuple[str, str] | None:
    """The service whose form the page of a case opens, and the act that ``?act=`` asks for. Raises Problem 422."""
    services = {act: owner_of(row.says) for act, row in rules.pack.acts.items() if row.says and row.by == "people"}
    act = chosen_of(request, "act", services)
    return (services[act], act) if act else None


def show(request: Request, page: str, **values: Any) -> Response:
    """A page, or for htmx the part of it that changes; ``site`` is the one that was asked for, if one was."""
    template = f"{page}_part.html" if is_fragment(request) else f"{page}.html"
    return render(request, template, address=address(request.url), site=wanted_of(request, "site"), **values)


def leads_straight(request: Request, filters: Filters) -> bool:
    """Whether a number that is sought leads to its case: once it is sent, not while it is typed, and alone."""
    return bool(filters.sought) and filters == Filters(sought=filters.sought) and not is_fragment(request)


def further(request: Request, key: tuple[Any, ...]) -> str:
    """The address of the next page of a list, after a row with this sort key."""
    return address(request.url.include_query_params(cursor=cursor(*key)))


def address(url: URL) -> str:
    """A page of this house, with what was asked of it."""
    return f"{url.path}?{url.query}" if url.query else url.path


def chart(request: Request, console: Console) -> dict[str, Any] | None:
    """The rates as options of a chart: events of each service over the last minutes; None before any came."""
    rates = console.feed.rates
    if not rates:
        return None
    here, language = surroundings(request), language_of(request)
    zone = viewer(request, person(request)).zone
    steps = len(next(iter(rates["counts"].values())))
    begins = [rates["until"] - rates["step"] * back for back in reversed(range(1, steps + 1))]
    times = [datetime.fromtimestamp(begin, UTC).astimezone(zone).strftime("%H:%M:%S") for begin in begins]
    return {
        "grid": {"left": 32, "right": 8, "top": 56, "bottom": 24},
        "legend": {"top": 0, "icon": "circle", "itemHeight": 8},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": times},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": here.words(language, f"service.{service}"),
                "type": "bar",
                "stack": "events",
                "data": counts,
            }
            for service, counts in rates["counts"].items()
        ],
    }
