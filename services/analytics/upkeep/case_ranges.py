"""All possible case ids, gone through in spans of about as many events as fit into one transaction."""

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

IDS = 1 << 128
"""How many ids there are."""
WANTED = 16_000
"""About so many events are in a span."""
MOST = 60_000
"""More of one service's events are not taken at once: the span is made smaller."""
GROWTH = 4
"""A span is at most so many times as wide as the one before."""


@dataclass(frozen=True, slots=True)
class CaseRange:
    """Case ids from ``first`` to ``last``, which belongs to it."""

    first: UUID
    last: UUID

    @property
    def width(self) -> int:
        """How many ids there are in it."""
        return self.last.int - self.first.int + 1

    @property
    def next(self) -> UUID | None:
        """The id after it; None when there is none."""
        return UUID(int=self.last.int + 1) if self.last.int + 1 < IDS else None

    def parts(self, count: int) -> list["CaseRange"]:
        """So many spans of the same width, one after the other, that make it up."""
        bounds = [self.first.int + self.width * part // count for part in range(count + 1)]
        return [CaseRange(UUID(int=low), UUID(int=high - 1)) for low, high in pairwise(bounds)]


EVERYTHING = CaseRange(UUID(int=0), UUID(int=IDS - 1))


class RangeTooFull(Exception):
    """There is more in a span than is taken at once."""


class RangeSizing:
    """How wide spans are: by what was found in the last one; at first as if ``events`` lay evenly."""

    def __init__(self, events: int) -> None:
        self._width = max(1, IDS * WANTED // max(WANTED, events))

    def span(self, first: UUID, last: UUID) -> CaseRange:
        """The next span, from ``first`` on and not beyond ``last``."""
        return CaseRange(first, UUID(int=min(first.int + self._width - 1, last.int)))

    def narrow(self, span: CaseRange) -> None:
        """There was too much in this span."""
        self._width = max(1, span.width // 2)

    def found(self, events: int) -> None:
        """So many events were in the last span."""
        self._width = max(1, min(self._width * WANTED // max(events, WANTED // GROWTH), IDS))
