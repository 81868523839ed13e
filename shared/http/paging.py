"""Long lists a page at a time: a limit, and a cursor that only the server understands."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request

from shared.http.body import invalid
from shared.http.problems import FieldProblem

MOST = 200
USUAL = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is wanted: ``limit`` rows after those that ``after`` names (the sort key's values)."""

    limit: int
    after: tuple[Any, ...] | None


def page_of(request: Request, *types: type) -> Page:
    """The page that ``?limit=`` and ``?cursor=`` ask for; ``types`` are those of the sort key's values.

    Raises Problem 422 for a limit outside 1 to 200 or a cursor that this list did not give.
    """
    return Page(limit_of(request.query_params.get("limit")), cursor_of(request.query_params.get("cursor"), types))


def limit_of(told: str | None) -> int:
    """The number of rows. Raises Problem 422."""
    if told is None:
        return USUAL
    if not (told.isascii() and told.isdigit() and len(told) <= 3 and 1 <= int(told) <= MOST):
        raise invalid(FieldProblem("limit", "problem.bad-limit", {"most": MOST}))
    return int(told)


def cursor_of(told: str | None, types: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The values in a cursor. Raises Problem 422."""
    if told is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(told.encode("ascii") + b"==")
        values: tuple[Any, ...] = msgspec.json.decode(raw, type=GenericAlias(tuple, types))
    except (UnicodeError, binascii.Error, msgspec.DecodeError):
        raise invalid(FieldProblem("cursor", "problem.bad-cursor")) from None
    return values


def cursor(*values: Any) -> str:
    """The cursor that continues after a row with these values of the sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def paged(rows: Sequence[T], page: Page, key: Callable[[T], tuple[Any, ...]]) -> dict[str, Any]:
    """``{items, next}`` of a query that asked for one row more than the limit; ``next`` is absent at the end."""
    told: dict[str, Any] = {"items": rows[: page.limit]}
    if len(rows) > page.limit:
        told["next"] = cursor(*key(rows[page.limit - 1]))
    return told
