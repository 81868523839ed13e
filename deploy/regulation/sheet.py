"""``redress pack show``: what a pack says, as tables for the terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from shared.regulation.language.fields import Table as PackTable
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Clock, Stage, TimeTable


def sheet(pack: Pack, language: str) -> Iterator[Table]:
    """The course of each kind of case, then the tables."""
    for kind, stages in pack.courses.items():
        said = pack.kind(kind)
        course = Table(
            "stage",
            "who",
            "after",
            "until",
            "rule",
            title=_plain(f"{pack.title(language)}: {pack.called(kind, said, language)}"),
        )
        for name, stage in stages.items():
            course.add_row(*map(_plain, _row(pack, name, stage, language)))
        yield course
    for name, table in pack.tables.items():
        yield _table(pack, name, table, language)


def _row(pack: Pack, name: str, stage: Stage, language: str) -> tuple[str, ...]:
    after = stage.after
    waits = ", ".join(after.every) if after and after.every else " or ".join(after.any) if after else ""
    when = f" when {stage.when}" if stage.when else ""
    during = f"while {stage.during}" if stage.during else ""
    dues = ", ".join(clock(pack, each) for each in stage.due)
    return (
        pack.called(name, stage, language),
        str(stage.holder or ""),
        f"{waits or during}{when}",
        dues,
        pack.cited(stage.cite),
    )


def clock(pack: Pack, said: Clock) -> str:
    """A clock in words."""
    if said.promised or said.given:
        return f"the date {said.promised or said.given}"
    within = pack.shares[said.share].within if said.share else said.within
    limit = (
        ", ".join(f"{time} ({value})" for value, time in within.limits.items())
        if isinstance(within, TimeTable)
        else str(within)
    )
    return f"{limit}{f' from {said.start}' if said.start else ''}{f', shared: {said.share}' if said.share else ''}"


def _table(pack: Pack, name: str, table: PackTable, language: str) -> Table:
    shown = Table(
        "for", "gives", title=_plain(f"{pack.called(name, table, language)} {pack.cited(table.cite)}".strip())
    )
    for row in table.rows:
        bounds = (("over", row.over), ("from", row.start), ("up to", row.upto), ("below", row.below))
        values = (
            row.values.items() if isinstance(row.values, dict) else [(table.of[0], row.values)] if row.values else []
        )
        told = [f"{field} {' or '.join(codes)}" for field, codes in values] + [
            f"{word} {bound}" for word, bound in bounds if bound is not None
        ]
        shown.add_row(_plain(", ".join(told) or "above"), _plain(str(row.gives)))
    return shown


def _plain(text: str) -> Text:
    """A text in which brackets mean nothing."""
    return Text(text)
