"""Whether a process lives, and whether it can do its work."""

from collections.abc import Callable, Iterable, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.http.answers import told

Check = Callable[[], Iterable[str]]
"""What keeps one part from working, in words for the operator; nothing when it is ready."""


def health_routes(checks: Sequence[Check]) -> APIRouter:
    """``/health/live`` and ``/health/ready``; the latter names everything that is missing (503)."""
    router = APIRouter(include_in_schema=False)

    async def live(_: Request) -> Response:
        return told({"status": "live"})

    async def ready(_: Request) -> Response:
        missing = [lack for check in checks for lack in check()]
        return told({"status": "not ready", "missing": missing}, 503) if missing else told({"status": "ready"})

    router.add_api_route("/health/live", live, methods=["GET"], response_model=None)
    router.add_api_route("/health/ready", ready, methods=["GET"], response_model=None)
    return router
