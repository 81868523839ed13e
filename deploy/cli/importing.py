"""``redress import``: complaints from a sheet of another system become cases, through the same door as the form."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble
from deploy.importing.checking import checked, keyed
from deploy.importing.connection import ImportStopped, Sending
from deploy.importing.filling import FilledRow, Filler
from deploy.importing.layout import UnreadableSheet
from deploy.importing.mapping import load_mapping
from deploy.importing.rehearsal import rehearsal_for, whoever_files
from deploy.importing.report import ImportReport
from deploy.importing.sending import RowOutcome, RowResult, RowSender, Work, send_all
from deploy.importing.sentences import Sentence, language_of
from deploy.importing.sheet import open_sheet
from shared.clock import clock_from_env
from shared.procedures.language.lines import Unreadable

ALL_THERE, SOME_REFUSED, STOPPED, INTERRUPTED = 0, 1, 3, 130
FILING = (RowOutcome.CREATED, RowOutcome.THERE, RowOutcome.REFUSED)
TAKING_BACK = (RowOutcome.TAKEN_BACK, RowOutcome.ABSENT, RowOutcome.REFUSED)
"""What is counted in the end, whether or not it happened."""


def front_door() -> str:
    """Where the stack of this machine is."""
    return StackSettings.from_environment().address


def language_of_terminal() -> str:
    """The language that the terminal is set to."""
    wanted = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_of(next(filter(None, wanted), ""))


def import_sheet(
    file: Annotated[Path, typer.Argument(help="The sheet: CSV, TSV, or a workbook (xlsx, xlsm, xlsb, xls, ods).")],
    site: Annotated[str, typer.Option(help="The site whose complaints they are.")],
    mapping: Annotated[Path, typer.Option("--map", help="What the columns mean: a YAML file.")],
    address: Annotated[
        str, typer.Option(help="Where Redress is.", envvar="REDRESS_ADDRESS", default_factory=front_door)
    ],
    language: Annotated[
        str, typer.Option(help="en, zh-CN or zh-TW; else the terminal's.", default_factory=language_of_terminal)
    ],
    person: Annotated[
        str, typer.Option("--as", help="Who files them, the same person each time; else the first who may, there.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing; list every row that would fail.")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many rows are under way at once.")] = 8,
    encoding: Annotated[
        str, typer.Option(help="In which encoding a text is written; counts before what the mapping says.")
    ] = "",
    correct: Annotated[
        bool, typer.Option("--correct", help="Withdraw what the rows said before, if it was otherwise, and file anew.")
    ] = False,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Withdraw what came of the rows and nobody has worked on.")
    ] = False,
) -> None:
    """File every row of a sheet as a complaint. The same file again creates nothing; a broken import goes on.

    Exit code 0: every row is there; 1: some rows are not, each is listed; 2: the file, the mapping or a name is at
    fault; 3: the server does not answer or does not let this person; 130: interrupted.
    """
    if correct + take_back + dry_run > 1:
        raise Trouble("Only one of --dry-run, --correct and --take-back.")
    try:
        meaning = load_mapping(mapping)
        sheet = open_sheet(file, meaning.format.layout(encoding or None), meaning.headings)
        clock = clock_from_env()
        filler = Filler(meaning, sheet, clock.now().date())
        who = person or whoever_files(site)
        report = ImportReport(sheet, language)
        report.print_title()
        if dry_run:
            rehearsal = rehearsal_for(site, who, clock)
            for filled in checked(sheet, filler, rehearsal.faults):
                report.add(
                    RowResult(filled, RowOutcome.REFUSED if filled.faults else RowOutcome.CREATED, filled.faults)
                )
            code = rehearsed(report)
        else:
            sending = Sending(address, site, who, meaning.name, at_once, language=language)
            rows = keyed(sheet, filler) if take_back else checked(sheet, filler)
            work = RowSender.take_back if take_back else RowSender.correct if correct else RowSender.file
            code = send(rows, sending, report, work)
    except UnreadableSheet as fault:
        raise Trouble(fault.within(language)) from fault
    except (Unreadable, LookupError) as fault:
        raise Trouble(str(fault)) from fault
    raise typer.Exit(code)


def rehearsed(report: ImportReport) -> int:
    """Say of every row whether intake would take it."""
    report.print_bad()
    report.print_rehearsed()
    return SOME_REFUSED if report.bad else ALL_THERE


def send(rows: Iterable[FilledRow], sending: Sending, report: ImportReport, work: Work) -> int:
    """Do the work with every row that has no faults; the others are reported and left out."""
    sheet = report.sheet
    total = sum(1 for _ in sheet.rows())
    reason = Sentence("import.reason", {"file": sheet.path.name}).within(sending.language)
    code = ALL_THERE
    with report.progress(total) as answered:

        def good_rows() -> Iterator[FilledRow]:
            for filled in rows:
                if filled.faults:
                    answered(RowResult(filled, RowOutcome.REFUSED, filled.faults))
                else:
                    yield filled

        try:
            asyncio.run(send_all(good_rows(), sending, answered, work, reason))
        except ImportStopped as stopped:
            report.stopped(stopped)
            code = STOPPED
        except KeyboardInterrupt:
            report.why = Sentence("import.interrupted")
            code = INTERRUPTED
    report.print_bad()
    report.print_sent(total, FILING if work is not RowSender.take_back else TAKING_BACK)
    return code or (SOME_REFUSED if report.bad else ALL_THERE)
