"""Goes through a sheet and says of every row whether it can be sent, and if not, why."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from deploy.importing.filling import FieldFault, FilledRow, Filler
from deploy.importing.sheet import SourceSheet

Check = Callable[[dict[str, Any]], tuple[FieldFault, ...]]
"""A further look at a body that the mapping found nothing wrong with."""


def accept(body: dict[str, Any]) -> tuple[FieldFault, ...]:
    """The look that finds nothing: the server decides."""
    return ()


def checked(sheet: SourceSheet, filler: Filler, check: Check = accept) -> Iterator[FilledRow]:
    """Every row as a form with all its faults, in the sheet's order; a key may occur once."""
    lines: dict[str, int] = {}
    for row in sheet.rows():
        filled = filler.fill(row)
        first = lines.setdefault(filled.key, filled.line) if filled.key else filled.line
        if first != filled.line:
            filled = replace(
                filled, faults=(*filled.faults, FieldFault("", f"has the key {filled.key} of line {first}"))
            )
        yield filled if filled.faults else replace(filled, faults=check(filled.body))
