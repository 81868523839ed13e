"""`redress journey`: writes the journey of a complaint from the code and the pack."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.journey.document import journey
from shared.procedures.language.loader import load_pack


def write_journey(
    pack: Annotated[str, typer.Option(help="The pack's id.")] = "glzd194",
    out: Annotated[Path | None, typer.Option(help="A file to write; otherwise it is printed.")] = None,
) -> None:
    """Write the journey of a complaint: event, who hears it, command, event."""
    told = journey(load_pack(pack))
    if out is None:
        typer.echo(told)
    else:
        out.write_text(told, encoding="utf-8")
