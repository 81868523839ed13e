"""The linter's look at guards: every name is a field or one of its values, and what is compared can be."""

from collections.abc import Iterator
from typing import Literal

from shared.regulation.language.basics import Guard
from shared.regulation.language.document import Path
from shared.regulation.language.expressions import Applied, Expression, Joined, Listed, Literally, Name
from shared.regulation.language.fields import NUMBERS
from shared.regulation.language.model import Pack
from shared.regulation.language.who import Each
from shared.regulation.lint.findings import Observation, unknown

Type = Literal["number", "truth", "code", "text", "date", "several", "unknown"]


def check_guards(pack: Pack) -> Iterator[Observation]:
    """Findings ``unknown``, ``no-such-value``, ``no-guard`` and ``one-of-several``."""
    for path, guard, wanted in guards(pack):
        yield from _Checker(pack, path).check(guard, wanted)


def guards(pack: Pack) -> Iterator[tuple[Path, Guard, Type]]:
    """Every guard and formula with its place, and what it must come to."""
    for name, spec in pack.fields.items():
        for word, guard in (("required", spec.required), ("check", spec.check)):
            if guard:
                yield ("fields", name, word), guard, "truth"
        if spec.computed:
            yield ("fields", name, "is"), spec.computed, "number" if spec.type in NUMBERS else "unknown"
    groups: list[tuple[Path, object]] = [(("stages",), pack.stages)]
    groups += [(("kinds", code, "stages"), kind.stages) for code, kind in pack.kinds.items()]
    for path, stages in groups:
        for name, stage in stages.items():  # type: ignore[attr-defined]
            for word, guard in (("when", stage.when), ("needs", stage.needs)):
                if guard:
                    yield (*path, name, word), guard, "truth"
            for code, outcome in stage.choose.items():
                if outcome.needs:
                    yield (*path, name, "choose", code, "needs"), outcome.needs, "truth"


def filled_by_each(pack: Pack) -> frozenset[str]:
    """The fields that each of several units fills in."""
    stages = [stage for course in pack.courses.values() for stage in course.values()]
    return frozenset(name for stage in stages if isinstance(stage.holder, Each) for name in stage.form)


class _Checker:
    def __init__(self, pack: Pack, path: Path) -> None:
        self._pack = pack
        self._path = path
        self._each = filled_by_each(pack)
        self._inside = 0
        self._found: list[Observation] = []

    def check(self, guard: Guard, wanted: Type) -> list[Observation]:
        told = self._type(guard.expression)
        if wanted == "truth" and told not in ("truth", "unknown"):
            self._say("no-guard", f"'{guard}' is neither true nor false")
        if wanted == "number" and told not in ("number", "unknown"):
            self._say("no-guard", f"'{guard}' is no number")
        return self._found

    def _say(self, code: str, message: str) -> None:
        self._found.append(Observation(code, self._path, message))

    def _type(self, expression: Expression) -> Type:
        match expression:
            case Literally(value):
                return "truth" if isinstance(value, bool) else "number"
            case Name(name):
                return self._of_name(name)
            case Listed():
                return "several"
            case Applied("not", operand):
                self._wants("truth", operand)
                return "truth"
            case Applied("given", operand):
                self._given(operand)
                return "truth"
            case Applied("count", operand):
                self._given(operand)
                return "number"
            case Applied("any" | "all", operand):
                self._inside += 1
                self._wants("truth", operand)
                self._inside -= 1
                return "truth"
            case Applied(_, operand):
                self._wants("number", operand)
                return "number"
            case Joined("and" | "or", left, right):
                self._wants("truth", left)
                self._wants("truth", right)
                return "truth"
            case Joined("+" | "-" | "*" | "/", left, right):
                self._wants("number", left)
                self._wants("number", right)
                return "number"
            case Joined(_, left, right):
                self._comparison(expression, left, right)
                return "truth"
        raise AssertionError(expression)

    def _of_name(self, name: str) -> Type:
        spec = self._pack.facts.get(name)
        if spec is None:
            self._found.append(unknown("field", name, self._pack.facts, self._path))
            return "unknown"
        if name in self._each and not self._inside:
            self._say("one-of-several", f"each unit gives its own {name!r}: write any({name} …) or all({name} …)")
        if spec.type in NUMBERS:
            return "number"
        match spec.type:
            case "yesno":
                return "truth"
            case "choice" | "unit":
                return "code"
            case "date" | "moment":
                return "date"
            case "units" | "files" | "list":
                return "several"
        return "text"

    def _given(self, operand: Expression) -> None:
        if isinstance(operand, Name) and operand.name not in self._pack.facts:
            self._found.append(unknown("field", operand.name, self._pack.facts, self._path))

    def _wants(self, wanted: Type, operand: Expression) -> None:
        told = self._type(operand)
        if told not in (wanted, "unknown"):
            self._say("no-guard", f"{WORDS[wanted]} is wanted where {WORDS[told]} stands")

    def _comparison(self, joined: Joined, left: Expression, right: Expression) -> None:
        for one, other in ((left, right), (right, left)):
            if (
                isinstance(one, Name)
                and one.name in self._pack.fields
                and self._pack.fields[one.name].type in ("choice", "unit")
            ):
                self._of_name(one.name)
                self._values(one.name, other)
                if joined.operator not in ("=", "!=", "in"):
                    self._say("no-guard", f"{one.name!r} is one of several values: neither more nor less than another")
                return
        types = {self._type(left), *map(self._type, right.members if isinstance(right, Listed) else (right,))} - {
            "unknown"
        }
        if len(types) > 1:
            self._say("no-guard", f"{' and '.join(sorted(WORDS[each] for each in types))} cannot be compared")

    def _values(self, field: str, other: Expression) -> None:
        spec = self._pack.fields[field]
        codes = spec.codes if spec.type == "choice" else tuple(self._pack.units)
        for each in other.members if isinstance(other, Listed) else (other,):
            if isinstance(each, Name) and each.name in codes:
                continue
            if isinstance(each, Name) and each.name in self._pack.fields:
                continue
            if (
                isinstance(each, Literally)
                and str(each.value).lower().replace("true", "yes").replace("false", "no") in codes
            ):
                continue
            said = each.name if isinstance(each, Name) else "a number"
            near = unknown("value", said, codes, self._path).message.partition(";")[2]
            self._say(
                "no-such-value", f"{field!r} is never {said!r}" + (f";{near}" if near else f": {', '.join(codes)}")
            )


WORDS = {
    "number": "a number",
    "truth": "yes or no",
    "code": "one of several values",
    "text": "a text",
    "date": "a date",
    "several": "a list",
    "unknown": "something unknown",
}
