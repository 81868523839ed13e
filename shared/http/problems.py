"""Problems as RFC 9457 documents, in the caller's language and field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from math import ceil
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shared.commands.answers import Busy, KeyReused, StaleVersion, UnknownCase
from shared.contracts.refused import Refused
from shared.http.language import Words, language_of

MEDIA_TYPE = "application/problem+json"
FORBIDDEN = frozenset({"wrong-department", "level-too-low", "wrong-site", "system-only"})
"""Refusals that say who may act, rather than what the case allows."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one input: its path (``value.amount``), the key of the words, and their values."""

    field: str
    key: str
    values: Mapping[str, Any] = having(default_factory=dict)


class Problem(Exception):
    """A request that is answered with an error.

    ``key`` names the words (``problem.unknown-case``, ``refused.stage-not-open``) and, after its first dot,
    the problem's type; ``rule`` the procedure's rule behind it, if one is.
    """

    def __init__(
        self,
        status: int,
        key: str,
        *,
        rule: str = "",
        fields: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(status, key)
        self.status = status
        self.key = key
        self.rule = rule
        self.fields = fields
        self.headers = headers or {}
        self.values = values

    @property
    def code(self) -> str:
        """The last part of the problem's type."""
        return self.key.partition(".")[2]


def document(problem: Problem, words: Words, language: str, instance: str) -> dict[str, Any]:
    """The problem as a JSON object (RFC 9457), with ``code``, ``rule``, ``details`` and ``errors`` of ours."""
    told: dict[str, Any] = {
        "type": f"urn:redress:problem:{problem.code}",
        "title": words(language, f"status.{problem.status}"),
        "status": problem.status,
        "detail": words(language, problem.key, **problem.values),
        "instance": instance,
        "code": problem.code,
    }
    if problem.rule:
        told["rule"] = problem.rule
    if problem.values:
        told["details"] = dict(problem.values)
    if problem.fields:
        told["errors"] = [
            {
                "field": wrong.field,
                "pointer": "#/" + wrong.field.replace(".", "/"),
                "code": wrong.key.partition(".")[2],
                "message": words(language, wrong.key, **wrong.values),
            }
            for wrong in problem.fields
        ]
    return told


def problem_response(request: Request, problem: Problem, words: Words) -> Response:
    """The answer to a request that went wrong."""
    language = language_of(request)
    return Response(
        msgspec.json.encode(document(problem, words, language, request.url.path)),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={**problem.headers, "content-language": language, "cache-control": "no-store"},
    )


def from_refused(refused: Refused) -> Problem:
    """A department's no: 403 for who may act, 422 where inputs are at fault, else 409."""
    key = f"refused.{refused.code}"
    status = 403 if refused.code in FORBIDDEN else 422 if refused.fields else 409
    fields = tuple(FieldProblem(name, key, refused.details) for name in refused.fields)
    return Problem(status, key, rule=refused.rule, fields=fields, **refused.details)


def from_gate(error: Busy | StaleVersion | KeyReused | UnknownCase) -> Problem:
    """What the gate itself refuses: too much at once, an old version, a key used for something else, no such case."""
    match error:
        case Busy():
            return Problem(503, "problem.busy", headers={"retry-after": str(ceil(max(1, error.retry_after)))})
        case StaleVersion():
            return Problem(412, "problem.stale-version", headers={"etag": f'"{error.current}"'}, current=error.current)
        case KeyReused():
            return Problem(422, "problem.key-reused")
    return Problem(404, "problem.unknown-case")
