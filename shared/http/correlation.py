"""Every request has a correlation id: the caller's or a new one; in the logs, in the events, in the answer."""

from uuid import UUID, uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability import tracing

HEADER = "x-correlation-id"


class Correlated:
    """Binds ``correlation`` (a UUID as text) to the request's log context and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        found = given(headers.get(HEADER)) or tracing.correlation(headers.get("traceparent")) or str(uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation=found)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = found
            await send(message)

        await self.app(scope, receive, marked)


def given(header: str | None) -> str | None:
    """A correlation id that a caller sent, if it is a UUID."""
    if not header:
        return None
    try:
        return str(UUID(header))
    except ValueError:
        return None


def current() -> str:
    """The correlation id of the request that is being answered; empty outside one."""
    return str(structlog.contextvars.get_contextvars().get("correlation", ""))
