"""A limit in a regulation's own words: so many days, hours, working days or working hours."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

WRITTEN = re.compile(r"(?P<amount>\d{1,4}(\.\d{1,4})?) (?P<unit>h|d|wh|wd)")


class LimitUnit(StrEnum):
    """What a limit counts. A calendar day is a day of the wall clock, an hour is an hour that passes."""

    HOURS = "h"
    DAYS = "d"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` (above zero) of ``unit``; half-days are amounts such as ``0.5 wd``."""

    amount: Decimal
    unit: LimitUnit

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read ``0.5 d``, ``48 h``, ``10 wd``, ``4 wh``. Raises ValueError for anything else."""
        found = WRITTEN.fullmatch(text)
        if found is None or not Decimal(found["amount"]):
            raise ValueError(f"{text!r} is no limit: write a number above zero and one of h, d, wh, wd, as in '0.5 d'")
        return cls(Decimal(found["amount"]), LimitUnit(found["unit"]))

    def part(self, percent: int) -> "Limit":
        """So many percent of the limit."""
        return Limit(self.amount * percent / 100, self.unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"
