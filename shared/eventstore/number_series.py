"""Gapless numbers: each series is a stream, and the serial of a number is its event's version in that stream."""

from uuid import UUID, uuid5

from shared.contracts.event import event

_SERIES = UUID("0c9d1b0a-6f0e-5d8c-8c55-3c2f7a9be001")


@event("series.number-drawn")
class NumberDrawn:
    """A number of a series was given to a case. Stays in the service's own store."""

    series: str
    serial: int
    case: UUID


def series_stream(key: str) -> UUID:
    """The stream of a series such as ``case/TPE/2611``."""
    return uuid5(_SERIES, key)
