"""``redress pack``: proves a procedure pack sound, and shows what it says."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.trying import new_pack, schema, try_pack, write_reference, write_rules
from deploy.regulation.sheet import sheet
from shared.procedures.language.lines import Unreadable
from shared.procedures.language.loader import load_pack, pack_files
from shared.procedures.language.pack import Pack
from shared.procedures.lint.findings import MEANINGS, Finding
from shared.procedures.lint.linter import lint
from shared.regulation.language import loading as regulations
from shared.regulation.language.document import NoPack
from shared.regulation.lint import lint as prove

app = typer.Typer(no_args_is_help=True, help="Prove procedure packs sound and show what they say.")
app.command("try")(try_pack)
app.command("new")(new_pack)
app.command()(schema)
app.command("reference")(write_reference)
app.command("rules")(write_rules)
console = Console(soft_wrap=True, highlight=False)


@app.command("lint")
def lint_packs(
    packs: Annotated[list[str] | None, typer.Argument(help="Ids or files of packs; all packs without any.")] = None,
) -> None:
    """Prove that every case finds its way to closed; what is wrong is told with its line, and exit code 1."""
    every = [str(file) for file in (*pack_files(), *regulations.pack_files())]
    sound = [_is_proved(pack) if is_second(pack) else _is_sound(pack) for pack in packs or every]
    raise typer.Exit(code=0 if all(sound) else 1)


@app.command()
def show(
    pack: Annotated[str, typer.Argument(help="Id or file of a pack.")],
    lang: Annotated[str, typer.Option(help="en, zh-CN or zh-TW.")] = "en",
) -> None:
    """Show the course of a case, the limits and the authority that a pack sets."""
    if is_second(pack):
        _show_second(pack, lang)
        return
    try:
        found = load_pack(_source(pack))
    except Unreadable as fault:
        _tell(fault)
        raise typer.Exit(code=1) from fault
    for table in (_stages(found, lang), _authority(found, lang)):
        console.print(table)


def is_second(pack: str) -> bool:
    """Whether a pack is written in the second edition of the language, which begins with ``pack:``.

    A bare name means what runs: the first edition where there is one.
    """
    if not pack.endswith((".yaml", ".yml")):
        return all(file.stem != pack for file in pack_files())
    try:
        lines = Path(pack).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return True
    return not any(line.startswith("id:") for line in lines)


def _is_proved(pack: str) -> bool:
    try:
        findings = prove(regulations.load_pack(_source(pack)))
    except NoPack as fault:
        console.print(str(fault), markup=False)
        return False
    for finding in findings:
        console.print(f"{pack}:{finding}", markup=False)
    wrong = sum(finding.is_fault for finding in findings)
    waiting = sum(finding.code == "waits" for finding in findings)
    known = len(findings) - wrong - waiting
    console.print(f"{pack}: {wrong or 'nothing'} to mend, {known} known, {waiting} not carried out yet", markup=False)
    return not wrong


def _show_second(pack: str, language: str) -> None:
    try:
        for table in sheet(regulations.load_pack(_source(pack)), language):
            console.print(table)
    except NoPack as fault:
        console.print(str(fault), markup=False)
        raise typer.Exit(code=1) from fault


def _is_sound(pack: str) -> bool:
    try:
        findings = lint(load_pack(_source(pack)))
    except Unreadable as fault:
        _tell(fault)
        return False
    for finding in findings:
        console.print(f"{pack}:{finding.line}: {_words(finding)}", markup=False)
    wrong = sum(not finding.reading for finding in findings)
    console.print(f"{pack}: {wrong or 'nothing'} to mend, {len(findings) - wrong} known", markup=False)
    return not wrong


def _words(finding: Finding) -> str:
    reading = f" [known: {finding.reading}]" if finding.reading else ""
    return f"{finding.code}: {MEANINGS[finding.code]}: {finding.message}{reading}"


def _tell(fault: Unreadable) -> None:
    for line, message in fault.faults:
        console.print(f"{fault.source}:{line}: {message}", markup=False)


def _source(pack: str) -> str | Path:
    return Path(pack) if pack.endswith((".yaml", ".yml")) else pack


def _stages(pack: Pack, lang: str) -> Table:
    table = Table("stage", "name", "who", "level", "limit", "rule", title=f"{pack.name.within(lang)}, {pack.version}")
    for stage in pack.stages:
        limit = pack.limit_of(stage)
        level = f"by {stage.authority}" if stage.authority else stage.level or ""
        name = stage.name.within(lang)
        table.add_row(stage.stage, name, str(stage.owner), level, str(limit.time) if limit else "", stage.rule)
    table.add_section()
    table.add_row("overall", "", pack.overall.owner, "", str(pack.overall.time), pack.overall.rule)
    return table


def _authority(pack: Pack, lang: str) -> Table:
    table = Table("from", "to", "signs", title=pack.authority.rule)
    for bound in pack.authority.bounds:
        begins = f"above {bound.over}" if bound.over is not None else bound.at_least
        ends = f"below {bound.below}" if bound.below is not None else bound.upto
        level = pack.wordings[f"level.{bound.level}"].within(lang)
        table.add_row(*("" if side is None else str(side) for side in (begins, ends)), level)
    return table
