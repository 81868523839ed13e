"""Compares analytics with every store, case by case, and fills what it lacks while the worker goes on."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.analytics.upkeep.case_ranges import EVERYTHING, IDS, CaseRange, RangeSizing, RangeTooFull
from services.analytics.upkeep.comparison import Comparison, Discrepancy, DiscrepancyKind
from services.analytics.upkeep.rebuilding import BESIDE
from services.analytics.upkeep.repair import RepairResult, mend
from services.analytics.upkeep.stores import Stores, heads
from shared.postgres.pool import Pool

ON_THE_WAY = 3.0
"""Seconds that what was recorded just before may take to arrive, before it is said to be missing."""
LOOK_AGAIN = 0.25
AT_ONCE = 50
"""So many cases are mended in one transaction."""


class RepairAction(StrEnum):
    """What is done about what is found."""

    NOTHING = "nothing"
    FILL = "fill"
    """What is missing is filled in."""
    REPAIR = "repair"
    """And what differs is replaced by what the stores say; nothing is ever removed."""


Tell = Callable[[float, int], None]
"""Told which share of all ids was gone through, and how many events were compared."""
Report = Callable[[Discrepancy], None]
"""Told of each thing that does not fit, before something is done about it."""


@dataclass
class ReconciliationResult:
    """``found`` counts what did not fit, by kind; ``left`` what still does not, after what was done about it."""

    events: int = 0
    cases: int = 0
    found: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    mended: RepairResult = field(default_factory=RepairResult)

    def figures(self) -> dict[str, Any]:
        """As JSON: ``events`` compared, ``cases`` that did not fit, ``missing``, ``left``, ``filled`` …"""
        counted = {kind.value: self.found[kind.value] for kind in DiscrepancyKind}
        done = {"filled": self.mended.filled, "replaced": self.mended.replaced, "unfit": self.mended.unfit}
        return {"events": self.events, "cases": self.cases, **counted, **done, "left": self.left.total()}


async def reconcile(
    pool: Pool, stores: Stores, doing: RepairAction, *, report: Report, tell: Tell
) -> ReconciliationResult:
    """Compare all that was recorded up to now, a span of cases at a time, and do something about what does not fit.

    Raises NoStore, RebuildUnderWay (while the tables are rebuilt), one of AWAY.
    """
    async with BESIDE.alone(pool):
        work = Reconciliation(pool, stores, doing, report)
        await work.run(tell)
    return work.result


class Reconciliation:
    """One comparison of everything."""

    def __init__(self, pool: Pool, stores: Stores, doing: RepairAction, report: Report) -> None:
        self._pool = pool
        self._stores = stores
        self._doing = doing
        self._report = report
        self._patience = ON_THE_WAY
        self.result = ReconciliationResult()

    async def run(self, tell: Tell) -> None:
        """Every span; and at the end what analytics holds beyond the logs."""
        ends = await heads(self._stores)
        compare, pace = Comparison(self._pool, self._stores, ends), RangeSizing(sum(ends.values()))
        first: UUID | None = EVERYTHING.first
        while first is not None:
            span = pace.span(first, EVERYTHING.last)
            try:
                await self._span(compare, span)
            except RangeTooFull:
                pace.narrow(span)
                continue
            pace.found(compare.events)
            self.result.events += compare.events
            first = span.next
            tell((first.int if first else IDS) / IDS, self.result.events)
        for finding in await compare.beyond():
            self._note([finding])
            self.result.left[finding.kind] += finding.count

    async def _span(self, compare: Comparison, span: CaseRange) -> None:
        found = await self._lasting(compare, span)
        if not found:
            return
        self._note(found)
        cases = sorted({finding.case for finding in found if self._to_mend(finding)})
        for start in range(0, len(cases), AT_ONCE):
            some = cases[start : start + AT_ONCE]
            replace = self._doing is RepairAction.REPAIR
            self.result.mended += await mend(self._pool, self._stores, some, replace=replace)
        for finding in await compare.look(span) if cases else found:
            self.result.left[finding.kind] += finding.count

    async def _lasting(self, compare: Comparison, span: CaseRange) -> Sequence[Discrepancy]:
        """What does not fit and is not merely on its way, as long as the patience lasts: once for all spans."""
        found = await compare.look(span)
        while self._patience > 0 and any(each.kind is DiscrepancyKind.MISSING for each in found):
            await asyncio.sleep(LOOK_AGAIN)
            self._patience -= LOOK_AGAIN
            found = await compare.look(span)
        return found

    def _note(self, found: Sequence[Discrepancy]) -> None:
        for finding in found:
            self.result.found[finding.kind] += finding.count
            self._report(finding)
        self.result.cases += len({finding.case for finding in found})

    def _to_mend(self, finding: Discrepancy) -> bool:
        """Whether something is to be done about it: missing is filled in, anything else only replaced when asked."""
        if self._doing is RepairAction.FILL:
            return finding.kind is DiscrepancyKind.MISSING
        return self._doing is RepairAction.REPAIR and not (
            finding.table == "history" and finding.kind is DiscrepancyKind.EXTRA
        )
