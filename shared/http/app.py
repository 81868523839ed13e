"""The app of a service: doors, folder, attachments, health, metrics, problems, in front of its gate."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from shared.clock import Clock, SystemClock
from shared.files import Files, Previews
from shared.http.attachments import attachment_routes
from shared.http.body import invalid
from shared.http.correlation import Correlated
from shared.http.crowding import Crowded
from shared.http.doors import Door, command_routes
from shared.http.folders import folder_routes
from shared.http.headers import Guarded
from shared.http.health import Check, health_routes
from shared.http.language import Words
from shared.http.limits import Limited
from shared.http.login import login_routes
from shared.http.metrics import Measured, metrics
from shared.http.openapi import describe
from shared.http.problems import FieldProblem, Problem, problem_response
from shared.http.settings import Settings
from shared.http.surroundings import CommandGate, ServiceContext
from shared.http.tokens import Tokens
from shared.procedures.language.company import Company

log = structlog.get_logger(__name__)

ProblemPage = Callable[[Request, Problem], Response]
"""Shows a problem to a person; ``shared/web`` has one."""


def create_app(
    service: str,
    *,
    company: Company,
    clock: Clock,
    settings: Settings,
    words: Words,
    gate: CommandGate | None = None,
    doors: Sequence[Door] = (),
    routers: Sequence[APIRouter] = (),
    checks: Sequence[Check] = (),
    problem_page: ProblemPage | None = None,
    login: bool = False,
    token_clock: Clock | None = None,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """The app of one service.

    A service with a ``gate`` gets its doors, folders and attachments under ``/api/<service>/``. ``checks`` are
    asked by ``/health/ready``. ``problem_page`` shows problems to people; programs get them as RFC 9457.
    ``login`` adds ``POST /api/login``. Pages and queries of the service come in ``routers``. ``token_clock`` says when
    a login expires: the machine's own unless another is given, so that a demo whose clock is moved logs nobody out.
    """
    app = FastAPI(
        title=f"Redress {service}",
        openapi_url=f"/api/{service}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry={"operation_spans": False, "metrics": False, "logs": False, "exclude": unasked},
    )
    app.state.surroundings = ServiceContext(
        service=service,
        gate_if_any=gate,
        company=company,
        actors={each.person: each.actor for each in company.people},
        clock=clock,
        settings=settings,
        tokens=Tokens(settings.secret, token_clock or SystemClock(), settings.session),
        files=Files(settings.files, settings.accepted, settings.file_limit, settings.upload_quota, settings.disk_room),
        previews=Previews(),
        words=words,
    )
    app.include_router(health_routes(checks))
    app.add_route("/metrics", metrics, include_in_schema=False)
    if gate is not None:
        for router in (command_routes(service, doors), folder_routes(service), attachment_routes(service)):
            app.include_router(router)
    if login:
        app.include_router(login_routes())
    for router in routers:
        app.include_router(router)
    describe(app, tuple((door.command, door.creates) for door in doors))
    handle_problems(app, words, problem_page)
    app.add_middleware(Limited, settings=settings)
    app.add_middleware(Crowded, most=settings.crowd, words=words)
    app.add_middleware(Guarded)
    app.add_middleware(Correlated)
    app.add_middleware(Measured, service=service)
    return app


def unasked(scope: Scope) -> bool:
    """Whether a request is no work of anybody's: probes, figures, static files, and the streams that last for hours."""
    return str(scope["path"]).startswith(("/health/", "/metrics", "/static/", "/api/analytics/stream"))


def handle_problems(app: FastAPI, words: Words, problem_page: ProblemPage | None) -> None:
    """Answer every error as a problem: as a page to people, as RFC 9457 to programs."""

    def answer(request: Request, problem: Problem) -> Response:
        if problem_page and wants_page(request):
            return problem_page(request, problem)
        return problem_response(request, problem, words)

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(request, Problem(error.status_code, f"problem.http-{error.status_code}", headers=error.headers))

    async def fields(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = (
            FieldProblem(".".join(map(str, each["loc"][1:])), f"problem.{each['type']}") for each in error.errors()
        )
        return answer(request, invalid(*wrong))

    async def gone(_: Request, __: Exception) -> Response:
        log.info("caller left before the body was complete")
        return Response(status_code=400)

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("request failed", exc_info=error, path=request.url.path)
        return answer(request, Problem(500, "problem.unexpected"))

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, fields)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unexpected)


def wants_page(request: Request) -> bool:
    """Whether a person asks: any address outside ``/api/`` that a browser reads."""
    if request.url.path.startswith(("/api/", "/health/")):
        return False
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")
