"""A procedure pack: a company's regulation as typed data, with look-ups that are made once."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from shared.procedures.language.lines import UNWRITTEN, Document, Place
from shared.procedures.language.numbers import Pattern
from shared.procedures.language.sections import (
    Act,
    Authority,
    Beginning,
    Copy,
    Disposition,
    Ending,
    Form,
    FormulaInput,
    Known,
    Overall,
    SharedLimit,
    Stage,
    UnitOfMeasure,
)
from shared.procedures.language.words import (
    Department,
    FactName,
    Facts,
    Identifier,
    Model,
    Names,
    RuleNumber,
    TimeLimit,
)


class Pack(Model):
    """A regulation: what can be said in it is described section by section in the classes above."""

    id: Identifier
    version: int = Field(ge=1)
    name: Names
    rules: dict[RuleNumber, Names]
    departments: dict[Identifier, Names]
    levels: dict[Identifier, Names]
    choices: dict[Identifier, dict[Identifier, Names]]
    units: dict[Identifier, UnitOfMeasure] = Field(min_length=1)
    facts: dict[FactName, Identifier]
    numbers: dict[Identifier, Pattern]
    form: Form
    leads: dict[Identifier, Department]
    stages: tuple[Stage, ...] = Field(min_length=1)
    shares: dict[Identifier, SharedLimit] = Field(default_factory=dict)
    overall: Overall
    warnings: tuple[Annotated[int, Field(gt=0, lt=100)], ...] = ()
    acts: dict[Identifier, Act]
    authority: Authority
    inputs: dict[Identifier, FormulaInput]
    dispositions: dict[Identifier, Disposition]
    copies: tuple[Copy, ...]
    known: tuple[Known, ...] = ()
    _document: Document = PrivateAttr(default=UNWRITTEN)

    @model_validator(mode="after")
    def _remember_document(self, info: ValidationInfo) -> "Pack":
        self._document = (info.context or {}).get("document", UNWRITTEN)
        return self

    def line(self, place: Place) -> int:
        """The line of the YAML document on which a place stands."""
        return self._document.line(place)

    def moved_by(self, event: str) -> bool:
        """Whether an event of this name begins or ends any stage."""
        return event in self._beginning or event in self._ending

    def begun_by(self, event: str) -> tuple[tuple[Stage, Beginning], ...]:
        """The stages that an event begins, in the pack's order, and how."""
        return self._beginning.get(event, ())

    def ended_by(self, event: str) -> tuple[tuple[Stage, Ending], ...]:
        """The stages that an event ends, and how."""
        return self._ending.get(event, ())

    def withdrawn_by(self, event: str) -> bool:
        """Whether an event ends the case before its time."""
        return any(end.outcome == "withdrawn" for _, end in self.ended_by(event))

    def stage(self, stage: str) -> Stage:
        """The stage of this code. Raises KeyError where there is none."""
        return self._stages[stage]

    def sharing(self, stage: Stage) -> frozenset[str]:
        """The codes of the stages that share this one's limit; empty where its limit is its own."""
        return frozenset(other.stage for other in self.stages if stage.share and other.share == stage.share)

    def limit_of(self, stage: Stage) -> TimeLimit | None:
        """The limit of a stage, its own or shared."""
        return self.shares[stage.share] if stage.share else stage.limit

    def level_of(self, stage: Stage, facts: Facts) -> str:
        """The level that must act in a stage; empty where none is asked for."""
        return str(facts.get(stage.authority, "")) if stage.authority else stage.level or ""

    def level_for(self, amount: Decimal) -> str | None:
        """The level that must sign for an amount, or None in a gap of the table (P1.24)."""
        return next((bound.level for bound in self.authority.bounds if bound.covers(amount)), None)

    def dispositions_for(self, established: str) -> tuple[str, ...]:
        """The dispositions of a complaint that is or is not established; all of them where that was not decided."""
        return tuple(code for code, one in self.dispositions.items() if established in ("", one.established))

    def rank(self, level: str) -> int:
        """The height of a level, from 0; -1 for one that the pack does not know."""
        return self._ranks.get(level, -1)

    def values(self, fact: str) -> tuple[str, ...]:
        """The values that a declared fact may have."""
        return self.codes(self.facts[fact])

    def codes(self, name: str) -> tuple[str, ...]:
        """The codes of a list of choices, in the pack's order. Raises KeyError.

        ``departments``, ``levels``, ``dispositions``, ``units`` and ``authority`` (the levels that sign) are lists too.
        """
        return self._lists[name]

    @cached_property
    def wordings(self) -> Mapping[str, Names]:
        """Every wording by its key: ``stage.cause``, ``choice.demands.return``, ``rule.P1.24`` and so on."""
        sections: dict[str, Mapping[str, Names]] = {
            "rule": self.rules,
            "department": self.departments,
            "level": self.levels,
            "stage": {stage.stage: stage.name for stage in self.stages},
            "input": {code: one.name for code, one in self.inputs.items()},
            "choice.units": {code: one.name for code, one in self.units.items()},
            "choice.dispositions": {code: one.name for code, one in self.dispositions.items()},
            **{f"choice.{name}": codes for name, codes in self.choices.items()},
        }
        return {"pack": self.name} | {
            f"{section}.{code}": names for section, entries in sections.items() for code, names in entries.items()
        }

    @cached_property
    def _lists(self) -> Mapping[str, tuple[str, ...]]:
        lists: dict[str, Mapping[str, object]] = {
            "departments": self.departments,
            "levels": self.levels,
            "authority": dict.fromkeys(bound.level for bound in self.authority.bounds),
            "dispositions": self.dispositions,
            "units": self.units,
            **self.choices,
        }
        return {name: tuple(codes) for name, codes in lists.items()}

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {level: rank for rank, level in enumerate(self.levels)}

    @cached_property
    def _stages(self) -> Mapping[str, Stage]:
        return {stage.stage: stage for stage in self.stages}

    @cached_property
    def _beginning(self) -> Mapping[str, tuple[tuple[Stage, Beginning], ...]]:
        index: dict[str, tuple[tuple[Stage, Beginning], ...]] = {}
        for stage in self.stages:
            for beginning in stage.begins:
                index[beginning.event] = (*index.get(beginning.event, ()), (stage, beginning))
        return index

    @cached_property
    def _ending(self) -> Mapping[str, tuple[tuple[Stage, Ending], ...]]:
        index: dict[str, tuple[tuple[Stage, Ending], ...]] = {}
        for stage in self.stages:
            for ending in stage.ends:
                index[ending.event] = (*index.get(ending.event, ()), (stage, ending))
        return index
