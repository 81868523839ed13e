"""What people do with a case: fill in and finish a stage, choose an outcome, put a clock off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.contracts.refused import Refused
from shared.regulation.course.holders import HEAD, belongs, outranks
from shared.regulation.course.moves import Course, Result
from shared.regulation.course.record import CaseRecord, Extended, Holder, Round
from shared.regulation.language.expressions import Values, evaluate, holds
from shared.regulation.language.fields import NUMBERS, TODAY, PackField
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Stage


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: their unit, their level, whether they lead the unit."""

    name: str
    unit: str
    level: str = ""
    leads: bool = False


def finish(
    course: Course,
    case: CaseRecord,
    stage: str,
    by: Person,
    filled: Mapping[str, Any],
    now: datetime,
    outcome: str = "",
) -> Result:
    """Fill in a stage's form, choose its outcome, and see what follows.

    Raises Refused: ``unknown-stage``, ``stage-not-open``, ``wrong-department``, ``level-too-low``, ``not-by``,
    ``unknown-choice``, and ``fields-wrong`` with what is wrong with each field.
    """
    asked = course.stages.get(stage)
    if asked is None:
        raise Refused("unknown-stage", "", stage=stage)
    cite = course.pack.cited(asked.cite)
    if asked.choose and outcome not in asked.choose:
        raise Refused("unknown-choice", cite, fields=("outcome",), value=outcome, choices=list(asked.choose))
    if outcome and not asked.choose:
        raise Refused("unknown-choice", cite, fields=("outcome",), value=outcome, choices=[])
    round = optional_round(course, case, stage, by, now) if asked.during else open_round(course, case, stage, by)
    for other in asked.not_by:
        if any(each.by == by.name for each in case.latest(other)):
            raise Refused("not-by", cite, person=by.name, stage=other)
    values = read_form(course.pack, asked, outcome, filled, case.values, now)
    done = replace(round, closed=now, outcome=outcome, by=by.name, filled=values)
    return course.settle(*course.close(case, done, now), now)


def open_round(course: Course, case: CaseRecord, stage: str, by: Person) -> Round:
    """The open round of a stage that this person may do. Raises Refused."""
    cite = course.pack.cited(course.stages[stage].cite)
    waiting = [each for each in case.open if each.stage == stage]
    if not waiting:
        raise Refused("stage-not-open", cite, stages=[stage])
    theirs = [each for each in waiting if _may_have(course.pack, each.holder, by)]
    if not theirs:
        raise Refused("wrong-department", cite, department=by.unit, expected=[str(each.holder) for each in waiting])
    high = [
        each
        for each in theirs
        if outranks(course.pack, HEAD if by.leads and each.holder.level == HEAD else by.level, each.holder.level)
    ]
    if not high:
        raise Refused("level-too-low", cite, level=by.level, required=theirs[0].holder.level)
    return high[0]


def optional_round(course: Course, case: CaseRecord, stage: str, by: Person, now: datetime) -> Round:
    """A round of a stage that may be done as often as needed while another is open. Raises Refused."""
    asked = course.stages[stage]
    cite = course.pack.cited(asked.cite)
    if case.ended is not None or not (asked.during and case.is_open(asked.during)):
        raise Refused("stage-not-open", cite, stages=[asked.during])
    opened, _ = course.open(case, stage, now)
    return open_round(course, opened, stage, by)


def _may_have(pack: Pack, holder: Holder, by: Person) -> bool:
    if holder.person:
        return holder.person == by.name
    return belongs(pack, by.unit, holder.unit)


def extend(
    course: Course, case: CaseRecord, stage: str, by: Person, reason: str, now: datetime, clock: int = 0
) -> Result:
    """Put a clock of an open stage off, as the pack allows. Raises Refused: ``no-extension``, ``extended-too-often``,
    ``too-late-to-extend``, ``reason-missing``, and as :func:`open_round`."""
    asked = course.stages[stage]
    cite = course.pack.cited(asked.cite)
    allowed = asked.due[clock].extends if clock < len(asked.due) else None
    round = open_round(course, case, stage, by)
    if allowed is None or allowed.by is None:
        raise Refused("no-extension", cite, stage=stage)
    given = [each for each in case.extensions if each.round == round.key and each.clock == clock]
    if len(given) >= allowed.times:
        raise Refused("extended-too-often", cite, times=allowed.times)
    if any(each.clock == clock and each.at <= now for each in round.dues):
        raise Refused("too-late-to-extend", cite, stage=stage)
    if allowed.reason == "required" and not reason.strip():
        raise Refused("reason-missing", cite, fields=("reason",))
    granted = Extended(round.key, clock, str(allowed.by), now, reason)
    return course.settle(replace(case, extensions=(*case.extensions, granted)), (), now)


def read_form(
    pack: Pack, stage: Stage, outcome: str, filled: Mapping[str, Any], known: Values, now: datetime
) -> dict[str, Any]:
    """The fields of a stage as they are recorded: what was filled in, defaults, and what is computed from them.

    Raises Refused ``fields-wrong``: field -> what is wrong with it.
    """
    asked = (*stage.form, *(stage.choose[outcome].form if outcome else ()))
    wrong: dict[str, str] = {name: "is not asked here" for name in filled if name not in asked}
    values: dict[str, Any] = {}
    for name in asked:
        try:
            value = read_value(pack, pack.fields[name], filled.get(name))
        except ValueError as fault:
            wrong[name] = str(fault)
            continue
        if value not in (None, "", ()):
            values[name] = value
    after = {**known, **values}
    wrong |= {name: why for name, why in _faults(pack, asked, values, after, now) if name not in wrong}
    for needs in (stage.needs, stage.choose[outcome].needs if outcome else None):
        if needs is not None and not wrong and not holds(needs.expression, after, pack.facts):
            wrong[asked[0] if asked else "form"] = f"lacks: {needs}"
    if wrong:
        raise Refused("fields-wrong", pack.cited(stage.cite), fields=tuple(wrong), faults=wrong)
    return values | computed(pack, after)


def _faults(
    pack: Pack, asked: tuple[str, ...], values: Values, after: Values, now: datetime
) -> Iterator[tuple[str, str]]:
    for name in asked:
        spec = pack.fields[name]
        if name not in values:
            if spec.required is not None and holds(spec.required.expression, after, pack.facts):
                yield name, "is missing"
            continue
        size = len(values[name]) if isinstance(values[name], tuple) else values[name]
        if isinstance(size, Decimal | int) and not isinstance(size, bool):
            if spec.at_least is not None and size < spec.at_least:
                yield name, f"is less than {spec.at_least}"
            if spec.at_most is not None and size > spec.at_most:
                yield name, f"is more than {spec.at_most}"
        if spec.check is not None and not holds(spec.check.expression, {**after, TODAY: now.date()}, pack.facts):
            yield name, spec.says.parts[-1] if spec.says else f"must be so: {spec.check}"


def computed(pack: Pack, known: Values) -> dict[str, Any]:
    """What the pack computes from what is known."""
    found: dict[str, Any] = {}
    for name, spec in pack.fields.items():
        if spec.computed is not None:
            value = evaluate(spec.computed.expression, {**known, **found}, pack.facts)
            if value is not None and known.get(name) != value:
                found[name] = value.quantize(Decimal("0.01")) if spec.type == "money" else value
    return found


def read_value(pack: Pack, spec: PackField, written: Any) -> Any:
    """What was filled in, as its type. Raises ValueError in words."""
    if written in (None, "", (), []):
        return read_value(pack, spec, spec.default) if spec.default is not None else None
    if spec.type in NUMBERS:
        try:
            number = Decimal(str(written))
        except InvalidOperation:
            raise ValueError(f"{written!r} is no number") from None
        if not number.is_finite():
            raise ValueError(f"{written!r} is no number")
        return number
    match spec.type:
        case "yesno":
            if str(written).lower() not in ("yes", "no", "true", "false"):
                raise ValueError("is yes or no")
            return str(written).lower() in ("yes", "true")
        case "choice":
            if written not in spec.codes:
                raise ValueError(f"{written!r} is none of {', '.join(spec.codes)}")
            return written
        case "unit":
            return _unit(pack, spec, str(written))
        case "units":
            told = written if isinstance(written, list | tuple) else str(written).split()
            return tuple(dict.fromkeys(_unit(pack, spec, str(each)) for each in told))
        case "date":
            return written if isinstance(written, date) else date.fromisoformat(str(written))
        case "moment":
            return _moment(written)
        case "files" | "list":
            return tuple(written) if isinstance(written, list | tuple) else (str(written),)
    return str(written)


def _unit(pack: Pack, spec: PackField, code: str) -> str:
    allowed = pack.units[spec.of].members if isinstance(spec.of, str) else tuple(pack.units)
    if code not in allowed:
        raise ValueError(f"{code!r} is none of {', '.join(allowed)}")
    return code


def _moment(written: Any) -> datetime:
    moment = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment
