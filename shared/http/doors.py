"""A command class becomes an endpoint: validated, addressed, submitted to the gate, and answered."""

import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import msgspec
import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.commands.answers import Answer, Busy, KeyReused, StaleVersion, UnknownCase
from shared.commands.department import Condition
from shared.commands.requests import CommandRequest
from shared.contracts.commands import kebab
from shared.contracts.refused import Refused
from shared.contracts.values import Actor
from shared.http.body import body_of, invalid
from shared.http.correlation import current
from shared.http.holding import hold_files
from shared.http.identities import case_of, command_of
from shared.http.login import person, require_site
from shared.http.metrics import COMMANDS
from shared.http.openapi import door_operation
from shared.http.problems import FieldProblem, Problem, from_gate, from_refused
from shared.http.routes import Plain
from shared.http.surroundings import ServiceContext, surroundings
from shared.procedures.course.basis import basis

KEY_SHAPE = re.compile(r"[\x21-\x7e]{1,200}")
ETAG = re.compile(r'"(\d{1,15})"')

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """A command that may come from outside.

    One that ``creates`` a case is posted to its ``path`` (``complaints``), others to the case. ``before`` looks at
    a submission before it is submitted and raises Problem against it, where that takes more than the folder.
    """

    command: type[Any]
    creates: bool = False
    path: str = ""
    before: "Before | None" = None

    def __post_init__(self) -> None:
        if self.creates != bool(self.path):
            raise ValueError(f"{self.command.__name__}: a door that creates a case, and no other, has a path")

    @property
    def act(self) -> str:
        """The command's name in the pack, in addresses and in translations."""
        return kebab(self.command.__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """A validated command on its way to the gate. ``case`` is None for one that creates a case.

    ``expected`` is the version that the folder must have. ``seen`` is the one that a form was drawn on: what the
    command stands on must be as it was then, whatever else was filed since.
    """

    door: Door
    case: UUID | None
    values: dict[str, Any]
    by: Actor
    command_id: UUID
    expected: int | None = None
    seen: int | None = None


Before = Callable[[Request, Submission], Awaitable[None]]


def command_routes(service: str, doors: Sequence[Door]) -> APIRouter:
    """The JSON endpoints of a service's doors."""
    router = APIRouter(prefix=f"/api/{service}", tags=["commands"], route_class=Plain)
    for door in doors:
        router.add_api_route(
            f"/{door.path}" if door.creates else f"/cases/{{case:uuid}}/{door.act}",
            endpoint(service, door),
            methods=["POST"],
            response_model=None,
            status_code=201 if door.creates else 200,
            openapi_extra=door_operation(door.command, door.creates),
            operation_id=f"{service}.{door.act}",
            summary=(door.command.__doc__ or "").partition("\n")[0],
        )
    return router


def endpoint(service: str, door: Door) -> Endpoint:
    """The JSON endpoint of one door.

    The body is read whatever becomes of it: a connection closed on what was not read may lose its answer on the way.
    """
    body = body_of(door.command, door.creates)

    async def post(request: Request) -> Response:
        content = await request.body()
        by = person(request)
        require_json(request)
        values = body.read_json(content)
        case = None if door.creates else request.path_params["case"]
        submission = Submission(door, case, values, by, command_id(request, by), expected_version(request))
        return answered(service, door, await carry_out(request, submission))

    post.__name__ = door.act.replace("-", "_")
    return post


async def carry_out(request: Request, submission: Submission) -> Answer:
    """Submit a submission to the gate.

    Raises Problem: 403/409/422 refused by the department, 404 no such case, 412 stale version,
    422 key used for another command or a file that is not kept, 503 too busy.
    """
    here, outcome = surroundings(request), "failed"
    try:
        if submission.door.before is not None:
            await submission.door.before(request, submission)
        answer = await submit(here, submission)
        outcome = "repeated" if answer.repeated else "accepted"
        return answer
    except Problem as problem:
        outcome = problem.code
        raise
    finally:
        COMMANDS.labels(here.service, submission.door.act, outcome).inc()


async def submit(here: ServiceContext, submission: Submission) -> Answer:
    """The submission as a command through the gate, its exceptions as problems."""
    values = dict(submission.values)
    site = required_site(here, submission.by, values.pop("site")) if submission.door.creates else None
    case = submission.case or case_of(submission.command_id, here.service)
    structlog.contextvars.bind_contextvars(case=str(case), act=submission.door.act, person=submission.by.person)
    await hold_files(here, submission.by, case, values)
    try:
        request = CommandRequest.of(
            case,
            submission.door.command(**values, by=submission.by),
            command_id=submission.command_id,
            expected=submission.expected,
            provided=await as_seen(here, submission),
            correlation=UUID(found) if (found := current()) else None,
            site=site,
        )
        return await here.gate.submit(request)
    except Refused as refused:
        raise from_refused(refused) from None
    except (Busy, StaleVersion, KeyReused, UnknownCase) as error:
        raise from_gate(error) from None


async def as_seen(here: ServiceContext, submission: Submission) -> Condition | None:
    """What must hold when the submission is decided: that it stands on what was seen.

    None for one that does not say what was seen. Raises StaleVersion, UnknownCase, Busy.
    """
    if submission.case is None or submission.seen is None:
        return None
    folder, _, rules = await here.gate.folder(submission.case, at=submission.seen)
    seen = basis(submission.door.command, submission.by, folder, rules)
    return lambda now, rules: basis(submission.door.command, submission.by, now, rules) == seen


def required_site(here: ServiceContext, who: Actor, site: str) -> str:
    """The site of a new case. Raises Problem 422 for one the company lacks, 403 for one that is not the person's."""
    if site not in here.company.sites:
        raise invalid(FieldProblem("site", "problem.unknown-site", {"site": site}))
    require_site(who, site)
    return site


def require_json(request: Request) -> None:
    """Raises Problem 415 unless the body says that it is JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "problem.not-json", media_type=media_type or "-")


def command_id(request: Request, by: Actor) -> UUID:
    """The id of the command: of ``Idempotency-Key``, which is a person's own, or a new one.

    Raises Problem 400 for a key that is no short printable text.
    """
    if (key := request.headers.get("idempotency-key")) is None:
        return uuid4()
    if not KEY_SHAPE.fullmatch(key):
        raise Problem(400, "problem.bad-idempotency-key")
    return command_of(by.person, key)


def expected_version(request: Request) -> int | None:
    """The version that ``If-Match`` names. Raises Problem 400 for anything but one version or ``*``."""
    wanted = request.headers.get("if-match", "*").strip()
    if wanted == "*":
        return None
    if not (found := ETAG.fullmatch(wanted)):
        raise Problem(400, "problem.bad-if-match")
    return int(found.group(1))


def answered(service: str, door: Door, answer: Answer) -> Response:
    """What came of a command: the new version, the position to wait for, and the events."""
    position = f"{service}:{answer.position}"
    told = {
        "case": answer.case,
        "version": answer.version,
        "position": position,
        "events": [{"type": each.envelope.type, "data": each.event} for each in answer.events],
    }
    response = Response(
        msgspec.json.encode(told), status_code=201 if door.creates else 200, media_type="application/json"
    )
    response.headers["etag"] = f'"{answer.version}"'
    response.headers["redress-position"] = position
    if answer.repeated:
        response.headers["idempotent-replayed"] = "true"
    if door.creates:
        response.headers["location"] = f"/api/{service}/cases/{answer.case}"
    return response
