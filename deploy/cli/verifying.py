"""``redress verify``, ``checkpoint``, ``export``: whether the stores are as recorded, and what shows it to others."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble
from shared.audit.checkpoint_schedule import figures, note
from shared.audit.checkpoint_signing import CheckpointRefused, take_checkpoint
from shared.audit.checkpoints import CheckpointHistory, read_history
from shared.audit.evidence import AuditFinding, LogEntry
from shared.audit.export import NotExportable, export
from shared.audit.log_reader import reading
from shared.audit.signing import PUBLIC, NoKey, SigningKey, keyring
from shared.audit.verification import Verdict, verify
from shared.clock import SystemClock, clock_from_env
from shared.contracts.event import SERVICES
from shared.eventstore.store import AWAY
from shared.postgres.databases import Database, database_of

NOT_AS_RECORDED = 1
PACE = 100_000
"""Events that a small machine verifies in a second."""


def checkpoint_folder() -> Path:
    """Where checkpoints are written: ``REDRESS_CHECKPOINTS``, or in the data of the stack."""
    return Path(os.environ.get("REDRESS_CHECKPOINTS") or StackSettings.from_environment().data / "checkpoints")


def checkpoint_key() -> Path:
    """Where the key lies that signs them: ``REDRESS_CHECKPOINT_KEY``, or in the data of the stack."""
    return Path(
        os.environ.get("REDRESS_CHECKPOINT_KEY") or StackSettings.from_environment().data / "checkpoint-key.pem"
    )


Folder = Annotated[
    Path, typer.Option("--checkpoints", help="The folder of the checkpoints.", default_factory=checkpoint_folder)
]
Keys = Annotated[
    list[Path] | None,
    typer.Option("--key", help="A public key you kept yourself; without one, those in the folder are believed."),
]


def verify_stores(folder: Folder, key: Keys = None) -> None:
    """Verify every event of every store, against its chain and all checkpoints. Changes nothing.

    Exit code 0: everything is as recorded; 1: not so, and the first misfit of each stream is named; 2: it could not
    be told.
    """
    began = time.monotonic()
    databases = stores()
    history = history_of(folder, key)
    with told_plainly():
        verdicts = verified(databases, history)
    events = sum(verdict.events for verdict in verdicts)
    if not events and history.last is None and not history.trouble:
        raise Trouble("There is no store on this server yet, and no checkpoint of one.")
    out = Console(highlight=False, soft_wrap=True)
    for verdict in verdicts:
        state = "as recorded" if verdict.sound else f"{len(verdict.findings) + verdict.further} NOT AS RECORDED"
        counts = f"{verdict.events:>11,} events in {verdict.streams:>9,} streams"
        out.print(f"{verdict.service:<14}{counts}   {state}", markup=False)
    for verdict in verdicts:
        for finding in verdict.findings:
            out.print(sentence(finding), markup=False)
        if verdict.further:
            out.print(f"{verdict.service}: {verdict.further:,} more streams do not fit.", markup=False)
    out.print(standing(history, events, sum(verdict.covered for verdict in verdicts)), markup=False)
    out.print(f"{events:,} events in {time.monotonic() - began:.1f} s.")
    if history.trouble or not all(verdict.sound for verdict in verdicts):
        raise typer.Exit(NOT_AS_RECORDED)


def write_checkpoint(folder: Folder) -> None:
    """Sign where every stream of every store stands now, in a file outside the database."""
    databases, began = stores(), SystemClock().now()
    try:
        with told_plainly():
            taken = take_checkpoint(folder, SigningKey.of(checkpoint_key()), databases, clock_from_env()).statement
    except CheckpointRefused as reason:
        noted(databases, began, {"trouble": str(reason)})
        raise Trouble(f"No checkpoint was written. {reason}.") from reason
    noted(databases, began, figures(taken))
    print(f"Checkpoint {taken.number} of {taken.time:%Y-%m-%d %H:%M:%S} UTC in {folder}")
    print(f"{taken.streams:,} streams, root {taken.root}, signed with key {taken.key}")


def export_case(
    case: Annotated[str, typer.Argument(help="The case's id, or its number.")],
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; CASE.jsonl otherwise.")] = None,
    key: Keys = None,
) -> None:
    """Write one case as a file that verifies on its own, with deploy/audit/verify_export.py and the public key."""
    history = history_of(folder, key)
    if history.trouble:
        raise Trouble(f"The checkpoints do not hold: {history.trouble}.")
    if history.last is None:
        raise Trouble("There is no checkpoint to prove the case by: write one with `redress checkpoint`.")
    with told_plainly():
        stream = stream_of(case)
        events = {service: events_of(database, stream) for service, database in stores().items()}
    if not any(events.values()):
        raise Trouble(f"There is no case {case}.")
    try:
        lines = list(export(stream, events, history.last, history))
    except NotExportable as unfit:
        raise Trouble(f"The case cannot be exported. {sentence(unfit.finding)}") from unfit
    out = out or Path(f"{case}.jsonl")
    out.write_bytes(b"".join(lines))
    statement = history.last.statement
    print(f"{sum(map(len, events.values()))} events of case {stream} in {out}, proved by checkpoint {statement.number}")
    print(f"Verify: python deploy/audit/verify_export.py {out} {folder / statement.key}{PUBLIC}")


def stores() -> dict[str, Database]:
    """The database of each service. Raises ``Trouble`` where no server is known."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise Trouble("No stack was started here: start one with `make demo`, or set DATABASE_URL.")
    return {service: database_of(service, url) for service in SERVICES}


def noted(databases: dict[str, Database], at: datetime, result: dict[str, Any]) -> None:
    """Leave word for the page of operations and the alerts. A checkpoint holds without it."""
    try:
        note(databases["analytics"], at, result)
    except psycopg.Error as error:
        print(f"The page of operations does not know of it: {str(error).strip()}", file=sys.stderr)


def history_of(folder: Path, keys: Sequence[Path] | None) -> CheckpointHistory:
    """The checkpoints of a folder, checked. Raises ``Trouble`` when a key is none."""
    try:
        return read_history(folder, keyring(keys or folder.glob(f"*{PUBLIC}")))
    except NoKey as error:
        raise Trouble(f"{error}.") from error


def verified(databases: dict[str, Database], history: CheckpointHistory) -> list[Verdict]:
    """The verdict on each store, with a bar that shows how long it will take."""
    columns = TextColumn("{task.description:<14}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    lengths = {service: length_of(database) for service, database in databases.items()}
    verdicts: list[Verdict] = []
    print(foretold(sum(lengths.values())), file=sys.stderr)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(lengths.values()))
        for service, database in databases.items():
            before = sum(lengths[verdict.service] for verdict in verdicts)
            bar.update(task, description=service, completed=before)
            with reading(database) as log:
                verdicts.append(verify(service, log, history.signed(service), partial(_move, bar, task, before)))
    return verdicts


def foretold(events: int) -> str:
    """How long so many events will take, before the first is looked at."""
    minutes, seconds = divmod(1 + events // PACE, 60)
    return f"{events:,} events, which takes about {f'{minutes} min ' if minutes else ''}{seconds} s."


def length_of(database: Database) -> int:
    """The last position of a store's log."""
    with reading(database) as log:
        return log.length()


def events_of(database: Database, stream: str) -> list[LogEntry]:
    """The events of a stream in one store."""
    with reading(database) as log:
        return log.stream(stream)


def stream_of(case: str) -> str:
    """The stream of a case, given by its id or its number. Raises ``Trouble`` when there is not exactly one."""
    try:
        return str(UUID(case))
    except ValueError:
        pass
    with reading(stores()["intake"]) as log:
        found = log.streams_where("intake.case-accepted", "number", case)
    if len(found) > 1:
        raise Trouble(f"Several sites have a case {case}; name it by its id: {', '.join(found)}.")
    if not found:
        raise Trouble(f"There is no case {case}.")
    return found[0]


def sentence(finding: AuditFinding) -> str:
    """A finding as the operator reads it: service, case, event, position, what was done, what does not fit."""
    if not finding.stream:
        return f"{finding.service}: {finding.words}."
    what = f"series {finding.series}" if finding.series else f"case {finding.stream}"
    position = "" if finding.position is None else f" (position {finding.position})"
    return f"{finding.service}, {what}, event {finding.version}{position}: {finding.kind}; {finding.words}."


def standing(history: CheckpointHistory, events: int, covered: int) -> str:
    """What the checkpoints vouch for, and what they do not."""
    trouble = f"THE CHECKPOINTS DO NOT HOLD: {history.trouble}.\n" if history.trouble else ""
    if history.last is None:
        return f"{trouble}No checkpoint vouches for this: a store rewritten as a whole, with its chain, would pass."
    last = history.last.statement
    told = (
        f"{trouble}Checkpoint {last.number} of {last.time:%Y-%m-%d %H:%M:%S} UTC, signed with key {last.key}, "
        f"and those before it cover {covered:,} of {events:,} events."
    )
    if covered < events:
        told += f" The {events - covered:,} later ones have their chain only."
    return told


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a server that is away, or a key that is none, into ``Trouble``."""
    try:
        yield
    except AWAY as error:
        raise Trouble(f"The stores cannot be reached: is the stack running? ({str(error).strip()})") from error
    except NoKey as error:
        raise Trouble(f"{error}.") from error


def _move(bar: Progress, task: TaskID, before: int, position: int) -> None:
    bar.update(task, completed=before + position)
