"""A tiny department, so that the gate can be tested without one of the real five."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from shared.commands.department import Department
from shared.contracts import Refused, event
from shared.contracts.commands import Command, Draw, File, command, file
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event


@event("testing.opened")
class Opened:
    title: str
    value: Decimal = Decimal("0.00")


@event("testing.noted")
class Noted:
    text: str


@event("testing.numbered")
class Numbered:
    number: int


@event("testing.closed")
class Closed:
    pass


@event("neighbour.asked")
class Asked:
    """Said by another department; this one answers with a note."""

    question: str


@event("neighbour.mentioned")
class Mentioned:
    """Said by another department; this one files it."""

    text: str


@event("neighbour.coughed")
class Coughed:
    """Said by another department; nobody listens."""


@command
class Open(Command):
    title: str


@command
class Note(Command):
    text: str


@command
class Number(Command):
    draws: ClassVar[Draw] = Draw("number", Numbered)
    how_many: int = 1
    refuse: bool = False


@command
class Close(Command):
    pass


@dataclass(frozen=True)
class Folder:
    case: UUID
    title: str = ""
    notes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    closed: bool = False
    heard: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Pack:
    id: str = "test"
    version: int = 1


@dataclass(frozen=True)
class Rules:
    site: str = "TPE"
    pack: Pack = field(default_factory=Pack)

    def series(self, series: str, now: datetime) -> str:
        return f"{series}/{self.site}"


def rules_for(site: str, pack: str | None, version: int | None) -> Rules:
    return Rules(site, Pack(pack or "test", version or 1))


def decide(folder: Folder, wish: Command, rules: Rules, now: datetime) -> Iterable[Event]:
    match wish:
        case File():
            yield wish.heard
        case Open():
            yield Opened(wish.title)
        case Note(text="poison"):
            raise RuntimeError("poison")
        case Note():
            if folder.closed:
                raise Refused("closed", "P0.0")
            if folder.notes[-1:] != (wish.text,):
                yield Noted(wish.text)
        case Number():
            yield from (Numbered(wish.serial + more) for more in range(wish.how_many))
            if wish.refuse:
                raise Refused("no-number", "P0.0")
        case Close():
            yield Closed()


def evolve(folder: Folder, said: Event) -> Folder:
    match said:
        case Opened():
            return replace(folder, title=said.title)
        case Noted():
            return replace(folder, notes=(*folder.notes, said.text))
        case Numbered():
            return replace(folder, numbers=(*folder.numbers, said.number))
        case Closed():
            return replace(folder, closed=True)
        case _:
            return replace(folder, heard=(*folder.heard, said))


def answer(heard: Asked, envelope: Envelope, rules: Rules) -> Command | None:
    return Note(text=heard.question) if heard.question else None


OFFICE = Department("testing", Folder, decide, evolve, {Asked: answer, Mentioned: file})
NEIGHBOUR = Department("neighbour", Folder, decide, evolve, {Noted: file})
