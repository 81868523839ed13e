"""What people asked for and were answered, as they remember it: the harness's own account, kept outside the house."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from shared.http.identities import case_of, command_of
from tests.journeys.people import SALES_SUPERVISOR


def order_of(name: str) -> str:
    """The order that a life of this name complains about, which is also the key of the complaint."""
    return f"SO-{name}"


@dataclass
class Entry:
    """One command: who sent it where, what became of each try, and the answer that was believed.

    ``status`` is 0 while nobody has answered.
    """

    person: str
    path: str
    body: dict[str, Any]
    key: str
    tries: list[str] = field(default_factory=list)
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the house said that it was done."""
        return 200 <= self.status < 300

    @property
    def service(self) -> str:
        """The service behind the path."""
        return self.path.split("/")[2]

    @property
    def command_id(self) -> UUID:
        """The id under which the service remembers it."""
        return command_of(self.person, self.key)

    @property
    def case(self) -> UUID:
        """The case it is about; of a complaint, the one that comes of it."""
        parts = self.path.split("/")
        return UUID(parts[4]) if parts[3] == "cases" else uuid5(self.command_id, self.service)

    @property
    def act(self) -> str:
        """What was to be done."""
        return self.path.rpartition("/")[2]


class Ledger:
    """Every command in the order of its first try, and what else the harness has done that the checks must know of.

    ``rows`` are the cases that come of the rows of sheets that an import said are there, ``asked`` those of all rows.
    ``overtaken`` are cases that were told out of order (``muddled`` since the last rebuild), ``poisoned`` such as a
    service could not take for a while, ``garbage`` messages that nobody can read.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.rows: set[UUID] = set()
        self.asked: set[UUID] = set()
        self.overtaken: set[UUID] = set()
        self.muddled: set[UUID] = set()
        self.poisoned: set[UUID] = set()
        self.garbage: set[bytes] = set()
        self._answered = asyncio.Condition()

    @property
    def accepted(self) -> list[Entry]:
        """What the house said was done."""
        return [entry for entry in self.entries if entry.accepted]

    @property
    def complaints(self) -> set[UUID]:
        """The cases of all complaints that were accepted, by the form or by an import."""
        return {entry.case for entry in self.accepted if entry.act == "complaints"} | self.rows

    @property
    def wished(self) -> set[UUID]:
        """The cases of all complaints that anybody has tried to file, whatever he was answered."""
        return {entry.case for entry in self.entries if entry.act == "complaints"} | self.asked

    @staticmethod
    def case_of(name: str) -> UUID:
        """The case that a life of this name files."""
        return case_of(command_of(SALES_SUPERVISOR, order_of(name)), "intake")

    def begin(self, entry: Entry) -> Entry:
        """Enter a command before its first try."""
        self.entries.append(entry)
        return entry

    async def answered(self) -> None:
        """Tell who waits for commands to be answered that one more was."""
        async with self._answered:
            self._answered.notify_all()

    async def more(self, count: int, within: float) -> None:
        """Wait until so many more commands are accepted, but not longer than these seconds."""
        wanted = len(self.accepted) + count
        try:
            async with asyncio.timeout(within), self._answered:
                await self._answered.wait_for(lambda: len(self.accepted) >= wanted)
        except TimeoutError:
            return

    def repeats(self) -> Iterator[list[Entry]]:
        """Commands that were sent more than once under one key, side by side."""
        alike: dict[UUID, list[Entry]] = {}
        for entry in self.entries:
            alike.setdefault(entry.command_id, []).append(entry)
        return (entries for entries in alike.values() if len(entries) > 1)
