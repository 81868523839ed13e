"""``redress up``: start the whole stack and keep it running."""

import os
import sys
from typing import Annotated

import typer

from deploy.dev.settings import StackSettings
from deploy.dev.stack import Stack


def up(
    samples: Annotated[
        bool, typer.Option(help="Fill a new stack with sample cases (never a database or a company of your own).")
    ] = True,
) -> None:
    """Start PostgreSQL, Kafka, the services and the front door; stop them all with Ctrl-C."""
    settings = StackSettings.from_environment()
    wanted = samples and settings.database_url is None and not os.environ.get("REDRESS_COMPANY")
    Stack(settings, say=lambda line: print(line, flush=True), load=load_samples() if wanted else None).run()


def load_samples() -> tuple[str, ...]:
    """The program that fills a new stack of the sample company with cases."""
    return (sys.executable, "-m", "deploy.cli", "samples")
