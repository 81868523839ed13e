"""How big a body may be and how long it may take, refused at its announcement or while it streams in."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.files import MIB, megabytes
from shared.http.problems import Problem
from shared.http.settings import Settings

HEARD_OUT = 100 * MIB
"""A body over its limit is read on to its end, up to this size, before it is refused: who is cut off while he still
sends sees a lost connection, not the reason."""
LEAST_PACE = 16 * 1024
"""Bytes a second. What has come of a body, up to its limit, earns time for the rest: a picture may take its minutes on
a slow line, a body in drops may not."""


class Limited:
    """Hands on no more of a body than the settings allow. Sizes are bytes; uploads have a limit of their own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self.limit(headers.get("content-type", ""))
        await self.app(scope, guarded(receive, limit, announced(headers), self.settings), send)

    def limit(self, media_type: str) -> int:
        """The most bytes of a body of this type."""
        multipart = media_type.lower().startswith("multipart/")
        return self.settings.upload_limit if multipart else self.settings.body_limit


def announced(headers: Headers) -> int:
    """The size that a request says its body has; 0 when it does not say."""
    told = headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() else 0


def guarded(receive: Receive, limit: int, size: int, settings: Settings) -> Receive:
    """A ``receive`` that raises Problem 413 for a body over the limit and 408 for one that does not come."""
    received, complete = 0, False
    until = asyncio.get_running_loop().time() + settings.body_timeout.total_seconds()

    async def piece() -> Message:
        nonlocal received, complete
        try:
            async with asyncio.timeout_at(None if complete else until + min(received, limit) / LEAST_PACE):
                message = await receive()
        except TimeoutError:
            raise Problem(408, "problem.body-timeout", headers={"connection": "close"}) from None
        received += len(message.get("body", b""))
        complete = not message.get("more_body")
        return message

    async def guard() -> Message:
        if size > HEARD_OUT:
            raise too_large(limit)
        message = await piece()
        while limit < max(size, received) <= HEARD_OUT and message.get("more_body"):
            message = await piece()
        if max(size, received) > limit:
            raise too_large(limit)
        return message

    return guard


def too_large(limit: int) -> Problem:
    """413, and the connection ends: what is left of the body is not waited for."""
    return Problem(
        413, "problem.body-too-large", headers={"connection": "close"}, limit=limit, megabytes=megabytes(limit)
    )
