"""The doors of a service as people use them: a form to fill in, sent, and shown again with what was wrong."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.commands.answers import Answer
from shared.contracts.envelope import Recorded
from shared.contracts.values import Actor
from shared.digits import LAST, whole
from shared.files import FileRefused
from shared.http.attachments import STATUS, keep_uploads
from shared.http.body import body_of
from shared.http.doors import Door, Endpoint, Submission, carry_out
from shared.http.folders import open_folder
from shared.http.language import language_of
from shared.http.login import person
from shared.http.openapi import parameter
from shared.http.problems import FieldProblem, Problem, from_refused
from shared.http.query import wanted_of
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.procedures.course.basis import basis
from shared.procedures.course.offers import refusal
from shared.web.changes import ChangeGroup, changes
from shared.web.fields import asked
from shared.web.filled import Filled, as_filled, given, nested, recalled, rows
from shared.web.forms import FormContext, SubmittedForm, form
from shared.web.paper import PLAIN, CommandForm, Papers
from shared.web.sheets import EventView, sheet
from shared.web.sites import rules_at
from shared.web.templates import is_fragment, render

MOST_FILES = 100
"""More than a form may have, so that too many are told so; what has yet more is no form of ours."""
MOST_FIELDS = 500
VERSION = "version"
"""The form's field that says on which version of the folder it was drawn."""
SEEN = [parameter(VERSION, "query", "The version of the folder that the form was drawn on", type="integer")]
MANY, PARTED = frozenset({"several", "shares", "files"}), frozenset({"money", "inputs"})
"""Kinds of fields that hold several values, and those that have parts."""
SENT_ALONG = {"site": "string", "command_id": "string", VERSION: "string"}


def form_routes(service: str, doors: Sequence[Door], papers: Papers) -> APIRouter:
    """``GET`` and ``POST /<service>/cases/{case}/<act>``, and for new cases ``…/<path>/new`` and ``…/<path>``.

    ``GET …/<act>/changes?version=`` tells what changed since a form was drawn.
    """
    router = APIRouter(prefix=f"/{service}", include_in_schema=False, route_class=Plain)
    for door in doors:
        paper = papers.get(door.command, PLAIN)
        action = f"/{door.path}" if door.creates else f"/cases/{{case:uuid}}/{door.act}"
        blank = f"{action}/new" if door.creates else action
        router.add_api_route(
            blank, show(door, paper), methods=["GET"], response_model=None, openapi_extra={"parameters": prefills(door)}
        )
        router.add_api_route(action, take(door, paper), methods=["POST"], response_model=None)
        if not door.creates:
            router.add_api_route(
                f"{action}/changes",
                compare(door),
                methods=["GET"],
                response_model=None,
                openapi_extra={"parameters": SEEN},
            )
    return router


def prefills(door: Door) -> list[dict[str, Any]]:
    """What the address of a form may fill in: its fields; and what a form that is asked for again sends along."""
    kinds = {each.name: each.kind for each in asked(door.command)}
    types = {
        name: "array" if kind in MANY else "object" if kind in PARTED else "string" for name, kind in kinds.items()
    }
    return [parameter(name, "query", "Fills in the field", type=each) for name, each in (types | SENT_ALONG).items()]


def show(door: Door, paper: CommandForm) -> Endpoint:
    """The endpoint that shows an empty form, with what it recalls, and what the address fills in."""

    async def get(request: Request) -> Response:
        desk = await desk_of(request, door)
        require_offered(desk, door)
        begun = recalled(paper.recalls, await events(request, desk.version)) if paper.recalls else {}
        filled = begun | nested(request.query_params.multi_items())
        return await draw(request, desk, door, paper, filled)

    return get


def require_offered(desk: FormContext, door: Door) -> None:
    """Raises Problem for an act that the department would refuse whatever is filled in."""
    if door.creates:
        return
    gate, now = desk.here.gate, desk.here.clock.now()
    if refused := refusal(gate.department.decide, desk.folder, door.command, desk.who, desk.rules, now):
        raise from_refused(refused)


def take(door: Door, paper: CommandForm) -> Endpoint:
    """The endpoint that a form is sent to: on to the case page, or the form again with what was wrong."""

    async def post(request: Request) -> Response:
        who = person(request)
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as sent:
            filled = nested((name, value) for name, value in sent.multi_items() if isinstance(value, str))
            sent_id, seen = str(filled.pop("command_id", "")), whole(str(filled.pop(VERSION, "")), LAST)
            try:
                await keep_files(request, door, who, sent, filled)
                answer = await submitted(request, door, who, filled, sent_id, seen)
            except Problem as problem:
                if problem.status in (401, 404):
                    raise
                desk = await desk_of(request, door, str(filled.get("site", "")))
                changed = await changes_since(request, desk, door, seen) if problem.code == "stale-version" else ()
                return await draw(request, desk, door, paper, filled, SubmittedForm(sent_id, seen, problem, changed))
        return gone_on(request, answer)

    return post


def compare(door: Door) -> Endpoint:
    """The endpoint that tells an open form what changed since it was drawn; nothing while it shows what is."""

    async def get(request: Request) -> Response:
        desk = await desk_of(request, door)
        changed = await changes_since(request, desk, door, whole(wanted_of(request, VERSION), LAST))
        if not changed:
            return Response(status_code=204)
        return render(request, "changes.html", who=desk.who, rules=desk.rules, changes=changed)

    return get


async def changes_since(request: Request, desk: FormContext, door: Door, seen: int | None) -> tuple[ChangeGroup, ...]:
    """What changed of that which an act stands on since a version; none where that version never was."""
    if not seen or seen > desk.version:
        return ()
    case = request.path_params["case"]
    folder, _, _ = await desk.here.gate.folder(case, at=seen)
    was, now = (basis(door.command, desk.who, each, desk.rules) for each in (folder, desk.folder))
    return changes(was, now, await events(request, desk.version))


async def keep_files(request: Request, door: Door, who: Actor, sent: FormData, filled: Filled) -> None:
    """Store the files that came, beside those that were sent before.

    Raises Problem when some of them are refused: it names each, and the others stay on the form.
    """
    refused: list[tuple[str, FileRefused]] = []
    for each in asked(door.command):
        if each.kind == "files":
            kept, others = await keep_uploads(surroundings(request), sent, each.name, who)
            refused += [(each.name, refusal) for refusal in others]
            before = filled.get(each.name)
            filled[each.name] = [*(rows(before) if before else ()), *(as_filled(one) for one in kept)]
        elif each.kind == "several":
            filled[each.name] = [value for value in sent.getlist(each.name) if isinstance(value, str)]
    if refused:
        raise Problem(
            STATUS.get(refused[0][1].reason, 415),
            "problem.files-refused",
            fields=tuple(FieldProblem(name, f"problem.{why.reason}", why.values) for name, why in refused),
        )


async def submitted(request: Request, door: Door, who: Actor, filled: Filled, sent_id: str, seen: int | None) -> Answer:
    """Validate what was filled in and carry it out on what the form showed. Raises Problem."""
    known = {each.name: each for each in asked(door.command)}
    values = {
        name: told
        for name, value in filled.items()
        if (told := given(known[name], value) if name in known else value) is not None
    }
    wish = Submission(
        door,
        None if door.creates else request.path_params["case"],
        body_of(door.command, door.creates).read_form(values),
        who,
        UUID(sent_id) if is_uuid(sent_id) else uuid4(),
        seen=seen,
    )
    if not door.creates and not seen:
        raise Problem(412, "problem.form-without-version")
    return await carry_out(request, wish)


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def desk_of(request: Request, door: Door, site: str = "") -> FormContext:
    """What the form is written on. A new case is of the site that the address or the form names, else the first."""
    here, language = surroundings(request), language_of(request)
    if not door.creates:
        folder, version, rules = await open_folder(request)
        return FormContext(here, rules, folder, person(request), language, version)
    who = person(request)
    wanted = site or request.query_params.get("site", "")
    chosen = wanted if wanted in who.sites and wanted in here.company.sites else who.sites[0]
    return FormContext(here, rules_at(here.company, chosen), None, who, language)


async def events(request: Request, version: int) -> Sequence[Recorded]:
    """Everything in the folder of the case up to a version; nothing for a new one."""
    case = request.path_params.get("case")
    found = await surroundings(request).gate.events(case) if case else ()
    return [each for each in found if each.envelope.version <= version]


async def draw(
    request: Request,
    desk: FormContext,
    door: Door,
    paper: CommandForm,
    filled: Filled,
    sent: SubmittedForm | None = None,
) -> Response:
    """The form, as a part of the page for htmx, else as a page of its own with what the act stands on."""
    part = is_fragment(request)
    action = request.url.path.removesuffix("/new") if door.creates else request.url.path
    return render(
        request,
        "form.html" if part else "form_page.html",
        who=desk.who,
        rules=desk.rules,
        status=sent.problem.status if sent else 200,
        form=form(desk, door, paper, action, filled, sent),
        about=() if part or door.creates else standing(desk, door, await events(request, desk.version)),
    )


def standing(desk: FormContext, door: Door, recorded: Sequence[Recorded]) -> tuple[EventView, ...]:
    """What an act stands on, as filled forms, newest first: a form on a page of its own has no panel beside it."""
    content = basis(door.command, desk.who, desk.folder, desk.rules).content.values()
    said = [each for value in content for each in (value.values() if isinstance(value, Mapping) else [value])]
    return tuple(sheet(each) for each in reversed(recorded) if any(each.event == it for it in said))


def gone_on(request: Request, answer: Answer) -> Response:
    """To the case page, which waits until it shows what was just done."""
    target = f"/cases/{answer.case}?after={surroundings(request).service}:{answer.position}"
    if is_fragment(request):
        return Response(status_code=204, headers={"hx-redirect": target})
    return RedirectResponse(target, 303)
