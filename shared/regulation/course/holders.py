"""Who has a stage of a case: a pack's words about it, answered by what is known."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shared.regulation.course.record import CaseRecord, Holder
from shared.regulation.language.expressions import Values
from shared.regulation.language.fields import Row, Table
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Stage
from shared.regulation.language.who import AnyOf, AtLevel, Doer, Each, Head, LookedUp, Named, Who

HEAD = "head"
"""The level of whoever leads a unit, whatever the pack's levels are."""


def holders(pack: Pack, stage: Stage, case: CaseRecord) -> tuple[Holder, ...]:
    """Who has it; nobody where what is known gives no answer."""
    if stage.holder is None:
        return ()
    found = _who(pack, stage.holder, case)
    return tuple(dict.fromkeys(_at_least(pack, stage, each) for each in found))


def _who(pack: Pack, who: Who, case: CaseRecord) -> Iterator[Holder]:
    values = case.values
    match who:
        case Named(name):
            yield from _named(pack, name, values)
        case Head(unit):
            yield from (Holder(each.unit, HEAD) for each in _named(pack, unit, values) if each.unit)
        case Doer(stage):
            done = case.latest(stage)
            if done and done[-1].closed:
                yield Holder(done[-1].holder.unit, "", done[-1].by)
        case Each(units):
            for unit in units:
                yield from _named(pack, unit, values)
        case AnyOf(units):
            yield Holder(" ".join(units))
        case AtLevel(level, table):
            found = level or str(answer(pack.tables[table], values) or "")
            if found in pack.levels:
                yield Holder(pack.levels[found].unit or "", found)
        case LookedUp(table=table) if table:
            yield from _named(pack, str(answer(pack.tables[table], values) or ""), values)
        case LookedUp(field, units):
            yield from _named(pack, dict(units).get(str(values.get(field)), ""), values)


def _named(pack: Pack, name: str, values: Values) -> Iterator[Holder]:
    """A unit, a level, or whoever a field names."""
    if name in pack.units:
        yield Holder(name)
    elif name in pack.levels:
        yield Holder(pack.levels[name].unit or "", name)
    elif name in pack.facts and (told := values.get(name)) is not None:
        for each in told if isinstance(told, tuple) else (told,):
            yield Holder(person=each) if pack.facts[name].type == "person" else Holder(each)


def _at_least(pack: Pack, stage: Stage, holder: Holder) -> Holder:
    return Holder(holder.unit, stage.least, holder.person) if stage.least and not holder.level else holder


def belongs(pack: Pack, unit: str, wanted: str) -> bool:
    """Whether a unit is the wanted one, or one of its members; of several, one of them."""
    return not wanted or any(
        unit == each or unit in pack.units[each].members for each in wanted.split() if each in pack.units
    )


def outranks(pack: Pack, level: str, wanted: str) -> bool:
    """Whether a level is the wanted one or above it."""
    ranks = {code: rank for rank, code in enumerate(pack.levels)}
    if wanted == HEAD:
        return level == HEAD
    return not wanted or ranks.get(level, -1) >= ranks.get(wanted, len(ranks))


def answer(table: Table, values: Values) -> Any:
    """What the one row that hits gives; None where no row hits or a value is missing."""
    hits = [row for row in range(len(table.rows)) if hit(table, row, values)]
    return table.rows[hits[0]].gives if hits else None


def hit(table: Table, place: int, values: Values) -> bool:
    """Whether a row hits."""
    row = table.rows[place]
    if any(values.get(name) is None for name in table.of):
        return False
    if isinstance(row.values, dict):
        if any(str(values.get(name)) not in codes for name, codes in row.values.items()):
            return False
    elif row.values and str(values.get(table.of[0])) not in row.values:
        return False
    number = next((values[name] for name in table.of if isinstance(values[name], Decimal)), None)
    return number is None or within(table, place, row, number)


def within(table: Table, place: int, row: Row, number: Decimal) -> bool:
    """Whether a number lies between a row's bounds; one that names no lower bound begins where the row before ends."""
    lower = _lower(table, place, row)
    if lower is not None and not (number > lower[0] if lower[1] else number >= lower[0]):
        return False
    if row.upto is not None and number > row.upto:
        return False
    return not (row.below is not None and number >= row.below)


def _lower(table: Table, place: int, row: Row) -> tuple[Decimal, bool] | None:
    """The lower bound and whether it is outside."""
    if row.over is not None:
        return row.over, True
    if row.start is not None:
        return row.start, False
    if place == 0 or row.values:
        return None
    before = table.rows[place - 1]
    if before.upto is not None:
        return before.upto, True
    return (before.below, False) if before.below is not None else None
