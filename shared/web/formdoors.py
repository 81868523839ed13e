"""The doors of a service as people use them: a form to fill in, sent, and shown again with what was wrong."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.contracts.envelope import Recorded
from shared.contracts.values import Actor
from shared.eventing.answers import Answer
from shared.http.attachments import keep_uploads
from shared.http.body import body_of
from shared.http.doors import Door, Endpoint, Wish, carry_out
from shared.http.folders import open_folder
from shared.http.language import language_of
from shared.http.login import person
from shared.http.problems import Problem
from shared.http.surroundings import surroundings
from shared.web.fields import asked
from shared.web.filled import Filled, as_filled, given, nested, recalled, rows
from shared.web.forms import Desk, form
from shared.web.paper import PLAIN, Paper, Papers
from shared.web.sites import rules_at
from shared.web.templates import is_fragment, render

MOST_FILES = 20
MOST_FIELDS = 500


def form_routes(service: str, doors: Sequence[Door], papers: Papers) -> APIRouter:
    """``GET`` and ``POST /<service>/cases/{case}/<act>``, and for new cases ``…/<path>/new`` and ``…/<path>``."""
    router = APIRouter(prefix=f"/{service}", include_in_schema=False)
    for door in doors:
        paper = papers.get(door.command, PLAIN)
        action = f"/{door.path}" if door.creates else f"/cases/{{case:uuid}}/{door.act}"
        blank = f"{action}/new" if door.creates else action
        router.add_api_route(blank, show(door, paper), methods=["GET"], response_model=None)
        router.add_api_route(action, take(door, paper), methods=["POST"], response_model=None)
    return router


def show(door: Door, paper: Paper) -> Endpoint:
    """The endpoint that shows an empty form, with what it recalls, and what the address fills in."""

    async def get(request: Request) -> Response:
        desk = await desk_of(request, door)
        begun = recalled(paper.recalls, await events(request)) if paper.recalls else {}
        filled = begun | nested(request.query_params.multi_items())
        return draw(request, desk, door, paper, filled)

    return get


def take(door: Door, paper: Paper) -> Endpoint:
    """The endpoint that a form is sent to: on to the case page, or the form again with what was wrong."""

    async def post(request: Request) -> Response:
        who = person(request)
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as sent:
            filled = nested((name, value) for name, value in sent.multi_items() if isinstance(value, str))
            sent_id = str(filled.pop("command_id", ""))
            try:
                await keep_files(request, door, sent, filled)
                answer = await submitted(request, door, who, filled, sent_id)
            except Problem as problem:
                if problem.status in (401, 404):
                    raise
                desk = await desk_of(request, door, str(filled.get("site", "")))
                return draw(request, desk, door, paper, filled, problem, sent_id)
        return gone_on(request, answer)

    return post


async def keep_files(request: Request, door: Door, sent: FormData, filled: Filled) -> None:
    """Store the files that came, beside those that were sent before; raises Problem 413, 415."""
    for each in asked(door.command):
        if each.kind == "files":
            kept = await keep_uploads(surroundings(request), sent, each.name)
            before = filled.get(each.name)
            filled[each.name] = [*(rows(before) if before else ()), *(as_filled(one) for one in kept)]
        elif each.kind == "several":
            filled[each.name] = [value for value in sent.getlist(each.name) if isinstance(value, str)]


async def submitted(request: Request, door: Door, who: Actor, filled: Filled, sent_id: str) -> Answer:
    """Validate what was filled in and carry it out. Raises Problem."""
    known = {each.name: each for each in asked(door.command)}
    values = {
        name: told
        for name, value in filled.items()
        if (told := given(known[name], value) if name in known else value) is not None
    }
    wish = Wish(
        door,
        None if door.creates else request.path_params["case"],
        body_of(door.command, door.creates).read_form(values),
        who,
        UUID(sent_id) if is_uuid(sent_id) else uuid4(),
    )
    return await carry_out(request, wish)


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def desk_of(request: Request, door: Door, site: str = "") -> Desk:
    """What the form is written on. A new case is of the site that the address or the form names, else the first."""
    here, language = surroundings(request), language_of(request)
    if not door.creates:
        folder, _, rules = await open_folder(request)
        return Desk(here, rules, folder, person(request), language)
    who = person(request)
    wanted = site or request.query_params.get("site", "")
    chosen = wanted if wanted in who.sites and wanted in here.company.sites else who.sites[0]
    return Desk(here, rules_at(here.company, chosen), None, who, language)


async def events(request: Request) -> Sequence[Recorded]:
    """Everything in the folder of the case; nothing for a new one."""
    case = request.path_params.get("case")
    return await surroundings(request).door.events(case) if case else ()


def draw(
    request: Request,
    desk: Desk,
    door: Door,
    paper: Paper,
    filled: Filled,
    problem: Problem | None = None,
    sent_id: str = "",
) -> Response:
    """The form, as a part of the page for htmx, else as a page of its own."""
    action = request.url.path.removesuffix("/new") if door.creates else request.url.path
    made = form(desk, door, paper, action, filled, problem, sent_id)
    return render(
        request,
        "form.html" if is_fragment(request) else "form_page.html",
        who=desk.who,
        rules=desk.rules,
        status=problem.status if problem else 200,
        form=made,
        new=door.creates,
    )


def gone_on(request: Request, answer: Answer) -> Response:
    """To the case page, which waits until it shows what was just done."""
    target = f"/cases/{answer.case}?after={surroundings(request).service}:{answer.position}"
    if is_fragment(request):
        return Response(status_code=204, headers={"hx-redirect": target})
    return RedirectResponse(target, 303)
