"""Routes of endpoints that take a request and give its answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.http.query import declared, require_declared


class Plain(APIRoute):
    """Goes straight to its endpoint, for which FastAPI has nothing to read, to solve or to encode.

    What its address may ask for stands in ``openapi_extra``; a request that asks for anything else is refused.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See :class:`APIRoute`. Raises TypeError where there is something to solve after all."""
        asks = self.dependant
        if asks.dependencies or asks.path_params or asks.query_params or asks.header_params or asks.body_params:
            raise TypeError(f"{self.path}: a plain route solves no dependencies")
        parameters, endpoint = declared(self.openapi_extra), self.endpoint

        async def handle(request: Request) -> Response:
            require_declared(request.query_params, parameters)
            answer: Response = await endpoint(request)
            return answer

        return handle
