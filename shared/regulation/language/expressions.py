"""Guards and formulas: a small total language over the fields of a case.

``complaint_class = quality-anomaly and count(concerns) > 1``. A name is a field if the pack has one of that name,
otherwise a code of a list. What is not known yet compares as false, so every expression has a value at any time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Values = Mapping[str, Any]
"""What is known of a case, by field. A field that several units fill in holds a tuple, one value for each."""

Operator = Literal["or", "and", "=", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/"]
Function = Literal["not", "given", "count", "any", "all", "-"]


@dataclass(frozen=True, slots=True)
class Literally:
    """A number, or ``yes`` and ``no``."""

    value: Decimal | bool
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A field, or a code of a list: which of them, the pack's fields tell."""

    name: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """Codes or numbers to choose from, after ``in``."""

    members: tuple["Expression", ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """``not x``, ``given x``, ``count(x)``, ``any(x = y)``, ``all(x = y)``, ``-x``."""

    function: Function
    operand: "Expression"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """Two expressions with an operator between them."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    at: int = 0


Expression = Literally | Name | Listed | Applied | Joined

SOMEWHERE = Decimal(1)
"""Where two fields that are compared with each other meet, for whoever tries values."""
COMPARING: frozenset[str] = frozenset({"=", "!=", "<", "<=", ">", ">="})


def names(expression: Expression) -> Iterator[Name]:
    """Every name in an expression, fields and codes alike."""
    match expression:
        case Name():
            yield expression
        case Listed(members):
            for member in members:
                yield from names(member)
        case Applied(_, operand):
            yield from names(operand)
        case Joined(_, left, right):
            yield from names(left)
            yield from names(right)


def fields_in(expression: Expression, fields: Mapping[str, object]) -> frozenset[str]:
    """The fields that an expression reads."""
    return frozenset(each.name for each in names(expression) if each.name in fields)


def thresholds(expression: Expression, field: str) -> frozenset[Decimal]:
    """The numbers that a field (or the count of it) is compared with; ``SOMEWHERE`` where it is another field."""
    found: set[Decimal] = set()
    for each in parts(expression):
        if isinstance(each, Joined) and each.operator in COMPARING | {"in"}:
            for one, other in ((each.left, each.right), (each.right, each.left)):
                if any(name.name == field for name in names(one)):
                    found.update(_numbers(other) or ({SOMEWHERE} if isinstance(other, Name) else ()))
    return frozenset(found)


def parts(expression: Expression) -> Iterator[Expression]:
    """An expression and all that stands in it."""
    yield expression
    match expression:
        case Listed(members):
            for member in members:
                yield from parts(member)
        case Applied(_, operand):
            yield from parts(operand)
        case Joined(_, left, right):
            yield from parts(left)
            yield from parts(right)


def holds(expression: Expression, values: Values, fields: Mapping[str, object]) -> bool:
    """Whether a guard is true of what is known."""
    return evaluate(expression, values, fields) is True


def evaluate(expression: Expression, values: Values, fields: Mapping[str, object]) -> Any:
    """The value of an expression, or None where something in it is not known; a comparison is then false."""
    match expression:
        case Literally(value):
            return value
        case Name(name):
            return values.get(name) if name in fields else name
        case Listed(members):
            return tuple(evaluate(member, values, fields) for member in members)
        case Applied("not", operand):
            return evaluate(operand, values, fields) is not True
        case Applied("given", operand):
            return evaluate(operand, values, fields) not in (None, "", ())
        case Applied("count", operand):
            return Decimal(_count(evaluate(operand, values, fields)))
        case Applied("any" | "all" as function, operand):
            return _of_each(function, operand, values, fields)
        case Applied("-", operand):
            number = evaluate(operand, values, fields)
            return -number if isinstance(number, Decimal) else None
        case Joined("and", left, right):
            return evaluate(left, values, fields) is True and evaluate(right, values, fields) is True
        case Joined("or", left, right):
            return evaluate(left, values, fields) is True or evaluate(right, values, fields) is True
        case Joined(operator, left, right):
            return _joined(operator, evaluate(left, values, fields), evaluate(right, values, fields))
    raise AssertionError(expression)


def _joined(operator: Operator, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return False if operator in COMPARING | {"in"} else None
    if operator == "in":
        return left in right
    try:
        return OPERATIONS[operator](left, right)
    except (TypeError, ArithmeticError):
        return False if operator in COMPARING else None


OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


def _of_each(function: str, operand: Expression, values: Values, fields: Mapping[str, object]) -> bool:
    """Whether a comparison holds for any, or for all, of the values that several units gave."""
    several = [each for each in fields_in(operand, fields) if isinstance(values.get(each), tuple)]
    if not several:
        return evaluate(operand, values, fields) is True
    rows = zip(*(values[each] for each in several), strict=False)
    told = [evaluate(operand, {**values, **dict(zip(several, row, strict=True))}, fields) is True for row in rows]
    return any(told) if function == "any" else bool(told) and all(told)


def _count(value: Any) -> int:
    if value in (None, ""):
        return 0
    return len(value) if isinstance(value, tuple) else 1


def _numbers(expression: Expression) -> set[Decimal]:
    literals = (each.value for each in parts(expression) if isinstance(each, Literally))
    return {value for value in literals if isinstance(value, Decimal)}
