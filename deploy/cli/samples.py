"""``redress samples``: fills the demo with real complaints and leads them on; the clock moves, so some are late."""

import asyncio
import sys
from subprocess import run
from typing import Annotated

import httpx
import typer

from deploy.cli.clock import movable, span
from deploy.dev.settings import PROJECT, StackSettings
from deploy.dev.trouble import Trouble
from deploy.samples.life import Halted, lead

FOLDER = PROJECT / "deploy" / "samples"
SITE, CLERK = "TPE", "lin-yating"
WRONG_CALL = 2


def front_door() -> str:
    """Where the stack of this machine is."""
    return StackSettings.from_environment().address


def samples(
    address: Annotated[
        str, typer.Option(help="Where Redress is.", envvar="REDRESS_ADDRESS", default_factory=front_door)
    ],
) -> None:
    """Import the sample complaints and let them travel; what was done before is not done again."""
    imported = run(
        [
            *(sys.executable, "-m", "deploy.cli", "import", str(FOLDER / "nhtsa-complaints.tsv")),
            *("--map", str(FOLDER / "nhtsa.yaml"), "--site", SITE, "--as", CLERK, "--address", address),
        ],
        check=False,
    )
    if imported.returncode >= WRONG_CALL:
        raise typer.Exit(imported.returncode)
    clock = movable()
    try:
        asyncio.run(lead(address, lambda by: clock.advance(span(by)), typer.echo))
    except (Halted, httpx.HTTPError) as trouble:
        raise Trouble(f"The sample cases stopped on their way: {trouble}") from trouble
