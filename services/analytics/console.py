"""What analytics' pages and queries have in common: its parts, and what a person may see of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prometheus_client import Gauge

from services.analytics.dashboard.clock import ClockWatch
from services.analytics.dashboard.feed import Feed
from services.analytics.dashboard.figures import Figures, by_site, figures
from services.analytics.deadlines.scheduler import DeadlineScheduler
from services.analytics.deadlines.timers import DeadlineTimer, past
from services.analytics.history.case_file import CaseFileEvent, has_reached, newest_by_type, said_of
from services.analytics.readmodel.connection import make_tables
from services.analytics.register.search import Filters, case_row, numbered, register
from services.analytics.register.worklists import scope_of, worklist
from services.analytics.upkeep.operations import last
from shared.audit.operations import CHECKPOINT_COVERS
from shared.commands.department import RulesFor
from shared.contracts.values import Actor
from shared.http.login import require_site
from shared.http.paging import Page
from shared.http.problems import Problem
from shared.loop import Loop
from shared.messaging.topics import Topics
from shared.messaging.watermark import Watermark
from shared.observability.metrics import COVERED
from shared.procedures.course.offers import Offer, offers
from shared.procedures.course.rules import Rules
from shared.readmodels import AWAY, Pool
from shared.runtime import Parts, rules_of

ENDING = ("investigation", "approval", "finance")
"""Who does what ends a stage, beside the register itself, which hears of it."""
OPEN = Gauge("redress_cases_open", "Cases that are not closed", ["site"])
OVERDUE = Gauge("redress_cases_overdue", "Open cases over their overall limit", ["site"])
COUNT_EVERY = 5.0
"""Seconds between two counts for the gauges."""
PATIENCE = 2.0
"""The most seconds that a page waits for what its reader has just done."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The codes by which a person may filter the register: those of the packs of all their sites, and the company's."""

    classes: tuple[str, ...]
    regions: tuple[str, ...]
    departments: tuple[str, ...]


class GaugeLoop(Loop):
    """Keeps the gauges of open and overdue cases, and of what checkpoints cover, whoever takes them."""

    expected = AWAY

    def __init__(self, parts: Parts) -> None:
        super().__init__("analytics counting")
        self._parts = parts

    async def session(self) -> None:
        """See :class:`Loop`."""
        await make_tables(self._parts.pool)
        while not self.stopping.is_set():
            for site, (opened, overdue) in (await by_site(self._parts.pool, self._parts.clock.now())).items():
                OPEN.labels(site).set(opened)
                OVERDUE.labels(site).set(overdue)
            if covered := await last(self._parts.pool, CHECKPOINT_COVERS):
                COVERED.labels("analytics").set(covered.at.timestamp())
            self.connected()
            await self.pause(COUNT_EVERY)


class Console:
    """Its :meth:`loops` are called once, before the first request."""

    parts: Parts
    feed: Feed
    rules_for: RulesFor

    def loops(self, parts: Parts) -> Sequence[Loop]:
        """What runs in the background: the clock that speaks, the feed of the live pages, the gauges."""
        self.parts = parts
        self.feed = Feed(parts.pool)
        self.rules_for = rules_of(parts.company)

        async def moments(until: datetime, after: DeadlineTimer | None, limit: int) -> Sequence[DeadlineTimer]:
            return await past(parts.pool, until, after, limit)

        register = Watermark("intake", ENDING, parts.kafka, Topics(), parts.clock)
        clockwork = DeadlineScheduler(parts.clock, parts.gate, moments, parts.hearing, lambda: register.until)
        return clockwork, register, self.feed, ClockWatch(parts.clock, self.feed.tell_all), GaugeLoop(parts)

    @property
    def pool(self) -> Pool:
        """Connections to the read models."""
        return self.parts.pool

    def now(self) -> datetime:
        """The present moment."""
        return self.parts.clock.now()

    def rules(self, who: Actor) -> Rules:
        """The rules of a person's first site, for what concerns no single case."""
        rules: Rules = self.rules_for(who.sites[0], None, None)
        return rules

    def rules_of(self, row: dict[str, Any]) -> Rules:
        """The rules of a case, by its row in the register."""
        rules: Rules = self.rules_for(row["site"], row["pack"], row["pack_version"])
        return rules

    def choices(self, who: Actor) -> Choices:
        """The codes by which a person may filter the register."""
        packs = [self.rules_for(site, None, None) for site in who.sites]
        classes, regions = (
            tuple(dict.fromkeys(code for rules in packs for code in rules.choices(name)))
            for name in ("classes", "regions")
        )
        return Choices(classes, regions, tuple(self.parts.company.departments))

    async def worklist(self, who: Actor, sites: Sequence[str], page: Page) -> list[dict[str, Any]]:
        """What a person has to do at some sites, most urgent first, each with the ``acts`` that are theirs there.

        ``offers`` are those that can be done now, what is meant next first.
        """
        by_pack: dict[str, list[str]] = {}
        for site in sites:
            by_pack.setdefault(self.parts.company.sites[site].pack, []).append(site)
        scopes = [scope_of(who, of_pack, self.rules_for(of_pack[0], None, None).pack) for of_pack in by_pack.values()]
        rows = await worklist(self.pool, scopes, page)
        names = {name for row in rows for name in telling(self.rules_of(row))}
        said = await newest_by_type(self.pool, [row["case_id"] for row in rows], sorted(names))
        return [
            {
                **row,
                "acts": self.rules_of(row).acts_in(row["stage"], who),
                "offers": offered(self.rules_of(row), row, who, since(row, said)),
            }
            for row in rows
        ]

    async def figures(self, sites: Sequence[str]) -> Figures:
        """The figures of some sites."""
        return await figures(self.pool, sites, self.now())

    async def register(self, sites: Sequence[str], filters: Filters, page: Page) -> list[dict[str, Any]]:
        """The register of some sites."""
        return await register(self.pool, sites, self.now(), filters, page)

    async def numbered(self, sites: Sequence[str], told: str) -> list[UUID]:
        """The cases of some sites that a number leads to: none, one, or two where it is not unique."""
        return await numbered(self.pool, sites, told)

    async def case(self, who: Actor, case: UUID) -> dict[str, Any]:
        """The register's row of a case. Raises Problem 404, or 403 for somebody of other sites."""
        row = await case_row(self.pool, case, self.now())
        if row is None:
            raise unknown_case()
        require_site(who, row["site"])
        return row

    async def said(self, who: Actor, case: UUID) -> list[CaseFileEvent]:
        """What was said of a case, in causal order. Raises Problem 404, or 403 for somebody of other sites."""
        said = await said_of(self.pool, case)
        if not said:
            raise unknown_case()
        require_site(who, said[0].envelope.site)
        return said

    async def reached(self, who: Actor, case: UUID, service: str, position: int) -> bool:
        """Wait, not for long, until the read models show what a service said; whether they do."""
        return await self.feed.until(
            lambda: has_reached(self.pool, case, service, position), frozenset(who.sites), PATIENCE
        )


def unknown_case() -> Problem:
    """Nothing was heard of the case."""
    return Problem(404, "problem.unknown-case")


def offered(rules: Rules, row: Mapping[str, Any], who: Actor, said: Collection[str]) -> tuple[Offer, ...]:
    """What a person may do in a stage of the worklist, what is meant next first; ``said`` since the stage began."""
    acts = rules.pack.acts
    able = (act for act in rules.acts_in(row["stage"], who) if set(acts[act].after) <= set(said))
    return offers(rules.pack, [(act, row["stage"], said) for act in able])


def telling(rules: Rules) -> set[str]:
    """The names of the events that tell which acts come next in a stage."""
    return {name for act in rules.pack.acts.values() for name in (act.says, *act.after) if name}


def since(row: Mapping[str, Any], said: Mapping[UUID, Mapping[str, datetime]]) -> frozenset[str]:
    """The names of the events that were said in a case since a stage of it began."""
    return frozenset(name for name, at in said.get(row["case_id"], {}).items() if at >= row["opened"])
