"""What a run has come to, as a table for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.rounds import Tally


def table_of(tallies: Sequence[tuple[str, Tally]]) -> Table:
    """One row a run: seed, rounds, faults by kind, commands, violations."""
    table = Table(title="Chaos: what was broken, and what came of it", show_lines=True)
    for column in (
        "run",
        "seed",
        "rounds",
        "faults",
        "commands accepted",
        "sent again",
        "events",
        "seconds",
        "violations",
    ):
        table.add_column(column, justify="left" if column in ("run", "faults", "violations") else "right")
    for name, tally in tallies:
        table.add_row(
            name,
            str(tally.plan.seed),
            str(tally.rounds),
            faults_of(tally),
            str(tally.accepted),
            str(tally.repeated),
            str(tally.events),
            f"{tally.seconds:.0f}",
            violations_of(tally),
        )
    return table


def faults_of(tally: Tally) -> str:
    """How often each fault struck, with their sum."""
    lines = [f"{name}: {times}" for name, times in sorted(tally.faults.items())]
    return "\n".join([*lines, f"together: {tally.faults.total()}"])


def violations_of(tally: Tally) -> str:
    """How many promises were broken, and which."""
    kinds = sorted({violation.promise for violation in tally.violations})
    return "\n".join([str(len(tally.violations)), *kinds])


def printed(tallies: Sequence[tuple[str, Tally]]) -> str:
    """The table as text."""
    console = Console(width=150)
    with console.capture() as captured:
        console.print(table_of(tallies))
    return captured.get()
