"""How a service is, for its operators: what it lacks, and how far each part is behind."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter
from prometheus_client import Gauge
from starlette.requests import Request
from starlette.responses import Response

from shared.http.answers import told
from shared.http.openapi import problem_responses
from shared.http.operators import operator
from shared.http.routes import Plain
from shared.observability import metrics


def condition_routes(service: str, missing: Callable[[], Iterable[str]]) -> APIRouter:
    """``GET /api/<service>/condition``: figures of this process, as ``/metrics`` has them too."""
    router = APIRouter(prefix=f"/api/{service}", tags=["operations"], route_class=Plain)

    async def condition(request: Request) -> Response:
        """What is missing, what waits, and for how long."""
        operator(request)
        return told({"service": service, "missing": list(missing()), **figures(service)})

    router.add_api_route(
        "/condition",
        condition,
        methods=["GET"],
        response_model=None,
        summary="What the service lacks, and how far its parts are behind",
        openapi_extra={"responses": problem_responses("401", "403")},
    )
    return router


def figures(service: str) -> dict[str, Any]:
    """``relay``: events not sent, ``relay_seconds``: the age of the oldest; ``inbox``: messages not heard;
    ``projections``: events not shown, by read model; ``letters``: open ones by state. None: not measured yet."""
    relay, seconds, inbox = (
        samples(gauge, service).get((), None)
        for gauge in (metrics.RELAY_LAG_EVENTS, metrics.RELAY_LAG_SECONDS, metrics.INBOX_LAG_EVENTS)
    )
    return {
        "relay": relay,
        "relay_seconds": seconds,
        "inbox": inbox,
        "projections": {name: value for (name,), value in samples(metrics.PROJECTION_LAG_EVENTS, service).items()},
        "letters": {state: value for (state,), value in samples(metrics.DEAD_LETTERS, service).items()},
    }


def samples(gauge: Gauge, service: str) -> dict[tuple[str, ...], float]:
    """The values of a gauge for one service, by what its further labels say."""
    return {
        tuple(value for name, value in sample.labels.items() if name != "service"): sample.value
        for family in gauge.collect()
        for sample in family.samples
        if sample.labels.get("service") == service
    }
