"""The model of a pack: what can be said in it, section by section."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from shared.regulation.language.basics import (
    Cite,
    Name,
    Names,
    Owner,
    Part,
    Text,
    WrittenSpan,
    several,
)
from shared.regulation.language.document import UNWRITTEN, Document, Path
from shared.regulation.language.fields import LATE, TODAY, Level, PackField, Party, Said, Table, Unit
from shared.regulation.language.stages import Clock, Outcome, Rung, Share, Stage
from shared.regulation.language.wording import LANGUAGES, spoken


class Opening(Part):
    """When the calendar opens a case by itself."""

    every: Literal["day", "week", "month", "quarter", "half year", "year"]
    on: int | str | None = None
    at: Annotated[tuple[str, ...], BeforeValidator(several)] = ()
    each: Name | None = None


class Kind(Said):
    """A kind of case. With ``stages`` of its own, or those of the pack that are ``for`` it.

    A kind that the calendar ``opens`` and that has no stages is one piece of work: made by ``by`` until ``due``.
    """

    by: Owner | None = None
    form: Names = ()
    stages: dict[Name, Stage] = Field(default_factory=dict)
    opens: Opening | None = None
    due: Annotated[tuple[Clock, ...], BeforeValidator(several)] = ()
    gathers: Names = ()
    numbered: Name | None = None
    confidential: bool = False


class Watch(Said):
    """What many cases say together: the same fields so many times, or a rate above a bound, and what follows."""

    same: Names
    times: int | None = Field(default=None, ge=2)
    in_a_row: bool = False
    above: str | None = None
    of: Name | None = None
    within: WrittenSpan | None = None
    begins: Name | None = None
    opens: Name | None = None
    sets: dict[Name, Any] = Field(default_factory=dict)


class PackDocument(Said):
    """A form, letter or slip: what stands in it, who signs, who gets which copy."""

    fields: Names = ()
    signed_by: Annotated[tuple[Owner, ...], BeforeValidator(several)] = ()
    copies: Annotated[tuple[Owner, ...], BeforeValidator(several)] = ()
    numbered: Name | None = None


class Report(Said):
    """Figures over a time: what is counted, by which fields, with which measures."""

    counts: Name
    by: Names = ()
    measures: tuple[str, ...] = ()
    over: Literal["week", "month", "quarter", "half year", "year"] = "month"


class Known(Part):
    """A finding that the regulation itself is the cause of, and the reading that holds."""

    finding: str
    says: str = ""
    reading: str


class Waits(Part):
    """What the regulation asks and a department's own function will carry out: told, and not hidden."""

    cite: Cite
    says: Text
    needs: str


class Pack(Part):
    """A regulation."""

    pack: Name
    version: int = Field(default=1, ge=1)
    name: Text | None = None
    languages: tuple[Literal["zh-CN", "zh-TW", "en"], ...] = ("zh-CN", "en")
    cites: str = "{}"
    include: Names = ()
    units: dict[Name, Unit] = Field(min_length=1)
    levels: dict[Name, Level] = Field(default_factory=dict)
    parties: dict[Name, Party] = Field(default_factory=dict)
    fields: dict[Name, PackField] = Field(default_factory=dict)
    tables: dict[Name, Table] = Field(default_factory=dict)
    shares: dict[Name, Share] = Field(default_factory=dict)
    series: dict[Name, str] = Field(default_factory=dict)
    stages: dict[Name, Stage] = Field(default_factory=dict)
    kinds: dict[Name, Kind] = Field(default_factory=dict)
    late: tuple[Rung, ...] = ()
    watches: dict[Name, Watch] = Field(default_factory=dict)
    documents: dict[Name, PackDocument] = Field(default_factory=dict)
    reports: dict[Name, Report] = Field(default_factory=dict)
    confidential: dict[Name, Names] = Field(default_factory=dict)
    retention: dict[Name, WrittenSpan] = Field(default_factory=dict)
    known: tuple[Known, ...] = ()
    waits: tuple[Waits, ...] = ()
    _document: Document = PrivateAttr(default=UNWRITTEN)

    @model_validator(mode="after")
    def _remember(self, info: ValidationInfo) -> "Pack":
        self._document = (info.context or {}).get("document", UNWRITTEN)
        return self

    def mark(self, path: Path) -> tuple[int, int]:
        """The line and the column, from 1, of a place in the pack's file."""
        return self._document.mark(path)

    @cached_property
    def courses(self) -> Mapping[str, Mapping[str, Stage]]:
        """The stages of each kind of case, in the pack's order; a pack without kinds has one, named after it."""
        kinds = self.kinds or {"case": Kind()}
        return {code: self._course(code, kind) for code, kind in kinds.items()}

    def _course(self, code: str, kind: Kind) -> Mapping[str, Stage]:
        if kind.stages:
            return kind.stages
        shared = {name: stage for name, stage in self.stages.items() if code in stage.kinds or not stage.kinds}
        if kind.opens and not any(code in stage.kinds for stage in self.stages.values()):
            made = Stage(name=kind.name, by=kind.by, form=kind.form, due=kind.due, ends="case", cite=kind.cite)
            return {"made": made}
        return shared

    @cached_property
    def facts(self) -> Mapping[str, PackField]:
        """What guards may ask for: the fields, ``today``, and ``late``, the units that were told to be late."""
        return {LATE: PackField(type="units"), TODAY: PackField(type="date"), **self.fields}

    def kind(self, code: str) -> Kind:
        """A kind of case; the only one of a pack that names none."""
        return self.kinds.get(code) or Kind()

    def cited(self, cite: str) -> str:
        """A number as the regulation writes it: ``P1.24``, ``第24条``."""
        return self.cites.replace("{}", cite) if cite else ""

    def title(self, language: str = LANGUAGES[0]) -> str:
        """The regulation's name in a language."""
        return self.name.within(language, self.languages) if self.name else spoken(self.pack)

    def value(self, spec: PackField, code: str, language: str = LANGUAGES[0]) -> str:
        """What a value of a choice is called in a language."""
        text = spec.of.get(code) if isinstance(spec.of, dict) else None
        return text.within(language, self.languages) if text else spoken(code)

    def called(self, code: str, said: Said | Outcome | None, language: str = LANGUAGES[0]) -> str:
        """What a thing is called in a language; its code in words, where the pack has no name for it."""
        return said.name.within(language, self.languages) if said is not None and said.name else spoken(code)
