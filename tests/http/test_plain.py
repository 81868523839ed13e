"""Plain routes: a request in, an answer out, and a complaint about anything that they would pass over."""

import pytest
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from shared.http.routes import Plain


async def answer(request: Request) -> Response:
    """An endpoint as ours are."""
    return Response("here")


async def asking(request: Request, number: int) -> Response:
    """An endpoint that has FastAPI read something."""
    return Response(str(number))


def test_what_would_be_passed_over_is_refused() -> None:
    with pytest.raises(TypeError, match="/here: a plain route solves no dependencies"):
        APIRouter(dependencies=[Depends(answer)], route_class=Plain).add_api_route("/here", answer)
    with pytest.raises(TypeError, match="/here: a plain route solves no dependencies"):
        APIRouter(route_class=Plain).add_api_route("/here", asking)
