"""What HTTP counts for prometheus, and the page that shows all of a process's figures."""

from time import perf_counter

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMMANDS = Counter(
    "redress_http_commands", "Commands that came by HTTP, by what became of them", ["service", "command", "outcome"]
)
REQUESTS = Counter("redress_http_requests", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram(
    "redress_http_seconds",
    "From a request to the start of its answer",
    ["service", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Measured:
    """Counts and times every request by its route (the pattern, never the address)."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                REQUESTS.labels(self.service, scope["method"], route, message["status"]).inc()
                SECONDS.labels(self.service, route).observe(perf_counter() - began)
            await send(message)

        await self.app(scope, receive, counted)


async def metrics(_: Request) -> Response:
    """Every figure of this process in the text format of prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
