"""``redress status``: which processes run, and where."""

import json
import os
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.dev import ground
from deploy.dev.settings import StackSettings

NOT_ALL_READY = 1


def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show the processes of the stack. Exit code 0: all are ready; 1: some are not; 3: it does not run."""
    settings = StackSettings.from_environment()
    address = os.environ.get("REDRESS_ADDRESS", settings.address)
    running = ground.is_occupied(settings)
    state = settings.run / "state.json"
    rows = json.loads(state.read_text(encoding="utf-8")) if running and state.exists() else []
    if as_json:
        print(json.dumps({"running": running, "address": address, "processes": rows}))
    elif not running:
        print("Redress is not running.")
    else:
        table = Table("process", "state", "pid", "restarts")
        for row in rows:
            table.add_row(row["name"], row["state"], str(row["pid"] or ""), str(row["restarts"]))
        console = Console()
        console.print(table)
        console.print(f"{address}   logs: {settings.logs}", soft_wrap=True, highlight=False)
    if not running:
        raise typer.Exit(3)
    raise typer.Exit(0 if rows and all(row["state"] == "ready" for row in rows) else NOT_ALL_READY)
