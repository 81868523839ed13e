"""What the person at the terminal sees of an import: how far it is, which rows are bad and why, what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.importing.filling import FieldFault, FilledRow
from deploy.importing.layout import SourceSheet
from deploy.importing.sending import RowOutcome, RowResult
from deploy.importing.sentences import Saying, Sentence

LONGEST_SHOWN = 80


class ImportReport:
    """Counts what became of the rows of one sheet and prints it in a language. ``why`` says why it ended early."""

    def __init__(self, sheet: SourceSheet, language: str) -> None:
        self.sheet = sheet
        self.language = language
        self.counts: Counter[RowOutcome] = Counter()
        self.bad: list[tuple[FilledRow, FieldFault]] = []
        self.why: Sentence | None = None

    def add(self, sent: RowResult) -> None:
        """What became of a row."""
        self.counts[sent.outcome] += 1
        self.bad += ((sent.filled, fault) for fault in sent.faults)

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[RowResult], None]]:
        """A bar on standard error; gives the function that counts a row and moves the bar."""
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=Console(stderr=True)) as bar:
            rows = bar.add_task(self.sheet.path.name, total=total)

            def answered(sent: RowResult) -> None:
                self.add(sent)
                bar.advance(rows)

            yield answered

    def stopped(self, why: Saying) -> None:
        """It ended before its end."""
        self.why = Sentence("import.stopped", {"why": why.sentence})

    def print_title(self) -> None:
        """What stands above the headings and is no row."""
        if self.sheet.title:
            print(self.say("import.title", lines=" / ".join(self.sheet.title)))

    def print_bad(self) -> None:
        """Every fault, in the sheet's order: ``file [tab]:line: row key: field (column): 'what is there': reason``."""
        for filled, fault in sorted(self.bad, key=lambda one: one[0].line):
            row = self.say("import.row", key=filled.key) if filled.key else ""
            parts = (
                f"{self.sheet.place}:{filled.line}",
                row,
                *self.about(filled, fault),
                fault.sentence.within(self.language),
            )
            print(": ".join(filter(None, parts)))

    def about(self, filled: FilledRow, fault: FieldFault) -> Iterator[str]:
        """The field that a fault is about, with the column that it comes from and what stands there."""
        origin = filled.origin(fault.field) if fault.field else None
        if origin is None:
            yield fault.field
            return
        is_same = origin.columns == fault.field
        yield fault.field if is_same else self.say("import.field", path=fault.field, columns=origin.columns)
        if origin.shown:
            shown = origin.shown.replace("\n", " ")
            yield f"'{shown if len(shown) <= LONGEST_SHOWN else f'{shown[:LONGEST_SHOWN]}…'}'"

    def print_rehearsed(self) -> None:
        """What could be sent."""
        good, bad = self.counts[RowOutcome.CREATED], self.counts[RowOutcome.REFUSED]
        print(self.say("import.rehearsed", count=good + bad, good=good, bad=bad))

    def print_sent(self, total: int, always: Sequence[RowOutcome]) -> None:
        """What was sent, and what was not; some outcomes are told ``always``, others where there are any."""
        told = [outcome for outcome in RowOutcome if outcome in always or self.counts[outcome]]
        counted = [self.say(f"import.{outcome.value}", count=self.counts[outcome]) for outcome in told]
        if unsent := total - self.counts.total():
            counted.append(self.say("import.unsent", count=unsent))
        why = self.why.within(self.language) if self.why else ""
        print(f"{self.say('import.sent', count=total, outcomes=counted)} {why}".rstrip())

    def say(self, key: str, /, **values: object) -> str:
        """Words in the language of the report."""
        return Sentence(key, values).within(self.language)
