"""What the person at the terminal sees of an import: how far it is, which rows are bad and why, what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.importing.filling import FieldFault
from deploy.importing.sending import RowOutcome, RowResult


class ImportReport:
    """Counts what became of the rows of one file and prints it. ``why`` says why it ended early, if it did."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.counts: Counter[RowOutcome] = Counter()
        self.bad: list[tuple[int, str, FieldFault]] = []
        self.why = ""

    def add(self, sent: RowResult) -> None:
        """What became of a row."""
        self.counts[sent.outcome] += 1
        self.bad += ((sent.filled.line, sent.filled.key, fault) for fault in sent.faults)

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[RowResult], None]]:
        """A bar on standard error; gives the function that counts a row and moves the bar."""
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=Console(stderr=True)) as bar:
            rows = bar.add_task(self.file.name, total=total)

            def answered(sent: RowResult) -> None:
                self.add(sent)
                bar.advance(rows)

            yield answered

    def print_bad(self) -> None:
        """Every fault as ``file:line: row key: field: reason``, in the sheet's order."""
        for line, key, fault in sorted(self.bad, key=lambda one: one[0]):
            print(": ".join(filter(None, (f"{self.file}:{line}", key and f"row {key}", fault.field, fault.reason))))

    def print_rehearsed(self) -> None:
        """What could be sent."""
        good, bad = self.counts[RowOutcome.CREATED], self.counts[RowOutcome.REFUSED]
        print(f"{good + bad} rows: {good} can be sent, {bad} cannot. Nothing was sent.")

    def print_sent(self, total: int) -> None:
        """What was sent, and what was not."""
        counted = [f"{self.counts[outcome]} {outcome.value}" for outcome in RowOutcome]
        if unsent := total - self.counts.total():
            counted.append(f"{unsent} not sent")
        print(f"{total} rows: {', '.join(counted)}. {self.why}".rstrip())
