"""Routes of endpoints that take a request and give its answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response


class Plain(APIRoute):
    """Goes straight to its endpoint, for which FastAPI has nothing to read, to solve or to encode."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See :class:`APIRoute`."""
        return self.endpoint
