"""``redress reconcile``: compare analytics with every store, case by case, and fill what it lacks."""

import asyncio
import time
from typing import Annotated

import typer

from deploy.cli.readmodels import bar, opened, prepared
from services.analytics.upkeep.comparison import Discrepancy
from services.analytics.upkeep.operations import RECONCILE, note
from services.analytics.upkeep.reconciliation import ReconciliationResult, RepairAction
from services.analytics.upkeep.reconciliation import reconcile as reconcile_with
from shared.clock import clock_from_env

NOT_AS_SAID = 1
MOST_NAMED = 50
"""So many findings are named; the others are counted."""


def reconcile(
    repair: Annotated[
        bool, typer.Option("--repair", help="Also replace what differs by what the stores say. Never removes an event.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what does not fit; change nothing.")] = False,
) -> None:
    """Compare what analytics holds of each case with what each service said, and fill in what is missing.

    What differs is left as it is, since it may be evidence, unless --repair. Exit code 0: everything fits, or does
    now; 1: something does not; 2: it could not be told.
    """
    doing = RepairAction.NOTHING if dry_run else RepairAction.REPAIR if repair else RepairAction.FILL
    result = asyncio.run(run(doing))
    if result.left:
        raise typer.Exit(NOT_AS_SAID)


async def run(doing: RepairAction) -> ReconciliationResult:
    """Reconcile, say what was found, and remember it for the operations page."""
    began, named = time.monotonic(), 0
    async with opened() as pools:
        analytics = await prepared(pools)
        with bar() as progress:
            task = progress.add_task("comparing", total=1.0)

            def report(finding: Discrepancy) -> None:
                nonlocal named
                named += 1
                if named <= MOST_NAMED:
                    progress.console.print(sentence(finding), markup=False, highlight=False, soft_wrap=True)

            def tell(share: float, events: int) -> None:
                progress.update(task, completed=share)

            result = await reconcile_with(analytics, pools, doing, report=report, tell=tell)
        seconds = time.monotonic() - began
        figures = {**result.figures(), "seconds": round(seconds, 1), "doing": doing.value}
        if result.left:
            figures["trouble"] = conclusion(result, doing)
        await note(analytics, RECONCILE, clock_from_env().now(), figures)
    if named > MOST_NAMED:
        print(f"… and {named - MOST_NAMED:,} more.")
    print(conclusion(result, doing))
    print(f"{result.events:,} events compared in {seconds:.1f} s.")
    return result


def sentence(finding: Discrepancy) -> str:
    """A finding as the operator reads it: case, what, from which position on."""
    if finding.table != "history":
        rows = "row" if finding.count == 1 else "rows"
        return f"case {finding.case}: {finding.count:,} {rows} of `{finding.table}` {finding.kind}."
    events = "event" if finding.count == 1 else "events"
    since = "" if finding.position is None else f", the first at position {finding.position}"
    return f"case {finding.case}: {finding.count:,} {events} of {finding.service} {finding.kind}{since}."


def conclusion(result: ReconciliationResult, doing: RepairAction) -> str:
    """What was done, and what is left."""
    if not result.found:
        return "Analytics holds what every store says."
    done = []
    if result.mended.filled:
        done.append(f"{result.mended.filled:,} events filled in")
    if result.mended.replaced:
        done.append(f"{result.mended.replaced:,} replaced")
    if result.mended.unfit:
        done.append(f"{result.mended.unfit:,} do not fit into the tables (see `redress deadletter list`)")
    told = f"{result.cases:,} cases did not fit" + (f": {', '.join(done)}." if done else ".")
    if not result.left:
        return f"{told} All of them fit now."
    left = ", ".join(f"{count:,} {kind}" for kind, count in sorted(result.left.items()))
    hint = {
        RepairAction.NOTHING: " Nothing was changed.",
        RepairAction.FILL: " --repair replaces what differs.",
        RepairAction.REPAIR: "",
    }
    return f"{told} Left: {left}.{hint[doing]}"
