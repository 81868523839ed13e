"""The company: its sites with their packs, calendars and currencies, its departments and its people."""

from functools import cached_property
from os import environ
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from shared.contracts.values import Actor
from shared.procedures.language.lines import read_document
from shared.procedures.language.words import Identifier, Model, Names
from shared.worktime import Calendar, parse_week, read_overrides

SAMPLE = Path(__file__).parents[1] / "companies" / "sample.yaml"


def _zone(name: object) -> ZoneInfo:
    try:
        return name if isinstance(name, ZoneInfo) else ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no time zone") from None


SiteCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


def _beside(path: Path, info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", "")) / path


class WorkCalendar(Model):
    """When a site works. ``overrides`` is a CSV file, named as seen from the company's file."""

    week: dict[str, str]
    country: str | None = None
    subdivision: str | None = None
    moves_working_days: bool = False
    overrides: Annotated[Path, AfterValidator(_beside)] | None = None


class Site(Model):
    """A place of the company: the pack it follows, its time zone (IANA), currency (ISO 4217) and calendar."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    code: SiteCode
    name: Names
    pack: Identifier
    timezone: Zone
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    work: WorkCalendar

    @cached_property
    def calendar(self) -> Calendar:
        """The working calendar that the site's deadlines are counted by."""
        work = self.work
        return Calendar(
            zone=self.timezone,
            week=parse_week(work.week),
            country=work.country,
            subdivision=work.subdivision,
            moves_working_days=work.moves_working_days,
            overrides=read_overrides(work.overrides) if work.overrides else {},
        )

    @model_validator(mode="after")
    def _calendar_reads(self) -> "Site":
        try:
            _ = self.calendar
        except OSError as fault:
            raise ValueError(str(fault)) from fault
        return self


class Person(Model):
    """Somebody who works for the company: his department, his level of authority and the sites he works for."""

    person: Identifier
    name: str
    department: Identifier
    level: Identifier
    sites: tuple[SiteCode, ...] = Field(min_length=1)

    @property
    def actor(self) -> Actor:
        """The person as the one who acts."""
        return Actor(self.person, self.name, self.department, self.level, self.sites)


class Company(Model):
    """What one installation knows of its company."""

    sites: dict[SiteCode, Site] = Field(min_length=1)
    departments: dict[Identifier, Names]
    people: tuple[Person, ...]

    @model_validator(mode="before")
    @classmethod
    def _sites_know_their_code(cls, written: Any) -> Any:
        if isinstance(written, dict) and isinstance(written.get("sites"), dict):
            sites = {code: {**site, "code": code} for code, site in written["sites"].items()}
            return {**written, "sites": sites}
        return written

    @model_validator(mode="after")
    def _people_belong_somewhere(self) -> "Company":
        for person in self.people:
            if person.department not in self.departments:
                raise ValueError(f"{person.person} works in {person.department}, which is no department")
            if strange := set(person.sites) - set(self.sites):
                raise ValueError(f"{person.person} works at {sorted(strange)}, which are no sites")
        if len({person.person for person in self.people}) < len(self.people):
            raise ValueError("two people have the same code")
        return self

    def find(self, person: str) -> Person | None:
        """The person with this code, or None."""
        return next((found for found in self.people if found.person == person), None)


def load_company(path: Path | None = None) -> Company:
    """Read a company from YAML: ``path``, else env ``REDRESS_COMPANY``, else the sample.

    Raises :class:`shared.procedures.language.lines.Unreadable` with the line of every fault.
    """
    chosen = path or Path(environ.get("REDRESS_COMPANY") or SAMPLE)
    return read_document(chosen).into(Company, folder=chosen.parent)
