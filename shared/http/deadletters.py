"""A service's dead letters for its operators: what could not be taken, why, and another try."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.digits import LAST
from shared.eventstore.codec import UnreadableEvent, head
from shared.eventstore.dead_letters import DeadLetter, DeadLetterState
from shared.eventstore.store import AWAY
from shared.http.answers import told
from shared.http.openapi import parameter, problem_responses
from shared.http.operators import operator
from shared.http.paging import PAGING, Position, page_of, paged
from shared.http.problems import Problem
from shared.http.routes import Plain
from shared.messaging.dead_letters import DeadLetters

T = TypeVar("T")


def letter_routes(service: str, letters: DeadLetters) -> APIRouter:
    """``GET /api/<service>/deadletters`` and ``POST /api/<service>/deadletters/{number}/replay``."""
    router = APIRouter(prefix=f"/api/{service}/deadletters", tags=["operations"], route_class=Plain)

    async def listed(request: Request) -> Response:
        """One page of the letters that are open."""
        operator(request)
        page = page_of(request, Position)
        after = page.after[0] if page.after else 0
        kept = await asked(letters.page, after=after, limit=page.limit + 1)
        return told(paged([as_told(each) for each in kept], page, lambda row: (row["number"],)))

    async def replay(request: Request) -> Response:
        """Have a letter tried again soon; what waits behind it follows when that succeeds."""
        operator(request)
        number: int = request.path_params["number"]
        if number > LAST or not await asked(letters.replay, number):
            await require_known(letters, number)
            raise Problem(409, "problem.letter-not-dead", number=str(number))
        return told({"number": number, "state": DeadLetterState.DUE.value}, 202)

    router.add_api_route(
        "",
        listed,
        methods=["GET"],
        response_model=None,
        summary="Events that could not be taken, and those that wait behind them, oldest first",
        openapi_extra={
            "parameters": PAGING,
            "responses": problem_responses("401", "403", "422", "503"),
        },
    )
    router.add_api_route(
        "/{number:int}/replay",
        replay,
        methods=["POST"],
        response_model=None,
        status_code=202,
        summary="Another try for a dead letter",
        openapi_extra={
            "parameters": [parameter("number", "path", "The letter's number", type="integer")],
            "responses": problem_responses("401", "403", "404", "409", "503"),
        },
    )
    return router


async def require_known(letters: DeadLetters, number: int) -> None:
    """Raises Problem 404 when there is no letter of this number."""
    try:
        if number > LAST:
            raise KeyError(number)
        await asked(letters.show, number)
    except KeyError:
        raise Problem(404, "problem.unknown-letter", number=str(number)) from None


async def asked(question: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What the store answers, asked in a thread. Raises Problem 503 while it is away."""
    try:
        return await asyncio.to_thread(question, *arguments, **named)
    except AWAY:
        raise Problem(503, "problem.busy", headers={"retry-after": "2"}) from None


def as_told(kept: DeadLetter) -> dict[str, Any]:
    """A letter without what it says; ``type`` is empty where that cannot be read."""
    letter, origin = kept.letter, kept.letter.origin
    try:
        type_ = head(origin.value).type
    except UnreadableEvent:
        type_ = ""
    return {
        "number": kept.number,
        "at": kept.at,
        "reader": kept.reader.value,
        "state": letter.state.value,
        "reason": letter.reason,
        "detail": letter.detail,
        "case": origin.subject,
        "event": origin.event,
        "type": type_,
        "topic": origin.topic,
        "partition": origin.partition,
        "offset": origin.offset,
    }
