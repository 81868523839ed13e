"""A working calendar: which hours of which days are worked at a place, with holidays, make-up days and its zone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from shared.worktime.windows import Windows, length

Kind = Literal["working", "make-up", "holiday", "weekend", "override"]


@dataclass(frozen=True, slots=True)
class Day:
    """One date: what ``kind`` it is, its ``windows``, and the holiday's or override's ``name`` if it has one."""

    date: date
    kind: Kind
    windows: Windows
    name: str = ""


@lru_cache(maxsize=256)
def statutory(country: str, subdivision: str | None, year: int) -> tuple[Mapping[date, str], frozenset[date]]:
    """The holidays of a year, in the country's language, and the days of its weekends that are worked in exchange."""
    language = holidays.country_holidays(country).default_language
    published = holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)
    made_up = frozenset(day for day in published.weekend_workdays if day.year == year)
    return MappingProxyType(dict(published.items())), made_up


@dataclass(frozen=True)
class Calendar:
    """The working time of one place.

    ``week`` holds the windows of seven days from Monday. ``country`` and ``subdivision`` are ISO 3166 codes
    for statutory holidays; without a country there are none. ``moves_working_days`` says that the country
    announces every year which weekends are worked. ``overrides`` come before everything else. Raises
    ValueError for a country or subdivision whose holidays are not known.
    """

    zone: ZoneInfo
    week: tuple[Windows, ...]
    country: str | None = None
    subdivision: str | None = None
    moves_working_days: bool = False
    overrides: Mapping[date, Day] = field(default_factory=dict)

    def __post_init__(self) -> None:
        supported = holidays.list_supported_countries(include_aliases=False)
        if self.country and self.country not in supported:
            raise ValueError(f"the holidays of {self.country!r} are not known")
        if self.subdivision and self.subdivision not in supported.get(self.country or "", ()):
            raise ValueError(f"the holidays of {self.subdivision!r} in {self.country!r} are not known")

    @property
    def standard_day(self) -> timedelta:
        """What one working day counts as: the longest day of the week, by the wall clock."""
        return timedelta(minutes=length(self._longest))

    def day(self, on: date) -> Day:
        """What kind of day a date is and when it is worked; a make-up day is worked as the longest day of the week."""
        if override := self.overrides.get(on):
            return override
        names, made_up = self._statutory(on.year)
        windows = self.week[on.weekday()]
        if on in made_up:
            return Day(on, "make-up", self._longest)
        if on in names:
            return Day(on, "holiday", (), names[on])
        return Day(on, "working" if windows else "weekend", windows)

    def spans(self, on: date) -> Iterator[tuple[datetime, datetime]]:
        """The windows of a date as instants in UTC, in order."""
        for window in self.day(on).windows:
            midnight = datetime.combine(on, time())
            yield (
                self.instant(midnight + timedelta(minutes=window.start)),
                self.instant(midnight + timedelta(minutes=window.end)),
            )

    def instant(self, local: datetime) -> datetime:
        """The moment (UTC) at which the wall clock shows ``local`` (naive; its ``fold`` is respected).

        A time that the clocks skip is the moment at which they skip it, so that later local times are never
        earlier moments.
        """
        moment = local.replace(tzinfo=self.zone).astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) == local:
            return moment
        return self._skipped(local)

    def unpublished(self, years: range) -> tuple[int, ...]:
        """The years for which the place's make-up working days are not known yet."""
        if not self.moves_working_days:
            return ()
        overridden = {on.year for on in self.overrides}
        return tuple(year for year in years if not self._statutory(year)[1] and year not in overridden)

    @property
    def _longest(self) -> Windows:
        return max(self.week, key=length)

    def _statutory(self, year: int) -> tuple[Mapping[date, str], frozenset[date]]:
        if self.country is None:
            return {}, frozenset()
        return statutory(self.country, self.subdivision, year)

    def _skipped(self, local: datetime) -> datetime:
        before, after = (
            local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC).replace(microsecond=0) for fold in (1, 0)
        )
        earlier = before.astimezone(self.zone).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if middle.astimezone(self.zone).utcoffset() == earlier:
                before = middle
            else:
                after = middle
        return after
