"""What operators look at: how every service is, what it could not take, and the last checkpoint and reconciliation."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.analytics.console import Console
from services.analytics.upkeep.operations import last
from shared.contracts.event import SERVICES
from shared.http.operators import operator
from shared.http.problems import Problem
from shared.http.routes import Plain
from shared.http.surroundings import surroundings
from shared.web.templates import is_fragment, render

PATIENCE = 3.0
"""Seconds that a service is given to answer."""
MOST_LETTERS = 50
"""So many letters of a service are shown."""
SILENT = timedelta(seconds=10)
"""After so long what the worker of the live streams said of itself means nothing."""
WORKS = ("checkpoint", "reconcile", "rebuild")
"""What is done from time to time for the whole house, by the names under which it is noted."""
CREDENTIALS = ("authorization", "cookie", "accept-language")
"""Headers of a request with which its person asks other services."""

Client = Callable[[str], httpx.AsyncClient]
"""Asks the services behind a front door, given its address."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service as its operators see it: ``trouble`` says why it told nothing, empty when it did."""

    service: str
    condition: dict[str, Any] = field(default_factory=dict)
    letters: Sequence[dict[str, Any]] = ()
    further: bool = False
    trouble: str = ""


@cache
def through(address: str) -> httpx.AsyncClient:
    """The client of a front door, made once: making one takes longer than asking."""
    return httpx.AsyncClient(base_url=address, timeout=PATIENCE)


def operations(console: Console, client: Client = through, services: Sequence[str] = SERVICES) -> APIRouter:
    """``/operations``, and ``POST /operations/{service}/deadletters/{number}/replay``; for operators only.

    Services are asked through the front door (``REDRESS_ADDRESS``), as the person who asks.
    """
    router = APIRouter(include_in_schema=False, route_class=Plain)

    async def shown(request: Request) -> Response:
        """The page, or for htmx the part of it that changes."""
        who = operator(request)
        seen = await asyncio.gather(*(look(request, client, service) for service in services))
        done = {what: await last(console.pool, what) for what in WORKS}
        page = "operations_part.html" if is_fragment(request) else "operations.html"
        word = console.feed.word
        silent = word is None or console.now() - word.at > SILENT
        return render(request, page, who=who, seen=seen, done=done, word=word, silent=silent)

    async def replay(request: Request) -> Response:
        """Have a service try a letter again; what came of it shows when the page is looked at again."""
        operator(request)
        service, number = request.path_params["service"], request.path_params["number"]
        if service not in services:
            raise Problem(404, "problem.http-404")
        try:
            answer = await ask(request, client, "POST", f"/api/{service}/deadletters/{number}/replay")
        except httpx.HTTPError:
            raise Problem(503, "problem.busy", headers={"retry-after": "2"}) from None
        if answer.status_code == 404:
            raise Problem(404, "problem.unknown-letter", number=str(number))
        if answer.status_code not in (202, 409):
            raise Problem(503, "problem.busy", headers={"retry-after": "2"})
        return await shown(request) if is_fragment(request) else RedirectResponse("/operations", 303)

    router.add_api_route("/operations", shown, methods=["GET"], response_model=None)
    router.add_api_route(
        "/operations/{service}/deadletters/{number:int}/replay", replay, methods=["POST"], response_model=None
    )
    return router


async def look(request: Request, client: Client, service: str) -> ServiceStatus:
    """How a service is; why it cannot be told, where it cannot."""
    try:
        condition, letters = await asyncio.gather(
            ask(request, client, "GET", f"/api/{service}/condition"),
            ask(request, client, "GET", f"/api/{service}/deadletters?limit={MOST_LETTERS}"),
        )
        for answer in (condition, letters):
            answer.raise_for_status()
        told = msgspec.json.decode(letters.content)
        rows = [{**row, "at": datetime.fromisoformat(row["at"])} for row in told["items"]]
        return ServiceStatus(service, msgspec.json.decode(condition.content), rows, "next" in told)
    except (httpx.HTTPError, msgspec.DecodeError, KeyError, ValueError) as error:
        return ServiceStatus(service, trouble=why(error))


def why(error: Exception) -> str:
    """What kept a service from telling, in a line."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return str(error) or type(error).__name__


async def ask(request: Request, client: Client, method: str, path: str) -> httpx.Response:
    """Ask through the front door as the person of a request. Raises httpx.HTTPError."""
    headers = {name: value for name in CREDENTIALS if (value := request.headers.get(name))}
    if not (address := surroundings(request).settings.address):
        raise httpx.UnsupportedProtocol("REDRESS_ADDRESS does not name the front door")
    return await client(address).request(method, path, headers=headers)
