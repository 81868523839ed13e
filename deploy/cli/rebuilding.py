"""``redress rebuild``: make read models anew from the stores, beside those that run."""

import asyncio
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from deploy.cli.readmodels import bar, opened, prepared
from deploy.dev.trouble import Trouble
from services.analytics.upkeep.operations import REBUILD, note
from services.analytics.upkeep.rebuilding import RebuildReport, StoreSetBack
from services.analytics.upkeep.rebuilding import rebuild as rebuild_cases
from shared.clock import clock_from_env
from shared.contracts.event import SERVICES
from shared.postgres.pool import Pool
from shared.readmodels.projection import Projection
from shared.readmodels.rebuilding import rebuild as rebuild_own

INTERRUPTED = 130
CASES = "cases"
"""Analytics' history, register, stages and tallies, which come from all five stores."""


def rebuild(
    models: Annotated[list[str] | None, typer.Argument(help="Read models; none and no --all lists them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every read model, one after the other.")] = False,
    site: Annotated[str, typer.Option(help="Only the rows of this site's cases (for `cases` alone).")] = "",
    anew: Annotated[bool, typer.Option(help="Do not go on with what an interrupted call has built.")] = False,
    set_back: Annotated[
        bool, typer.Option("--set-back", help="Although analytics holds events that a store has no more: drop them.")
    ] = False,
) -> None:
    """Build read models anew from the stores, beside those that run, and switch when they have caught up.

    Ctrl-C, or worse, costs nothing: the next call goes on where this one was.
    """
    known = own_models()
    names = chosen([CASES, *known], models or [], everything, site)
    try:
        asyncio.run(run(names, known, site, anew=anew, set_back=set_back))
    except KeyboardInterrupt:
        print("Broken off. What is built is kept: the next call goes on from there.")
        raise typer.Exit(INTERRUPTED) from None


def chosen(known: Sequence[str], asked: Sequence[str], everything: bool, site: str) -> list[str]:
    """The read models to rebuild. Raises ``Trouble`` when that is none, or cannot be."""
    names = list(dict.fromkeys(asked)) or (list(known) if everything else [CASES] if site else [])
    if not names:
        raise Trouble(f"Name the read models to rebuild, or say --all: {', '.join(known)}.")
    if unknown := [name for name in names if name not in known]:
        raise Trouble(f"There is no read model {', '.join(unknown)}: there are {', '.join(known)}.")
    if site and names != [CASES]:
        raise Trouble(
            f"Only `{CASES}` can be rebuilt for one site: the others follow their service's log from one position, "
            "and are rebuilt whole."
        )
    return names


def own_models() -> dict[str, tuple[str, Projection]]:
    """The services' own read models by name, with the service."""
    rooms = {service: import_module(f"services.{service}.main").ROOMS for service in SERVICES}
    return {room.projection.name: (service, room.projection) for service, room in rooms.items() if room.projection}


async def run(
    names: Sequence[str], known: dict[str, tuple[str, Projection]], site: str, *, anew: bool, set_back: bool
) -> None:
    """Rebuild one after the other, and say how long each took."""
    async with opened() as pools:
        for name in names:
            began = time.monotonic()
            with bar() as progress:
                task = progress.add_task(name, total=1.0)
                if name == CASES:
                    told = await cases(pools, site, anew, set_back, progress, task)
                else:
                    told = await own(pools, known[name], anew, progress, task)
            print(f"{name}: {told} Switched after {time.monotonic() - began:.1f} s.", flush=True)


async def cases(pools: dict[str, Pool], site: str, anew: bool, set_back: bool, progress: Progress, task: TaskID) -> str:
    """Analytics' tables; what is to be told of it."""
    analytics = await prepared(pools)
    began = time.monotonic()

    def tell(step: str, share: float, events: int) -> None:
        progress.update(task, description=f"{CASES}: {step}", completed=share)

    try:
        rebuilt = await rebuild_cases(analytics, pools, site=site, anew=anew, set_back=set_back, tell=tell)
    except StoreSetBack as reason:
        raise Trouble(
            f"Nothing was changed: {reason}, so that the store was set back or is another one. "
            "`redress reconcile --dry-run` names the events; --set-back drops them."
        ) from reason
    seconds = time.monotonic() - began
    figures = {"events": rebuilt.events, "unfit": rebuilt.unfit, "site": site, "seconds": round(seconds, 1)}
    await note(analytics, REBUILD, clock_from_env().now(), figures)
    return sentence(rebuilt, seconds)


def sentence(rebuilt: RebuildReport, seconds: float) -> str:
    """What came of it."""
    here = rebuilt.events - rebuilt.before
    told = f"{rebuilt.events:,} events"
    if rebuilt.before:
        told += f", {rebuilt.before:,} of them by an interrupted call"
    told += f", {here / max(seconds, 0.001):,.0f} a second."
    if rebuilt.unfit:
        told += f" {rebuilt.unfit:,} do not fit into the tables and were left out, as the worker leaves them out."
    return told


async def own(
    pools: dict[str, Pool], model: tuple[str, Projection], anew: bool, progress: Progress, task: TaskID
) -> str:
    """A service's own read model; what is to be told of it."""
    service, projection = model

    def tell(done: int, of: int) -> None:
        progress.update(task, completed=done / max(of, 1))

    rebuilt = await rebuild_own(pools[service], projection, anew=anew, tell=tell)
    return f"{rebuilt.entries:,} entries of {service}'s log read, up to position {rebuilt.position:,}."
