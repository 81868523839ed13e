"""Imported overrides of a calendar: make-up working days, closed days and half-days, as they were announced."""

import csv
from datetime import date
from pathlib import Path

from shared.worktime.calendar import Day
from shared.worktime.windows import parse_windows


def read_overrides(path: Path) -> dict[date, Day]:
    """Read a UTF-8 CSV file with the columns ``date``, ``windows`` and ``name``.

    ``windows`` is written as in ``09:00-12:00 13:00-18:00``; empty means closed. Raises ValueError that
    names the file's line for a bad date, a bad window or a date given twice.
    """
    overrides: dict[date, Day] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                on = date.fromisoformat(row["date"])
                if on in overrides:
                    raise ValueError(f"{on} is given twice")
                overrides[on] = Day(on, "override", parse_windows(row["windows"]), row["name"])
            except (ValueError, KeyError, AttributeError) as fault:
                raise ValueError(f"{path.name}, line {rows.line_num}: {fault}") from fault
    return overrides
