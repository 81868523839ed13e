"""The linter's look at names: whatever a pack refers to is there, and what is there is asked for."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from shared.regulation.language.basics import Guard
from shared.regulation.language.document import Path
from shared.regulation.language.expressions import names as names_in
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Clock, Related, Rung, Stage, TimeTable
from shared.regulation.language.who import AnyOf, AtLevel, Doer, Each, Head, LookedUp, Named, Who
from shared.regulation.lint.findings import Observation, unknown

KINDS = {
    "field": "fields", "unit": "units", "level": "levels", "table": "tables", "share": "shares", "series": "series",
    "document": "documents", "party": "parties",
}  # fmt: skip
"""What must be asked for, and its section."""


class Reference(NamedTuple):
    """A name that stands somewhere, and the kinds of things of which it may be one."""

    kinds: tuple[str, ...]
    name: str
    path: Path


def check_names(pack: Pack) -> Iterator[Observation]:
    """Findings ``unknown`` and ``unused``."""
    known = things(pack)
    asked: set[tuple[str, str]] = set()
    for reference in references(pack):
        found = [kind for kind in reference.kinds if reference.name in known[kind]]
        asked.update((kind, reference.name) for kind in found)
        if not found:
            candidates = [name for kind in reference.kinds for name in known[kind]]
            yield unknown(" or ".join(reference.kinds), reference.name, candidates, reference.path)
    for kind, section in KINDS.items():
        for name, said in getattr(pack, section).items():
            if (kind, name) not in asked and not getattr(said, "computed", None):
                yield Observation("unused", (section, name), f"nothing asks for the {kind} {name!r}")


def things(pack: Pack) -> Mapping[str, Collection[str]]:
    """Everything that can be named, by kind."""
    stages = {name: stage for course in (pack.stages, *pack.courses.values()) for name, stage in course.items()}
    return {
        "field": pack.facts,
        "unit": pack.units,
        "level": pack.levels,
        "table": pack.tables,
        "share": pack.shares,
        "series": pack.series,
        "document": pack.documents,
        "party": pack.parties,
        "stage": stages,
        "outcome": [f"{name}.{code}" for name, stage in stages.items() for code in stage.choose],
        "kind": pack.courses,
    }


def references(pack: Pack) -> Iterator[Reference]:
    """Every name that a pack refers to."""
    for name, unit in pack.units.items():
        yield from _all(("unit",), unit.members, ("units", name, "members"))
    for name, level in pack.levels.items():
        yield from _all(("unit",), [level.unit] if level.unit else [], ("levels", name, "unit"))
    yield from _of_fields(pack)
    yield from _of_tables(pack)
    for share_name, share in pack.shares.items():
        if isinstance(share.within, TimeTable):
            yield Reference(("field",), share.within.of, ("shares", share_name, "within"))
    for stage_name, stage in pack.stages.items():
        yield from _of_stage(pack, stage, ("stages", stage_name))
    for kind_name, kind in pack.kinds.items():
        path: Path = ("kinds", kind_name)
        for stage_name, stage in kind.stages.items():
            yield from _of_stage(pack, stage, (*path, "stages", stage_name))
        yield from _of_who(kind.by, (*path, "by"))
        yield from _all(("field",), kind.form, (*path, "form"))
        yield from _all(("kind",), kind.gathers, (*path, "gathers"))
        yield from _all(("series",), [kind.numbered] if kind.numbered else [], (*path, "numbered"))
        for place, clock in enumerate(kind.due):
            yield from _of_clock(clock, (*path, "due", place))
        if kind.opens and kind.opens.each:
            yield Reference(("unit",), kind.opens.each, (*path, "opens", "each"))
    yield from _of_the_rest(pack)


def _of_fields(pack: Pack) -> Iterator[Reference]:
    for name, spec in pack.fields.items():
        path: Path = ("fields", name)
        if isinstance(spec.of, str):
            yield Reference(("unit",), spec.of, (*path, "of"))
        for word, guard in (("required", spec.required), ("check", spec.check), ("is", spec.computed)):
            yield from _read_by(pack, guard, (*path, word))


def _of_tables(pack: Pack) -> Iterator[Reference]:
    for name, table in pack.tables.items():
        path: Path = ("tables", name)
        yield from _all(("field",), table.of, (*path, "of"))
        for place, row in enumerate(table.rows):
            if table.gives in ("level", "unit"):
                yield Reference((table.gives,), str(row.gives), (*path, "rows", place, "is"))
            if isinstance(row.values, dict):
                yield from _all(("field",), row.values, (*path, "rows", place, "for"))


def _of_stage(pack: Pack, stage: Stage, path: Path) -> Iterator[Reference]:
    yield from _of_who(stage.by, (*path, "by"))
    yield from _of_who(stage.recorded_by, (*path, "recorded_by"))
    yield from _all(("party",), [stage.party] if stage.party else [], (*path, "from"))
    yield from _all(("kind",), stage.kinds, (*path, "for"))
    for reference in stage.after.references if stage.after else ():
        yield from _of_outcome(reference, (*path, "after"))
    for word, code in (("while", stage.during), ("until", stage.until)):
        yield from _all(("stage",), [code] if code else [], (*path, word))
    yield from _all(("field",), stage.form, (*path, "form"))
    yield from _all(("field",), stage.conveys, (*path, "conveys"))
    for who in stage.conveys_to:
        yield from _of_who(who, (*path, "conveys_to"))
    yield from _all(("level",), [stage.least] if stage.least else [], (*path, "least"))
    yield from _all(("stage",), stage.not_by, (*path, "not_by"))
    yield from _all(("stage",), stage.reopens, (*path, "reopens"))
    yield from _all(("series",), [stage.numbered] if stage.numbered else [], (*path, "numbered"))
    yield from _all(("document",), [stage.document] if stage.document else [], (*path, "document"))
    for begun in stage.begins:
        yield Reference(
            *(("kind",), begun.kind) if isinstance(begun, Related) else (("stage",), begun), (*path, "begins")
        )
        if isinstance(begun, Related):
            yield from _all(("field",), begun.carries, (*path, "begins"))
    for code, outcome in stage.choose.items():
        inside: Path = (*path, "choose", code)
        yield from _all(("field",), outcome.form, (*inside, "form"))
        yield from _all(("stage",), outcome.reopens, (*inside, "reopens"))
        yield from _all(("stage",), outcome.begins, (*inside, "begins"))
        yield from _read_by(pack, outcome.needs, (*inside, "needs"))
    for place, clock in enumerate(stage.due):
        yield from _of_clock(clock, (*path, "due", place))
    for place, rung in enumerate(stage.late or ()):
        yield from _of_rung(rung, (*path, "late", place))
    for word, guard in (("when", stage.when), ("needs", stage.needs)):
        yield from _read_by(pack, guard, (*path, word))


def _read_by(pack: Pack, guard: Guard | None, path: Path) -> Iterator[Reference]:
    """The fields that a guard reads; what else it names is looked at with the guards."""
    for each in names_in(guard.expression) if guard else ():
        if each.name in pack.fields:
            yield Reference(("field",), each.name, path)


def _of_outcome(reference: str, path: Path) -> Iterator[Reference]:
    """A stage, or one of its outcomes."""
    stage, _, outcome = reference.partition(".")
    yield Reference(("stage",), stage, path)
    if outcome:
        yield Reference(("outcome",), reference, path)


def _of_clock(clock: Clock, path: Path) -> Iterator[Reference]:
    if isinstance(clock.within, TimeTable):
        yield Reference(("field",), clock.within.of, (*path, "within"))
    for word, code in (("promised", clock.promised), ("given", clock.given)):
        yield from _all(("field",), [code] if code else [], (*path, word))
    yield from _all(("share",), [clock.share] if clock.share else [], (*path, "share"))
    yield from _all(("stage",), clock.pauses, (*path, "pauses"))
    yield from _all(("stage",), clock.restarts_on, (*path, "restarts_on"))
    if clock.start and clock.start != "case":
        yield Reference(("stage", "field"), clock.start.removesuffix(".begun"), (*path, "from"))
    if clock.extends:
        yield from _of_who(clock.extends.granted_by, (*path, "extends", "granted_by"))
        if clock.extends.asked_by != "owner":
            yield Reference(("unit",), clock.extends.asked_by, (*path, "extends", "asked_by"))


def _of_rung(rung: Rung, path: Path) -> Iterator[Reference]:
    yield from _all(("stage",), [rung.begins] if rung.begins else [], (*path, "begins"))
    yield from _all(("kind",), [rung.opens] if rung.opens else [], (*path, "opens"))
    yield from _all(("series",), [rung.slip] if rung.slip else [], (*path, "slip"))
    for who in rung.tell:
        if who not in (Named("owner"), Head("owner")):
            yield from _of_who(who, (*path, "tell"))


def _of_the_rest(pack: Pack) -> Iterator[Reference]:
    for place, rung in enumerate(pack.late):
        yield from _of_rung(rung, ("late", place))
    for name, watch in pack.watches.items():
        yield from _all(("field",), watch.same, ("watches", name, "same"))
        yield from _all(("field",), watch.sets, ("watches", name, "sets"))
        yield from _all(("stage",), [watch.begins] if watch.begins else [], ("watches", name, "begins"))
        yield from _all(("kind",), [watch.opens] if watch.opens else [], ("watches", name, "opens"))
    for name, document in pack.documents.items():
        yield from _all(("field",), document.fields, ("documents", name, "fields"))
        yield from _all(("series",), [document.numbered] if document.numbered else [], ("documents", name, "numbered"))
        for who in (*document.signed_by, *document.copies):
            yield from _of_who(who, ("documents", name))
    for name, report in pack.reports.items():
        yield Reference(("kind",), report.counts, ("reports", name, "counts"))
        yield from _all(
            ("field", "unit", "stage"), [each for each in report.by if each not in GROUPS], ("reports", name, "by")
        )
    for name, who_sees in pack.confidential.items():
        yield Reference(("field", "kind"), name, ("confidential", name))
        yield from _all(("unit", "level"), [each for each in who_sees if each != "never"], ("confidential", name))
    yield from (Reference(("kind",), name, ("retention", name)) for name in pack.retention)


GROUPS = frozenset({"department", "site", "kind"})
"""By what figures can be told beside fields."""


def _of_who(who: Who | None, path: Path) -> Iterator[Reference]:
    match who:
        case Named(name):
            yield Reference(("unit", "field", "level", "party"), name, path)
        case Head(unit):
            yield Reference(("unit", "field"), unit, path)
        case Doer(stage):
            yield Reference(("stage",), stage, path)
        case Each(units) | AnyOf(units):
            yield from _all(("unit", "field"), units, path)
        case AtLevel(level, table):
            yield Reference(*(("level",), level) if level else (("table",), table), path)
        case LookedUp(field, units, table):
            if table:
                yield Reference(("table",), table, path)
            else:
                yield Reference(("field",), field, path)
                yield from _all(("unit", "level"), [unit for _, unit in units], path)


def _all(kinds: tuple[str, ...], names: Collection[str], path: Path) -> Iterator[Reference]:
    return (Reference(kinds, name, path) for name in names)
