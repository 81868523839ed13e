"""Stages with their clocks, ladders and outcomes: what a pack says of work."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from shared.regulation.language.basics import (
    Cite,
    Condition,
    Name,
    Names,
    Owner,
    Part,
    Text,
    WrittenSpan,
    WrittenTime,
    several,
)
from shared.regulation.language.fields import Said
from shared.regulation.language.times import read_time


class Extension(Part):
    """How a clock may be put off: by a span or to a field's date, so many times, asked by whom, granted by whom."""

    by: WrittenSpan | None = None
    to: Name | None = None
    times: int = Field(default=1, ge=1)
    asked_by: Literal["owner"] | Name = "owner"
    granted_by: Owner | None = None
    reason: Literal["required", "optional"] = "required"


class TimeTable(Part):
    """A limit by the value of a field."""

    of: Name
    limits: dict[str, WrittenTime]

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, written: Any) -> Any:
        if isinstance(written, Mapping) and "limits" not in written:
            return {"of": written.get("of"), "limits": {key: value for key, value in written.items() if key != "of"}}
        return written


def _measure(written: Any, either: ValidatorFunctionWrapHandler) -> Any:
    """A time where a text stands, a table where a mapping does: the faults of one of them, not of both."""
    if isinstance(written, str):
        return read_time(written)
    return TimeTable.model_validate(written) if isinstance(written, Mapping) else either(written)


class Clock(Part):
    """Until when: a span or day ``within``, or a ``promised`` date, or a ``given`` field, from a moment of the case.

    ``from`` names a stage (when it was done), ``stage.begun``, a date field, or ``case``; without it, the clock begins
    when its stage does. ``share`` names a limit that several stages use up together. ``window`` is a right that lapses:
    it ends quietly and nobody is late.
    """

    within: Annotated[WrittenTime | TimeTable, WrapValidator(_measure)] | None = None
    start: str = Field(default="", alias="from")
    promised: Name | None = None
    given: Name | None = None
    share: Name | None = None
    pauses: Names = ()
    restarts_on: Names = ()
    extends: Extension | None = None
    window: bool = False
    cite: Cite = ""
    reading: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: Any) -> Any:
        return {"within": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _one_measure(self) -> "Clock":
        told = [each for each in (self.within, self.promised, self.given, self.share) if each is not None]
        if len(told) != 1:
            raise ValueError("a clock has one measure: within, promised, given or share")
        return self


class Share(Said):
    """A limit that several stages use up together: time counts while any of them is open."""

    within: Annotated[WrittenTime | TimeTable, WrapValidator(_measure)]


class Rung(Part):
    """A rung of the ladder: at so much of a limit, or so long after it, what is done."""

    at: str
    warn: bool = False
    slip: Name | None = None
    tell: Annotated[tuple[Owner, ...], BeforeValidator(several)] = ()
    begins: Name | None = None
    opens: Name | None = None
    cite: Cite = ""

    @field_validator("at", mode="before")
    @classmethod
    def _written(cls, written: Any) -> str:
        return str(written).strip()


class Related(Part):
    """Another case that a stage begins, with fields it ``carries``; ``awaited``: the stage is done when that one is."""

    kind: Name
    awaited: bool = False
    carries: Names = ()


class Outcome(Part):
    """What can be chosen at the end of a stage, and what it leads to."""

    name: Text | None = None
    form: Names = ()
    needs: Condition | None = None
    reopens: Names = ()
    keeps: Literal["due"] | None = None
    begins: Names = ()
    ends: Literal["case"] | None = None
    cite: Cite = ""


def _outcomes(written: Any) -> Any:
    if isinstance(written, list | tuple):
        return {str(each): {} for each in written}
    if isinstance(written, Mapping):
        return {key: ({"name": value} if isinstance(value, str) else value or {}) for key, value in written.items()}
    return written


class After(Part):
    """What a stage comes after: ``every`` one of these, or ``any`` of them. ``stage.outcome`` asks for an outcome.

    A list waits for whatever there is to wait for: what was skipped, or never began because it happens in some cases
    only, keeps nobody. ``any`` wants something that came about.
    """

    every: tuple[str, ...] = ()
    any: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: Any) -> Any:
        if isinstance(written, str):
            return {"every": [written]}
        return {"every": written} if isinstance(written, list) else written

    @property
    def references(self) -> tuple[str, ...]:
        """Everything that is named."""
        return self.every + self.any


class Stage(Said):
    """A piece of work that somebody has.

    One that runs ``while`` another is open may be done as often as needed, and nobody waits for it. One that runs
    ``until`` another is done ends with it, by nobody's act: so the limit of a whole case is a stage like any other.
    """

    by: Owner | None = None
    party: Name | None = Field(default=None, alias="from")
    recorded_by: Owner | None = None
    kinds: Names = Field(default=(), alias="for")
    after: After | None = None
    when: Condition | None = None
    during: Name | None = Field(default=None, alias="while")
    until: Name | None = None
    uses: Name | None = None
    form: Names = ()
    needs: Condition | None = None
    choose: Annotated[dict[Name, Outcome], BeforeValidator(_outcomes)] = Field(default_factory=dict)
    due: Annotated[tuple[Clock, ...], BeforeValidator(several)] = ()
    late: tuple[Rung, ...] | None = None
    least: Name | None = None
    not_by: Names = ()
    numbered: Name | None = None
    document: Name | None = None
    conveys: Names = ()
    conveys_to: Annotated[tuple[Owner, ...], BeforeValidator(several)] = ()
    begins: Annotated[tuple[Name | Related, ...], BeforeValidator(several)] = ()
    reopens: Names = ()
    ends: Literal["case"] | None = None

    @property
    def holder(self) -> Any:
        """Who does it in the house: whoever records what comes from outside."""
        return self.recorded_by or self.by

    @property
    def later(self) -> bool:
        """Whether it waits for other stages."""
        return self.after is not None
