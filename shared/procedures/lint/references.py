"""The linter's look at names: whatever a pack refers to must be there, once, and be asked for."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import Any, NamedTuple

from shared.contracts.event import declarations, registry
from shared.procedures.language.lines import Place
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import SharedLimit, Stage
from shared.procedures.language.words import ByFact, Department, Each, NamedBy, TimeLimit, When
from shared.procedures.lint.findings import Found


class Reference(NamedTuple):
    """A name that stands somewhere and must be found in a list of its kind."""

    kind: str
    name: str
    place: Place


def check_names(pack: Pack) -> Iterator[Found]:
    """Findings ``unknown``, ``unused`` and ``twice``."""
    known = _known(pack)
    asked = tuple(references(pack))
    for kind, name, place in asked:
        if name not in known[kind]:
            yield Found("unknown", place, f"there is no {kind} {name!r}")
    for kind, section in (("fact", "facts"), ("share", "shares"), ("input", "inputs")):
        for name in sorted(known[kind] - {reference.name for reference in asked if reference.kind == kind}):
            yield Found("unused", (section, name), f"nothing asks for the {kind} {name!r}")
    for stage, times in Counter(stage.stage for stage in pack.stages).items():
        if times > 1:
            last = max(index for index, each in enumerate(pack.stages) if each.stage == stage)
            yield Found("twice", ("stages", last), f"there are {times} stages {stage!r}")


def check_facts(pack: Pack) -> Iterator[Found]:
    """Findings ``fact-never-said``, ``no-such-value``, ``fact-off-list``, ``no-such-field``, ``owner-not-named``."""
    said = {fact for declaration in declarations.values() for fact in declaration.facts}
    for fact in pack.facts:
        if fact not in said:
            yield Found("fact-never-said", ("facts", fact), f"no event says {fact!r}")
    for fact, value, place in _values(pack):
        if fact in pack.facts and value not in pack.values(fact):
            yield Found("no-such-value", place, f"{fact!r} is never {value!r}")
    for place, owner in _owners(pack):
        if isinstance(owner, NamedBy) and owner.named_by in pack.facts:
            yield from _off_list(pack, owner.named_by, place)
    for index, stage in enumerate(pack.stages):
        yield from _endings(stage, ("stages", index))


def _off_list(pack: Pack, fact: str, place: Place) -> Iterator[Found]:
    if off := set(pack.values(fact)) - set(pack.departments):
        yield Found("fact-off-list", place, f"{fact!r} may be {sorted(off)}, which are no departments")


def _endings(stage: Stage, place: Place) -> Iterator[Found]:
    for end in stage.ends:
        said: Any = registry.get((end.event, 1))
        if end.owner and said and end.owner not in said.__dataclass_fields__:
            yield Found("no-such-field", (*place, "ends"), f"{end.event} has no field {end.owner!r}")
        if not end.owner and isinstance(stage.owner, Each):
            yield Found("owner-not-named", (*place, "ends"), f"{end.event} does not say whose {stage.stage!r} ends")


def _known(pack: Pack) -> Mapping[str, Set[str]]:
    return {
        "rule": pack.rules.keys(),
        "department": pack.departments.keys(),
        "level": pack.levels.keys(),
        "stage": {stage.stage for stage in pack.stages},
        "list": {"departments", "levels", "authority", "dispositions", "units", *pack.choices},
        "fact": pack.facts.keys(),
        "event": {name for name, _ in registry},
        "share": pack.shares.keys(),
        "input": pack.inputs.keys(),
        "channel": pack.choices.get("channels", {}).keys(),
        "demand": pack.choices.get("demands", {}).keys(),
        "establishment": pack.choices.get("establishment", {}).keys(),
    }


def references(pack: Pack) -> Iterator[Reference]:
    """Every name that the pack refers to, section by section."""
    for index, stage in enumerate(pack.stages):
        yield from _of_stage(stage, ("stages", index))
    for name, shared in pack.shares.items():
        yield from _of_limit(shared, ("shares", name))
        yield from _of_parts(shared, ("shares", name, "parts"))
    yield from _of_overall(pack)
    for name, act in pack.acts.items():
        place: Place = ("acts", name)
        yield Reference("rule", act.rule, (*place, "rule"))
        yield from _each("stage", act.stages, (*place, "stages"))
        yield from _each("department", act.departments, (*place, "departments"))
        yield from _each("event", (act.says,) if act.says else (), (*place, "says"))
        yield from _each("event", act.after, (*place, "after"))
        yield from _each("level", (act.level,) if act.level else (), (*place, "level"))
    for name, lead in pack.leads.items():
        yield from _of_owner(lead, ("leads", name))
    for fact, values in pack.facts.items():
        yield Reference("list", values, ("facts", fact))
    yield from _of_money(pack)
    yield Reference("rule", pack.form.rule, ("form", "rule"))
    yield from _each("demand", pack.form.undetermined_demands, ("form", "undetermined_demands"))
    yield from _each("channel", pack.form.untold_handling, ("form", "untold_handling"))
    for index, copy in enumerate(pack.copies):
        yield Reference("department", copy.recipient, ("copies", index, "recipient"))


def _of_stage(stage: Stage, place: Place) -> Iterator[Reference]:
    yield Reference("rule", stage.rule, (*place, "rule"))
    yield from _of_owner(stage.owner, (*place, "owner"))
    for beginning in stage.begins:
        yield Reference("event", beginning.event, (*place, "begins"))
        yield from _each("stage", beginning.after, (*place, "begins"))
        yield from _of_condition(beginning.when, (*place, "begins"))
    yield from _each("event", tuple(end.event for end in stage.ends), (*place, "ends"))
    yield from _each("stage", stage.sends_back, (*place, "sends_back"))
    for kind, name in (("level", stage.level), ("fact", stage.authority), ("share", stage.share)):
        if name:
            yield Reference(kind, name, (*place, "authority" if kind == "fact" else kind))
    if stage.limit:
        yield from _of_limit(stage.limit, (*place, "limit"))


def _of_condition(when: When, place: Place) -> Iterator[Reference]:
    yield from _each("fact", tuple(when), place)


def _of_owner(owner: Department | Each, place: Place) -> Iterator[Reference]:
    match owner:
        case Each(each=several):
            yield from _each("department", several, place)
        case ByFact(by=fact, of=table):
            yield Reference("fact", fact, place)
            yield from _each("department", tuple(table.values()), place)
        case NamedBy(named_by=fact):
            yield Reference("fact", fact, place)
        case str():
            yield Reference("department", owner, place)


def _of_limit(limit: TimeLimit, place: Place) -> Iterator[Reference]:
    yield Reference("rule", limit.rule, (*place, "rule"))
    if isinstance(limit.time, ByFact):
        yield Reference("fact", limit.time.by, (*place, "time"))


def _of_parts(shared: SharedLimit, place: Place) -> Iterator[Reference]:
    if isinstance(shared.parts, ByFact):
        yield Reference("fact", shared.parts.by, (*place, "by"))
    for inner, parts in shared.tables:
        yield from _each("stage", tuple(parts), (*place, *inner))


def _of_overall(pack: Pack) -> Iterator[Reference]:
    yield from _of_limit(pack.overall, ("overall",))
    yield Reference("department", pack.overall.owner, ("overall", "owner"))
    yield Reference("event", pack.overall.begins, ("overall", "begins"))
    yield Reference("event", pack.overall.ends, ("overall", "ends"))


def _of_money(pack: Pack) -> Iterator[Reference]:
    yield Reference("rule", pack.authority.rule, ("authority", "rule"))
    for index, bound in enumerate(pack.authority.bounds):
        yield Reference("level", bound.level, ("authority", "bounds", index, "level"))
    for code, disposition in pack.dispositions.items():
        yield Reference("rule", disposition.rule, ("dispositions", code, "rule"))
        yield Reference("establishment", disposition.established, ("dispositions", code))
        yield from _each("input", disposition.inputs, ("dispositions", code))


def _values(pack: Pack) -> Iterator[tuple[str, str, Place]]:
    """Every value that a condition or a table asks a fact for."""
    tables: list[tuple[Place, Any]] = list(_owners(pack))
    tables += [(("shares", name, "time"), limit.time) for name, limit in pack.shares.items()]
    tables += [(("shares", name, "parts"), shared.parts) for name, shared in pack.shares.items()]
    tables += [(("overall", "time"), pack.overall.time)]
    for index, stage in enumerate(pack.stages):
        if stage.limit:
            tables.append((("stages", index, "limit"), stage.limit.time))
        for beginning in stage.begins:
            for fact, values in beginning.when.items():
                yield from ((fact, value, ("stages", index, "begins")) for value in values)
    for place, table in tables:
        if isinstance(table, ByFact):
            yield from ((table.by, value, place) for value in table.of)


def _owners(pack: Pack) -> Iterator[tuple[Place, Any]]:
    for index, stage in enumerate(pack.stages):
        yield ("stages", index, "owner"), stage.owner
    for item, lead in pack.leads.items():
        yield ("leads", item), lead


def _each(kind: str, names: tuple[str, ...], place: Place) -> Iterator[Reference]:
    for name in names:
        yield Reference(kind, name, place)
