"""A limit in a regulation's own words: so many days, hours, working days or working hours."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

WRITTEN = re.compile(r"(?P<amount>\d{1,4}(\.\d{1,4})?) (?P<unit>h|d|wh|wd)")
RIGHT = "write a number above zero and one of h, d, wh, wd, as in '0.5 d'"


class LimitUnit(StrEnum):
    """What a limit counts. A calendar day is a day of the wall clock, an hour is an hour that passes."""

    HOURS = "h"
    DAYS = "d"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` of ``unit``; half-days are amounts such as ``0.5 wd``. What is counted may be zero, a limit not."""

    amount: Decimal
    unit: LimitUnit

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read ``0.5 d``, ``48 h``, ``10 wd``, ``4 wh``. Raises ValueError for anything else."""
        limit = cls.read(text)
        if not limit.amount:
            raise ValueError(f"{text!r} is no limit: {RIGHT}")
        return limit

    @classmethod
    def read(cls, text: str) -> "Limit":
        """As :meth:`parse`, for what was counted: zero is an amount too."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no limit: {RIGHT}")
        return cls(Decimal(found["amount"]), LimitUnit(found["unit"]))

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.unit}"
