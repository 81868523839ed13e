"""What a run has come to, as tables for people."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.guards.proving import Proof
from tests.chaos.tally import Tally

WIDTH = 100


def faults_of(tally: Tally) -> Table:
    """How often each kind of fault struck."""
    table = Table(title="Faults", title_justify="left")
    table.add_column("kind")
    table.add_column("struck", justify="right")
    table.add_column("different", justify="right")
    for kind, times in sorted(tally.kinds.items()):
        table.add_row(kind, str(times), str(len(tally.places[kind])))
    table.add_section()
    table.add_row("together", str(tally.kinds.total()), "")
    return table


def outcome_of(tally: Tally) -> Table:
    """The run in figures."""
    table = Table(title="Chaos", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right", overflow="fold")
    for name, figure in figures(tally):
        table.add_row(name, figure)
    return table


def figures(tally: Tally) -> Iterable[tuple[str, str]]:
    """Name and value of each figure."""
    yield "seed", str(tally.seed)
    yield "rounds", str(tally.rounds)
    yield "faults", str(tally.kinds.total())
    yield "commands accepted", f"{tally.accepted:,}"
    yield "of these sent more than once", f"{tally.repeated:,}"
    yield "events in the stores", f"{tally.events:,}"
    yield "people got instead of answers", ", ".join(f"{name} {times}" for name, times in tally.troubles.most_common())
    yield "seconds", f"{tally.seconds:.0f}"
    yield "seconds a round", f"{tally.seconds / max(1, tally.rounds):.1f}"
    yield "of these", ", ".join(f"{part} {seconds / max(1, tally.rounds):.1f}" for part, seconds in tally.parts.items())
    yield from (("note", note) for note in sorted(set(tally.notes)))
    yield "violations", str(len(tally.violations))


def guards_of(proofs: Sequence[Proof]) -> Table:
    """Each guard that was taken out, and what was seen of it."""
    table = Table(title="Guards taken out", title_justify="left")
    table.add_column("guard", overflow="fold")
    table.add_column("seen without it", overflow="fold")
    table.add_column("caught")
    for proof in proofs:
        seen = proof.guard.promise if proof.caught else "; ".join([*proof.whole, *proof.without])
        table.add_row(proof.guard.name, seen, "yes" if proof.caught else "NO")
    table.add_section()
    table.add_row("together", "", f"{sum(proof.caught for proof in proofs)} of {len(proofs)}")
    return table


def printed(tally: Tally, proofs: Sequence[Proof] = ()) -> str:
    """The tables as text."""
    console = Console(width=WIDTH)
    with console.capture() as captured:
        if proofs:
            console.print(guards_of(proofs))
        console.print(faults_of(tally))
        console.print(outcome_of(tally))
    return captured.get()
