"""The small words that every section of a pack is written with: names, conditions, tables by a fact, limits."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from shared.worktime import Limit

T = TypeVar("T")

Facts = Mapping[str, Any]
"""What is known of a case, by the names that events declare as facts."""

NO_FACTS: Facts = MappingProxyType({})

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A code in lower case and hyphens: a stage, a department, a choice."""
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$")]
"""The name of a fact, as the event's field."""
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+(-[a-z]+)*$")]
"""The wire name of an event."""
RuleNumber = Annotated[str, StringConstraints(pattern=r"^P\d+\.\d+[a-z]?$")]
"""The number of a rule in the procedures' digest."""


def _read_limit(text: object) -> Limit:
    return text if isinstance(text, Limit) else Limit.parse(str(text))


WrittenLimit = Annotated[Limit, BeforeValidator(_read_limit), PlainSerializer(str)]
"""A limit as text: ``0.5 d``."""


class Model(BaseModel):
    """A part of a pack: frozen, and no word is accepted that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Names(Model):
    """One wording in every language of the product."""

    en: str = Field(min_length=1)
    zh_cn: str = Field(min_length=1, alias="zh-CN")
    zh_tw: str = Field(min_length=1, alias="zh-TW")

    def within(self, lang: str) -> str:
        """The wording in ``en``, ``zh-CN`` or ``zh-TW``; English for any other language."""
        return {"zh-CN": self.zh_cn, "zh-TW": self.zh_tw}.get(lang, self.en)


class ByFact(Model, Generic[T]):
    """An answer looked up in a table: the fact's name, and the answer for each of its values."""

    by: FactName
    of: dict[str, T] = Field(min_length=1)

    def __str__(self) -> str:
        return ", ".join(f"{answer} ({value})" for value, answer in self.of.items())


class NamedBy(Model):
    """An answer that a fact itself holds, because somebody decided it in the case."""

    named_by: FactName

    def __str__(self) -> str:
        return f"the {self.named_by} named"


class Each(Model):
    """Several departments at once, each with a task of its own, all awaited."""

    each: tuple[Identifier, ...] = Field(min_length=2)

    def __str__(self) -> str:
        return " and ".join(self.each)


When = dict[FactName, tuple[str, ...]]
"""A condition: facts, and the values that each may have. All of them must hold; an empty one always does."""

Department = Identifier | ByFact[Identifier] | NamedBy


class TimeLimit(Model):
    """How long something may take, in calendar or working time, and the rule that says so."""

    time: WrittenLimit | ByFact[WrittenLimit]
    rule: RuleNumber


def holds(when: When, facts: Facts) -> bool:
    """Whether every fact has one of the values that the condition allows it."""
    return all(facts.get(name) in values for name, values in when.items())


def answer(asked: T | ByFact[T] | NamedBy, facts: Facts) -> T | None:
    """The answer for these facts, or None where the table has none."""
    if isinstance(asked, ByFact):
        return asked.of.get(str(facts.get(asked.by)))
    if isinstance(asked, NamedBy):
        return facts.get(asked.named_by)
    return asked
