"""``redress contracts``: writes the schemas of all events and their AsyncAPI document; tells what a release changes."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.contracts.asyncapi import document
from deploy.contracts.channels import changes_of_channels
from deploy.contracts.compatibility import changes
from deploy.contracts.files import EVENTS, read_released, read_released_document, release, write
from deploy.contracts.schemas import declared, schemas


def write_contracts(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = EVENTS,
    promise: Annotated[bool, typer.Option("--release", help="Keep what is declared now as released.")] = False,
) -> None:
    """Write the events' JSON Schemas and AsyncAPI document; tell what changed since the last release.

    Exit code 1 when stored events or the departments of the last release could not bear a change; then nothing is
    released.
    """
    events = declared()
    touched = write(events, out)
    found = changes(read_released(out), schemas(events))
    found += changes_of_channels(read_released_document(out), document(events))
    for path in touched:
        typer.echo(f"written: {out / path}")
    for change in found:
        typer.echo(str(change))
    if any(change.remedy for change in found):
        raise typer.Exit(code=1)
    if promise:
        release(events, out)
    typer.echo(f"{len(events)} events, {'released' if promise else f'{len(found)} changes since the last release'}.")
