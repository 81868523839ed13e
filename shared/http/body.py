"""A command's fields as they come from outside: validated all at once, with every fault and its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any, NotRequired, Required, get_type_hints

from babel.numbers import is_currency
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticKnownError, SchemaValidator, core_schema
from typing_extensions import TypedDict

from shared.contracts.values import LONGEST_LINE, Code, Money
from shared.http.numerals import UnreadableNumber, read_number, read_plain
from shared.http.problems import FieldProblem, Problem
from shared.money import is_payable, places_of
from shared.text.characters import misplaced

FILLED_IN = frozenset({"by", "serial"})
"""Fields that the door and the gate fill in, never a body."""
typed_dict: Any = TypedDict
MOST_PLACES = 6
MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Body:
    """The shape of a command's body. ``adapter`` describes it; the readers validate to a dict of what was given."""

    command: type
    adapter: TypeAdapter[dict[str, Any]]
    json_reader: SchemaValidator
    form_reader: SchemaValidator

    def read_json(self, raw: bytes) -> dict[str, Any]:
        """The fields in a JSON object. Raises Problem 400 for what is no JSON, 422 with every field at fault."""
        try:
            values = self.json_reader.validate_json(raw, strict=True)
        except ValidationError as error:
            raise refused_body(error) from None
        return checked(values)

    def read_form(self, filled: Mapping[str, Any]) -> dict[str, Any]:
        """The fields in a form's nested values, numbers and dates as people write them. Raises Problem 422."""
        try:
            values = self.form_reader.validate_python(filled)
        except ValidationError as error:
            raise refused_body(error) from None
        return checked(values)


BODIES: dict[tuple[type, bool], Body] = {}


def body_of(command: type, with_site: bool = False) -> Body:
    """The body of a command class, made once; one that creates a case also names the ``site``."""
    if (command, with_site) not in BODIES:
        BODIES[command, with_site] = made_body(command, with_site)
    return BODIES[command, with_site]


def made_body(command: Any, with_site: bool) -> Body:
    """The body of a command class, from its fields and their types."""
    hints = get_type_hints(command, include_extras=True)
    shape: dict[str, Any] = {"site": Required[Code]} if with_site else {}
    for each in fields(command):
        if each.name not in FILLED_IN:
            optional = each.default is not MISSING or each.default_factory is not MISSING
            shape[each.name] = NotRequired[hints[each.name]] if optional else Required[hints[each.name]]
    made = typed_dict(command.__name__, shape)
    made.__doc__ = command.__doc__
    made.__pydantic_config__ = ConfigDict(extra="forbid")
    adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(made)
    schema = adapter.core_schema
    return Body(
        command,
        adapter,
        SchemaValidator(with_readers(schema, {"decimal": decimal_of_json})),
        SchemaValidator(with_readers(schema, {"decimal": typed_number, "int": typed_number})),
    )


def with_readers(schema: Any, numbers: Mapping[str, Callable[[Any], Any]]) -> Any:
    """A schema whose texts and numbers are read as ours are, wherever they are in it.

    Numbers by these readers, by their type: pydantic's own take ``1_0`` and ``٣``. Texts without the blanks around
    them, and with no character that a text, or a line, may not have.
    """
    match schema:
        case {"type": str(kind)} if kind in numbers:
            return core_schema.no_info_before_validator_function(numbers[kind], schema)
        case {"type": "str"}:
            line = schema.get("max_length", LONGEST_LINE + 1) <= LONGEST_LINE
            stripped = {**schema, "strip_whitespace": True}
            return core_schema.no_info_after_validator_function(readable_line if line else readable_text, stripped)
        case dict():
            return {key: with_readers(part, numbers) for key, part in schema.items()}
        case list():
            return [with_readers(part, numbers) for part in schema]
    return schema


def readable_line(text: str) -> str:
    """The same line; a character that it may not have as an error that pydantic places."""
    return readable(text, line=True)


def readable_text(text: str) -> str:
    """The same text; a character that it may not have as an error that pydantic places."""
    return readable(text, line=False)


def readable(text: str, *, line: bool) -> str:
    """The same text; what it may not have as an error that pydantic places."""
    if found := misplaced(text, line=line):
        raise PydanticCustomError(found.kind, "no text", {"character": found.character, "place": found.place})
    return text


def typed_number(value: Any) -> Any:
    """What a person typed for a number, as a plain one."""
    return format(number_in(value, read_number), "f") if isinstance(value, str) else value


def decimal_of_json(value: Any) -> Decimal:
    """A decimal in JSON: a number, or the same as a text."""
    if isinstance(value, str):
        return number_in(value, read_plain)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("decimal_type")
    return Decimal(repr(value))


def number_in(text: str, read: Callable[[str], Decimal]) -> Decimal:
    """The number of a text; what is none as an error that pydantic places."""
    try:
        return read(text)
    except UnreadableNumber as fault:
        if fault.code == "grouping":
            raise PydanticCustomError("number_grouping", "wrong groups", {"text": text}) from None
        raise PydanticKnownError("decimal_parsing") from None


def refused_body(error: ValidationError) -> Problem:
    """Everything that pydantic found, as one problem."""
    found = error.errors(include_url=False, include_input=False)
    if any(each["type"] == "json_invalid" for each in found):
        return Problem(400, "problem.json_invalid", error=found[0].get("ctx", {}).get("error", ""))
    return invalid(*(FieldProblem(place_of(each["loc"]), f"problem.{code_of(each)}", told_of(each)) for each in found))


def place_of(location: tuple[int | str, ...]) -> str:
    """The path of a field at fault; a wrong key of a dict is a matter of the dict."""
    return ".".join(map(str, location[:-2] if location[-1:] == ("[key]",) else location))


def code_of(error: ErrorDetails) -> str:
    """What is wrong; a text of blanks only was not filled in."""
    empty = error["type"] == "string_too_short" and error.get("ctx", {}).get("min_length") == 1
    return "missing" if empty else error["type"]


def invalid(*wrong: FieldProblem) -> Problem:
    """A body whose fields are at fault."""
    return Problem(422, "problem.invalid", fields=wrong)


def told_of(error: ErrorDetails) -> dict[str, Any]:
    """The parts of an error's context that words can be filled with."""
    context = error.get("ctx", {})
    return {key: value for key, value in context.items() if isinstance(value, str | int | float | Decimal)}


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """The same values. Raises Problem 422 for numbers beyond any use, and for currencies that there are not."""
    if wrong := tuple(faults(values, "")):
        raise invalid(*wrong)
    return values


def faults(value: Any, path: str) -> Iterator[FieldProblem]:
    """What types alone do not refuse, wherever it is in a value."""
    if isinstance(value, Decimal):
        if value.adjusted() >= MOST_DIGITS or int(value.as_tuple().exponent) < -MOST_PLACES:
            yield FieldProblem(path, "problem.number_out_of_range", {"digits": MOST_DIGITS, "places": MOST_PLACES})
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from faults(part, below(path, key))
    elif isinstance(value, tuple | list):
        for place, part in enumerate(value):
            yield from faults(part, below(path, place))
    elif isinstance(value, Money):
        yield from faults(value.amount, below(path, "amount"))
        if not is_currency(value.currency):
            yield FieldProblem(below(path, "currency"), "problem.currency", {"currency": value.currency})
        elif not is_payable(value.amount, value.currency):
            told = {"currency": value.currency, "places": places_of(value.currency)}
            yield FieldProblem(below(path, "amount"), "problem.too_many_decimals", told)
    elif is_dataclass(value):
        for each in fields(value):
            yield from faults(getattr(value, each.name), below(path, each.name))


def below(path: str, part: object) -> str:
    """The path of a part of a value."""
    return f"{path}.{part}" if path else str(part)
