"""Number patterns: how a case, a slip or a form is numbered within its month (P1.8)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

TOKENS = re.compile(r"YYYY|YY|MM|#+")


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A number as it is written: ``YYYY``, ``YY``, ``MM`` for the date, ``##`` for the serial, the rest as it stands.

    The serial has at least as many digits as there are ``#`` and is never cut; it restarts whenever the date
    part changes.
    """

    written: str

    def __post_init__(self) -> None:
        if sum(token.startswith("#") for token in TOKENS.findall(self.written)) != 1:
            raise ValueError(f"{self.written!r} needs exactly one run of # for the serial")

    def period(self, local: datetime) -> str:
        """The part of the date within which serials count: ``2611`` for November 2026 in ``YYMM##``."""
        return "".join(_date(token, local) for token in TOKENS.findall(self.written) if not token.startswith("#"))

    def number(self, local: datetime, serial: int) -> str:
        """The number with this serial (from 1) at a local time. Raises ValueError for a serial below 1."""
        if serial < 1:
            raise ValueError(f"serials count from 1, not {serial}")

        def fill(found: re.Match[str]) -> str:
            token = found[0]
            return str(serial).zfill(len(token)) if token.startswith("#") else _date(token, local)

        return TOKENS.sub(fill, self.written)


def _date(token: str, local: datetime) -> str:
    return {"YYYY": f"{local.year:04}", "YY": f"{local.year % 100:02}", "MM": f"{local.month:02}"}[token]


def _read(written: object) -> NumberPattern:
    return written if isinstance(written, NumberPattern) else NumberPattern(str(written))


Pattern = Annotated[NumberPattern, BeforeValidator(_read), PlainSerializer(lambda pattern: pattern.written)]
"""A number pattern as text: ``YYMM##``."""
