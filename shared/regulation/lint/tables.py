"""The linter's proof of tables: for whatever values, exactly one row hits."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from shared.regulation.course.holders import hit
from shared.regulation.language.fields import NUMBERS, PackField, Table
from shared.regulation.language.model import Pack
from shared.regulation.lint.findings import Observation, unknown

FINEST = Decimal("0.01")
"""How close to a bound a number is tried."""


def check_tables(pack: Pack) -> Iterator[Observation]:
    """Findings ``table-gap``, ``table-overlap`` and ``no-such-value``, each table's first of a kind for each row."""
    for name, table in pack.tables.items():
        if all(field in pack.fields for field in table.of):
            faults = list(_values(pack, name, table))
            yield from faults or _rows(pack, name, table)


def _values(pack: Pack, name: str, table: Table) -> Iterator[Observation]:
    """Values that a field never has."""
    for place, row in enumerate(table.rows):
        asked = row.values if isinstance(row.values, dict) else {table.of[0]: row.values}
        for field, codes in asked.items():
            spec = pack.fields.get(field)
            known = codes_of(pack, spec) if spec else ()
            for code in codes if known else ():
                if code not in known:
                    near = unknown("value", code, known, ()).message.partition(";")[2]
                    says = f"{field!r} is never {code!r}" + (f";{near}" if near else f": {', '.join(known)}")
                    yield Observation("no-such-value", ("tables", name, "rows", place), says)


def _rows(pack: Pack, name: str, table: Table) -> Iterator[Observation]:
    told: set[tuple[str, int]] = set()
    for values in product(*(tried(pack, table, field) for field in table.of)):
        known = dict(zip(table.of, values, strict=True))
        hits = [place for place in range(len(table.rows)) if hit(table, place, known)]
        if len(hits) == 1:
            continue
        code, place = ("table-overlap", hits[1]) if hits else ("table-gap", 0)
        if (code, place) not in told:
            told.add((code, place))
            says = (
                f"{' and '.join(str(table.rows[each].gives) for each in hits)} are both given"
                if hits
                else "nothing is given"
            )
            path = ("tables", name, "rows", place) if hits else ("tables", name)
            yield Observation(code, path, f"{says} for {in_words(known)}")


def tried(pack: Pack, table: Table, field: str) -> Sequence[Any]:
    """The values of a field that are enough to try: its codes, or numbers at, below and above each bound."""
    spec = pack.fields[field]
    if spec.type in NUMBERS:
        return around(bounds_of(table), spec)
    return codes_of(pack, spec) or ("anything",)


def bounds_of(table: Table) -> frozenset[Decimal]:
    """Every number that a row of a table begins or ends at."""
    written = (bound for row in table.rows for bound in (row.over, row.start, row.upto, row.below))
    return frozenset(bound for bound in written if bound is not None)


def around(bounds: frozenset[Decimal], spec: PackField) -> tuple[Decimal, ...]:
    """Numbers at, just below and just above each bound, within what the field may be; money is to the cent."""
    step = FINEST if spec.type == "money" else Decimal("0.001")
    least = spec.at_least if spec.at_least is not None else Decimal(0)
    numbers = {least, *bounds, *(each + step for each in bounds), *(each - step for each in bounds)}
    most = spec.at_most
    return tuple(sorted(each for each in numbers if each >= least and (most is None or each <= most)))


def codes_of(pack: Pack, spec: PackField) -> tuple[str, ...]:
    """The values of a field that has few."""
    match spec.type:
        case "choice":
            return spec.codes
        case "unit" | "units":
            return (
                pack.units[spec.of].members if isinstance(spec.of, str) and spec.of in pack.units else tuple(pack.units)
            )
        case "yesno":
            return ("True", "False")
    return ()


def in_words(known: Mapping[str, Any]) -> str:
    """``amount = 10000.01, plant = huangwu``."""
    return ", ".join(f"{field} = {value}" for field, value in known.items())
