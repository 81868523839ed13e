"""Long lists a page at a time: what of them is wanted, a limit, and a cursor that only the server understands."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import GenericAlias
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from starlette.requests import Request

from shared.digits import LAST, whole
from shared.http.body import invalid
from shared.http.openapi import parameter
from shared.http.problems import FieldProblem

MOST = 200
USUAL = 50
PAGING = [
    parameter("limit", "query", "At most this many", type="integer", maximum=MOST),
    parameter("cursor", "query", "``next`` of the page before"),
]
"""What every list may be asked for."""

Moment = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(pattern=r"\A[^\x00]*\Z")]
Round = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Position = Annotated[int, Meta(ge=0, le=LAST)]
"""What a cursor may hold: these and no others can be compared with the columns that lists are sorted by."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is wanted: ``limit`` rows after those that ``after`` names (the sort key's values)."""

    limit: int
    after: tuple[Any, ...] | None


def page_of(request: Request, *types: Any) -> Page:
    """The page that ``?limit=`` and ``?cursor=`` ask for; ``types`` are those of the sort key's values.

    Raises Problem 422 for a limit outside 1 to 200 or a cursor that this list did not give.
    """
    return Page(limit_of(request.query_params.get("limit")), cursor_of(request.query_params.get("cursor"), types))


def limit_of(told: str | None) -> int:
    """The number of rows. Raises Problem 422."""
    if told is None:
        return USUAL
    limit = whole(told, MOST)
    if not limit:
        raise invalid(FieldProblem("limit", "problem.bad-limit", {"most": MOST}))
    return limit


def cursor_of(told: str | None, types: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The values in a cursor, moments as UTC. Raises Problem 422."""
    if told is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(told.encode("ascii") + b"==")
        values: tuple[Any, ...] = msgspec.json.decode(raw, type=GenericAlias(tuple, types))
        return tuple(each.astimezone(UTC) if isinstance(each, datetime) else each for each in values)
    except (UnicodeError, binascii.Error, msgspec.DecodeError, OverflowError):
        raise invalid(FieldProblem("cursor", "problem.bad-cursor")) from None


def cursor(*values: Any) -> str:
    """The cursor that continues after a row with these values of the sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def paged(rows: Sequence[T], page: Page, key: Callable[[T], tuple[Any, ...]]) -> dict[str, Any]:
    """``{items, next}`` of a query that asked for one row more than the limit; ``next`` is absent at the end."""
    told: dict[str, Any] = {"items": rows[: page.limit]}
    if len(rows) > page.limit:
        told["next"] = cursor(*key(rows[page.limit - 1]))
    return told
