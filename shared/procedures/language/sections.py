"""The sections of a pack: stages, limits, acts, authority, dispositions, the form and its copies."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from shared.procedures.language.words import (
    ByFact,
    Department,
    Each,
    EventName,
    FactName,
    Facts,
    Identifier,
    Model,
    Names,
    RuleNumber,
    TimeLimit,
    When,
    answer,
)


class Beginning(Model):
    """An event that begins a stage, when the condition holds and no task of a stage in ``after`` is open."""

    event: EventName
    when: When = Field(default_factory=dict)
    after: tuple[Identifier, ...] = ()


class Ending(Model):
    """An event that ends a stage. ``owner`` is the event's field that says whose task it ends, if several have one.

    ``outcome: withdrawn`` ends the case with it.
    """

    event: EventName
    owner: FactName | None = None
    outcome: Literal["done", "sent-back", "withdrawn"] = "done"


def _events(written: object) -> object:
    several = written if isinstance(written, list | tuple) else [written]
    return [{"event": one} if isinstance(one, str) else one for one in several]


class Stage(Model):
    """Something that a department must do and another one waits for (P1.13).

    ``level`` is the least level within the owner's department; ``authority`` names the fact that holds the
    level which must act, from whichever department. ``sends_back`` names the stages that whoever has this
    one may have done again. A stage that ``repeats`` may begin while an earlier round is open; one that is
    ``after_closing`` keeps no case open.
    """

    stage: Identifier
    name: Names
    rule: RuleNumber
    owner: Department | Each
    begins: Annotated[tuple[Beginning, ...], BeforeValidator(_events), Field(min_length=1)]
    ends: Annotated[tuple[Ending, ...], BeforeValidator(_events), Field(min_length=1)]
    limit: TimeLimit | None = None
    share: Identifier | None = None
    level: Identifier | None = None
    authority: FactName | None = None
    sends_back: tuple[Identifier, ...] = ()
    repeats: bool = False
    after_closing: bool = False


class Overall(TimeLimit):
    """The limit of the whole case, from one event until another, and the department that answers for it (P1.23)."""

    owner: Identifier
    begins: EventName
    ends: EventName


Parts = Annotated[dict[Identifier, Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1)]
"""Stages in the order in which they follow each other, each with the weight of its part."""


class SharedLimit(TimeLimit):
    """A limit that the departments of several stages share, and how it is parted among them (P1.23).

    It runs while one of its stages is open, and only then. ``parts`` weighs the part of each stage that a case comes
    to, by a fact where the course depends on one; departments that have a stage side by side have its part together.
    What one leaves unused is the next one's; what one uses beyond its part is taken from nobody. Who gets a stage
    again has what is left of their part, but ``again`` percent of it at least. ``reading`` says why it is parted so.
    """

    parts: Parts | ByFact[Parts]
    again: int = Field(ge=1, le=100)
    reading: str = ""

    def parts_for(self, facts: Facts) -> Parts:
        """The parts in a case of which these facts are known; none where the table has no answer."""
        return answer(self.parts, facts) or {}

    @property
    def tables(self) -> tuple[tuple[tuple[str, ...], Parts], ...]:
        """Every table of parts, with its place below ``parts``."""
        if isinstance(self.parts, ByFact):
            return tuple((("of", value), parts) for value, parts in self.parts.of.items())
        return (((), self.parts),)


class Act(Model):
    """Who may do what: ``stages`` of which one must be open, ``departments``, and the least ``level``.

    Without ``departments`` the owner of the open stage acts. ``by: system`` is for what follows by itself and
    nobody does. ``case: open`` asks for a case that is not closed, ``case: untouched`` for one of which no stage is
    done yet. ``says`` is the event by which the act is done, ``after`` those that must have been said before it since
    its stage began.
    """

    stages: tuple[Identifier, ...] = ()
    departments: tuple[Identifier, ...] = ()
    level: Identifier | None = None
    by: Literal["people", "system"] = "people"
    case: Literal["open", "untouched"] | None = None
    says: EventName | None = None
    after: tuple[EventName, ...] = ()
    rule: RuleNumber


class Bound(Model):
    """A row of the authority table (P1.24).

    It begins above ``over`` or at ``from``, and ends at ``upto`` or just before ``below``: a bound belongs to the row
    that names it with ``from`` or ``upto``. A row that names none on a side is open there.
    """

    level: Identifier
    over: Decimal | None = None
    at_least: Decimal | None = Field(default=None, alias="from")
    upto: Decimal | None = None
    below: Decimal | None = None

    @model_validator(mode="after")
    def _has_one_bound_a_side(self) -> "Bound":
        if None not in (self.over, self.at_least) or None not in (self.upto, self.below):
            raise ValueError("a row has one of over and from, and one of upto and below")
        if (
            self.lower is not None
            and self.upper is not None
            and not (self.lower < self.upper or self.covers(self.upper))
        ):
            raise ValueError("a row ends after it begins")
        return self

    @property
    def lower(self) -> Decimal | None:
        """The amount at which the row begins, whether or not it is the row's own."""
        return self.over if self.over is not None else self.at_least

    @property
    def upper(self) -> Decimal | None:
        """The amount at which the row ends, whether or not it is the row's own."""
        return self.upto if self.upto is not None else self.below

    def covers(self, amount: Decimal) -> bool:
        """Whether the amount lies in the row."""
        begun = self.lower is None or amount > self.lower or amount == self.at_least
        return begun and (self.upper is None or amount < self.upper or amount == self.upto)


class Authority(Model):
    """Which level must sign for an amount, in the site's currency."""

    rule: RuleNumber
    bounds: tuple[Bound, ...] = Field(min_length=1)


class UnitOfMeasure(Model):
    """What goods are counted or measured in. Of a ``whole`` one there are no parts: half a piece is none."""

    name: Names
    whole: bool = False


class FormulaInput(Model):
    """A number that a formula asks for.

    A ``sum`` is money, which is paid in whole coins; a ``price`` is that of one unit, which may have fractions of
    them; a ``quantity`` counts in the case's unit, and may be bounded by what was ``delivered``.
    """

    name: Names
    kind: Literal["sum", "price", "quantity"]
    at_most: Literal["delivered"] | None = None


Product = Annotated[tuple[Identifier | Decimal, ...], Field(min_length=1)]
"""Inputs, by name, and numbers, all multiplied."""
Sum = tuple[Product, ...]
"""Products, all added; an empty sum is zero."""


class Disposition(Model):
    """A way to settle a complaint: the ``amount`` the customer gets and the ``loss`` to the company (P1.30).

    ``established`` says whether it is for complaints that are (``yes``) or are not (``no``) established (P1.22).
    """

    name: Names
    rule: RuleNumber
    established: Identifier = "yes"
    amount: Sum
    loss: Sum

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that the formulas ask for, each once, in their order."""
        factors = (factor for product in (*self.amount, *self.loss) for factor in product)
        return tuple(dict.fromkeys(factor for factor in factors if isinstance(factor, str)))


class Form(Model):
    """The complaint form: ``required`` fields, and what may stay undetermined for which demands (P1.9, P1.10).

    ``oldest_delivery`` is how many years ago goods may have been delivered: an earlier day is a mistake.
    ``untold_handling`` are the channels by which an anomaly slip may come that does not tell how it was handled (P1.1).
    """

    rule: RuleNumber
    required: tuple[FactName, ...]
    undetermined: FactName
    undetermined_demands: tuple[Identifier, ...]
    oldest_delivery: int = Field(default=50, ge=1, le=200)
    untold_handling: tuple[Identifier, ...] = ()


class Copy(Model):
    """One copy of the closed form and who receives it (P1.17)."""

    number: int = Field(ge=1)
    recipient: Identifier


class Known(Model):
    """A finding of the linter that the regulation itself is the cause of, word for word, and the reading in use."""

    finding: Identifier
    says: str
    reading: str
