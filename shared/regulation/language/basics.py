"""What every part of the model is made of: names, texts, guards, times and who, read from plain YAML."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

from shared.regulation.language.expressions import Expression
from shared.regulation.language.parser import NoExpression, parse
from shared.regulation.language.times import Span, Time, read_span, read_time
from shared.regulation.language.who import Who, read_who
from shared.regulation.language.wording import Wording

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60)]
"""A code: lower case, digits, hyphens or underscores, a letter first."""


class Part(BaseModel):
    """A part of a pack: frozen, and no word is accepted that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)


class Guard(str):
    """An expression as it is written, parsed once. Two are the same when their texts are."""

    expression: Expression

    def __new__(cls, text: str) -> "Guard":
        """Raises NoExpression."""
        made = super().__new__(cls, text)
        made.expression = parse(text)
        return made


def _guard(written: Any) -> Guard:
    text = {"true": "yes", "false": "no"}.get(str(written).lower(), str(written))
    try:
        return Guard(text)
    except NoExpression as fault:
        raise ValueError(f"{fault}: {text[: fault.at]}»{text[fault.at :]}") from fault


def several(written: Any) -> Any:
    """One thing where a list may stand."""
    return written if isinstance(written, list | tuple) or written is None else [written]


def _text(schema: str, read: Callable[[Any], Any]) -> tuple[BeforeValidator, WithJsonSchema]:
    return BeforeValidator(read), WithJsonSchema({"type": "string", "description": schema})


def _wording(written: Any) -> Wording:
    if isinstance(written, Wording):
        return written
    if isinstance(written, str | int) and not isinstance(written, bool):
        return Wording(str(written))
    raise ValueError("is a text, with its languages separated by |")


def _time(written: Any) -> Time:
    return read_time(written) if isinstance(written, str) else written


def _span(written: Any) -> Span:
    return read_span(written) if isinstance(written, str) else written


Text = Annotated[Wording, *_text("a text in each language of the pack, separated by |", _wording)]
Condition = Annotated[Guard, *_text("a guard over fields, as 'answer = objects and count(concerns) > 1'", _guard)]
Formula = Annotated[Guard, *_text("a formula over fields, as 'returned * price * 0.20'", _guard)]
WrittenTime = Annotated[Time, *_text("5 wd, same day, end of 3rd wd, by the 10th", _time)]
WrittenSpan = Annotated[Span, *_text("5 wd, 30 min, 2 months", _span)]
Owner = Annotated[Who, BeforeValidator(read_who), WithJsonSchema({"description": "who has it"})]
Names = Annotated[tuple[Name, ...], BeforeValidator(several)]
"""One code, or a list of them."""
Cite = Annotated[str, BeforeValidator(str), StringConstraints(max_length=60)]
"""A number of the regulation, put into the pack's ``cites``."""
