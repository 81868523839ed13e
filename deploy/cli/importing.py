"""``redress import``: complaints from a sheet of another system become cases, through the same door as the form."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble
from deploy.importing.checking import checked
from deploy.importing.filling import FilledRow, Filler
from deploy.importing.mapping import load_mapping
from deploy.importing.rehearsal import rehearsal_for, whoever_files
from deploy.importing.report import ImportReport
from deploy.importing.sending import ImportStopped, RowOutcome, RowResult, Sending, send_all
from deploy.importing.sheet import SourceSheet, UnreadableSheet, open_sheet
from shared.clock import clock_from_env
from shared.procedures.language.lines import Unreadable

ALL_THERE, SOME_REFUSED, STOPPED, INTERRUPTED = 0, 1, 3, 130


def front_door() -> str:
    """Where the stack of this machine is."""
    return StackSettings.from_environment().address


def import_sheet(
    file: Annotated[Path, typer.Argument(help="The sheet: CSV, TSV or XLSX, in UTF-8 or GBK.")],
    site: Annotated[str, typer.Option(help="The site whose complaints they are.")],
    mapping: Annotated[Path, typer.Option("--map", help="What the columns mean: a YAML file.")],
    address: Annotated[
        str, typer.Option(help="Where Redress is.", envvar="REDRESS_ADDRESS", default_factory=front_door)
    ],
    person: Annotated[
        str, typer.Option("--as", help="Who files them, the same person each time; else the first who may, there.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing; list every row that would fail.")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many rows are under way at once.")] = 8,
) -> None:
    """File every row of a sheet as a complaint. The same file again creates nothing; a broken import goes on.

    Exit code 0: every row is there; 1: some rows are not, each is listed; 2: the file, the mapping or a name is at
    fault; 3: the server does not answer or does not let this person; 130: interrupted.
    """
    try:
        meaning = load_mapping(mapping)
        sheet = open_sheet(file, meaning.format.layout())
        filler = Filler(meaning, sheet)
        who = person or whoever_files(site)
        if dry_run:
            code = rehearse(sheet, filler, site, who)
        else:
            code = send(sheet, filler, Sending(address, site, who, meaning.name, at_once))
    except (Unreadable, UnreadableSheet, LookupError) as fault:
        raise Trouble(str(fault)) from fault
    raise typer.Exit(code)


def rehearse(sheet: SourceSheet, filler: Filler, site: str, person: str) -> int:
    """Say of every row whether intake would take it; send nothing."""
    rehearsal = rehearsal_for(site, person, clock_from_env())
    report = ImportReport(sheet.path)
    for filled in checked(sheet, filler, rehearsal.faults):
        report.add(RowResult(filled, RowOutcome.REFUSED if filled.faults else RowOutcome.CREATED, filled.faults))
    report.print_bad()
    report.print_rehearsed()
    return SOME_REFUSED if report.bad else ALL_THERE


def send(sheet: SourceSheet, filler: Filler, sending: Sending) -> int:
    """Send every row that can be sent; those that cannot are reported and left out."""
    report = ImportReport(sheet.path)
    total = sum(1 for _ in checked(sheet, filler))
    code = ALL_THERE
    with report.progress(total) as answered:

        def good_rows() -> Iterator[FilledRow]:
            for filled in checked(sheet, filler):
                if filled.faults:
                    answered(RowResult(filled, RowOutcome.REFUSED, filled.faults))
                else:
                    yield filled

        try:
            asyncio.run(send_all(good_rows(), sending, answered))
        except ImportStopped as stopped:
            report.why = f"Stopped: {stopped}. Started again, it goes on here."
            code = STOPPED
        except KeyboardInterrupt:
            report.why = "Interrupted. Started again, it goes on here."
            code = INTERRUPTED
    report.print_bad()
    report.print_sent(total)
    return code or (SOME_REFUSED if report.bad else ALL_THERE)
