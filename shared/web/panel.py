"""A department's panel on the case page: what is in its folder, and what this person may do there now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.event import Event
from shared.contracts.values import Actor
from shared.http.doors import Door, Endpoint
from shared.http.folders import open_folder
from shared.http.login import person
from shared.http.openapi import parameter
from shared.http.problems import Problem
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.procedures.course.offers import Decide, Offer, offers, refusal, said_since
from shared.procedures.course.rules import Rules
from shared.web.sheets import sheets
from shared.web.templates import render

INNER = "inner"
"""The part of a panel that follows the case."""


def panel_routes(service: str, doors: Sequence[Door]) -> APIRouter:
    """``GET /<service>/cases/{case}/panel``: a fragment of the case page; ``?part=inner`` is what follows the case."""
    router = APIRouter(prefix=f"/{service}", include_in_schema=False, route_class=Plain)
    acts = [door.act for door in doors if not door.creates]
    parameters = [
        parameter("part", "query", "Only a part", enum=[INNER]),
        parameter("act", "query", "Open the form of this act", enum=acts),
    ]
    router.add_api_route(
        "/cases/{case:uuid}/panel",
        panel(service, doors),
        methods=["GET"],
        response_model=None,
        openapi_extra={"parameters": parameters},
    )
    return router


def panel(service: str, doors: Sequence[Door]) -> Endpoint:
    """The endpoint of a service's panel; a department that has not heard of the case shows an empty one."""

    async def get(request: Request) -> Response:
        who, case = person(request), request.path_params["case"]
        template = "panel_part.html" if request.query_params.get("part") == INNER else "panel.html"
        try:
            folder, _, rules = await open_folder(request)
        except Problem as problem:
            if problem.status != 404:
                raise
            return render(
                request, template, who=who, service=service, case=case, sheets=(), acts=(), folder=None, opens=""
            )
        here = surroundings(request)
        recorded = await here.gate.events(case)
        said = [each.event for each in recorded]
        acts = offered(here.gate.department.decide, doors, folder, said, rules, who, here.clock.now())
        return render(
            request,
            template,
            who=who,
            rules=rules,
            service=service,
            case=case,
            sheets=sheets(service, recorded),
            acts=acts,
            folder=folder,
            opens=request.query_params.get("act", ""),
        )

    return get


def offered(
    decide: Decide, doors: Sequence[Door], folder: Any, events: Sequence[Event], rules: Rules, who: Actor, now: datetime
) -> tuple[Offer, ...]:
    """What a person may do in a folder now, what is meant next first; nothing that would be refused in any case."""
    acts: list[tuple[str, str | None, Collection[str]]] = []
    for door in doors:
        if door.creates or refusal(decide, folder, door.command, who, rules, now):
            continue
        task = rules.permit(door.act, who, folder.tasks)
        acts.append((door.act, task.stage, said_since(events, task.stage)) if task else (door.act, None, ()))
    return offers(rules.pack, acts)
