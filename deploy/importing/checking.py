"""Goes through a sheet and says of every row whether it can be sent, and if not, why."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from deploy.importing.filling import FieldFault, FilledRow, Filler
from deploy.importing.layout import SourceSheet
from shared.text.normal import normal

Check = Callable[[dict[str, Any]], tuple[FieldFault, ...]]
"""A further look at a body that the mapping found nothing wrong with."""


def accept(body: dict[str, Any]) -> tuple[FieldFault, ...]:
    """The look that finds nothing: the server decides."""
    return ()


def checked(sheet: SourceSheet, filler: Filler, check: Check = accept) -> Iterator[FilledRow]:
    """Every row as a form with all its faults, in the sheet's order.

    A key may occur once. Of rows that look alike the first counts, unless the form says that they were seen: which of
    them the server would hear first is chance.
    """
    keys: dict[str, int] = {}
    seen: dict[tuple[str, ...], int] = {}
    for row in sheet.rows():
        filled = filler.fill(row)
        faults = [*filled.faults]
        if filled.key and (line := keys.setdefault(filled.key, filled.line)) != filled.line:
            faults.append(FieldFault.saying("", "import.same-key", key=filled.key, line=str(line)))
        if not faults and (alike := first_alike(filled, seen)) is not None:
            faults.append(FieldFault.saying("duplicates_seen", "import.alike", line=str(alike)))
        yield replace(filled, faults=tuple(faults) or check(filled.body))


def keyed(sheet: SourceSheet, filler: Filler) -> Iterator[FilledRow]:
    """Every row by its key alone: whatever else is wrong with it, what came of it before has that key."""
    for row in sheet.rows():
        filled = filler.fill(row)
        yield replace(filled, faults=() if filled.key else filled.faults)


def first_alike(filled: FilledRow, seen: dict[tuple[str, ...], int]) -> int | None:
    """The line of an earlier row with the same customer and order, or customer and part; else this one is kept."""
    body = filled.body
    told = [str(body.get(name, "")) for name in ("customer", "order", "part")]
    if body.get("duplicates_seen") or body.get("loss") is False or not all(told):
        return None
    customer, order, part = map(normal, told)
    looks = (("order", customer, order), ("part", customer, part))
    found = next((seen[look] for look in looks if look in seen), None)
    if found is None:
        seen.update(dict.fromkeys(looks, filled.line))
    return found
