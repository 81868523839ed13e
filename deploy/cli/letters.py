"""``redress deadletter``: what a service could not take, and another try once the reason is mended."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from deploy.dev.trouble import Trouble
from shared.contracts.event import SERVICES
from shared.eventstore.dead_letters import OPEN, DeadLetter
from shared.eventstore.store import AWAY, Store
from shared.messaging.dead_letters import DeadLetters
from shared.postgres.databases import database_of

app = typer.Typer(no_args_is_help=True, help="See and replay the events that a service could not take.")

Service = Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")]
Number = Annotated[int, typer.Argument(help="The letter's number, as `list` shows it.")]


@app.command("list")
def list_letters(
    service: Annotated[str, typer.Argument(help="A service; all of them when none is named.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many of a service.")] = 100,
) -> None:
    """List the letters that wait, oldest first."""
    table = Table("service", "reader", "number", "state", "since", "case", "reason", "from")
    for name in [service] if service else SERVICES:
        with letters_of(name) as letters:
            for kept in letters.page(states=OPEN, limit=limit):
                table.add_row(name, *told(kept))
    Console().print(table if table.row_count else "No dead letters.")


@app.command()
def show(service: Service, number: Number) -> None:
    """Show one letter: why it could not be taken, and the event itself."""
    with letters_of(service) as letters:
        kept = found(letters, number)
    out = Console()
    out.print(f"{kept.letter.state.value} since {kept.at:%Y-%m-%d %H:%M:%S %Z}: {kept.letter.reason}", markup=False)
    out.print(kept.letter.detail, markup=False)
    try:
        out.print_json(msgspec.json.format(kept.letter.origin.value).decode())
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        out.print(repr(kept.letter.origin.value), markup=False)


@app.command()
def replay(service: Service, number: Number) -> None:
    """Have the service try a letter again, and after it what waits behind it."""
    with letters_of(service) as letters:
        found(letters, number)
        if not letters.replay(number):
            raise Trouble(f"Letter {number} of {service} is not dead: there is nothing to try again.")
    typer.echo(f"{service} tries letter {number} again; `redress deadletter list {service}` shows what became of it.")


@app.command()
def discard(service: Service, number: Number) -> None:
    """Give a letter up, so that what waits behind it goes on without it."""
    with letters_of(service) as letters:
        found(letters, number)
        if not letters.discard(number):
            raise Trouble(f"Letter {number} of {service} is not dead: there is nothing to give up.")
    typer.echo(f"Letter {number} of {service} is given up; it stays on record.")


@contextmanager
def letters_of(service: str) -> Iterator[DeadLetters]:
    """The dead letters of a service. Raises ``Trouble`` for an unknown service and where its store is away."""
    if service not in SERVICES:
        raise Trouble(f"{service!r} is no service: it is one of {', '.join(SERVICES)}.")
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise Trouble("No stack was started here: start one with `make demo`, or set DATABASE_URL.")
    store = Store(database_of(service, url), connections=1)
    try:
        store.prepare()
        yield DeadLetters(store)
    except AWAY as error:
        raise Trouble(f"The store of {service} cannot be reached: is the stack running? ({error})") from error
    finally:
        store.close()


def found(letters: DeadLetters, number: int) -> DeadLetter:
    """The letter of this number. Raises ``Trouble`` when there is none."""
    try:
        return letters.show(number)
    except KeyError:
        raise Trouble(f"There is no letter {number}.") from None


def told(kept: DeadLetter) -> tuple[str, ...]:
    """A letter as cells of a row."""
    letter = kept.letter
    place = f"{letter.origin.topic} {letter.origin.partition}/{letter.origin.offset}"
    since = f"{kept.at:%Y-%m-%d %H:%M:%S}"
    return (
        kept.reader.value,
        str(kept.number),
        letter.state.value,
        since,
        str(letter.origin.subject),
        letter.reason,
        place,
    )
