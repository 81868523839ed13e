"""Ten times more than the house can take, for a while: what it answers and keeps then, and how it is afterwards."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from deploy.dev.services import MODULES
from tests.chaos.course import form
from tests.chaos.house import House
from tests.chaos.ledger import Entry
from tests.chaos.people import FOR_NOW, People
from tests.chaos.violations import Violation, found
from tests.chaos.wire import Lost, Wires
from tests.journeys.complaints import COMPLAINTS
from tests.journeys.people import SALES_SUPERVISOR

USERS = 32
"""People who, each waiting for his answer, show what the house can take."""
CALM = 5.0
"""Seconds in which they do."""
TIMES = 10
MOST_OPEN = 3000
"""Requests that are under way at once, at most: more people than that nobody has."""
STEP = 0.02
"""Seconds between two handfuls of new requests."""
REPEATED = 200
"""Refused and lost commands that are sent again afterwards, at most."""
GROWTH, LEFT = 256, 96
"""MiB by which a process may grow meanwhile, and in the end."""
SLOWER = 3.0
"""How many times longer an answer may take afterwards than before."""


@dataclass
class Figures:
    """What was measured: commands a second that the house can take, ``offered`` and ``accepted`` in the surge.

    ``crowd`` is how many requests were under way at once, at most.
    """

    calm: float = 0.0
    offered: float = 0.0
    crowd: int = 0
    accepted: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    before: float = 0.0
    after: float = 0.0
    memory: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def told(self) -> str:
        """In words."""
        most = max(self.memory, key=lambda name: self.memory[name][1] - self.memory[name][0])
        first, peak, last = self.memory[most]
        return (
            f"surge: {self.calm:.0f} commands/s taken in calm, {self.offered:.0f}/s offered, "
            f"{self.crowd} at once; answers "
            + ", ".join(f"{answer} {times}" for answer, times in self.answers.most_common())
            + f"; median {self.before * 1000:.0f} ms before, {self.after * 1000:.0f} ms after; "
            + f"{most} {first:.0f} MiB before, {peak:.0f} at most, {last:.0f} after"
        )

    def shortcomings(self) -> list[Violation]:
        """What keeps the surge from showing what it is for.

        A generator beside the house may not come to ten times what fills it a second; ten times as many people at once
        is as much. On a machine so fast that everybody is answered nobody need be refused.
        """
        wrong: list[Violation] = []
        if self.offered < TIMES * self.calm and self.crowd < TIMES * USERS:
            wrong.append(Violation("a surge is none", f"{self.offered:.0f}/s, {self.crowd} at once"))
        if self.accepted < self.answers.total() and not any(self.answers[str(status)] for status in FOR_NOW):
            wrong.append(Violation("too much work is not refused in words", str(dict(self.answers))))
        return wrong


class Surge:
    """A crowd at intake's door, ``seconds`` long."""

    def __init__(self, house: House, people: People, seconds: float, name: str) -> None:
        self._house = house
        self._people = people
        self._seconds = seconds
        self._name = name
        self._count = 0
        self._unclear: list[str] = []
        self.figures = Figures()

    async def come(self) -> list[Violation]:
        """Calm, surge, calm again; what is wrong with it."""
        figures = self.figures
        token = await self._people.token(SALES_SUPERVISOR)
        async with Wires(self._house.started.address, token) as wires:
            figures.calm, figures.before = await self._in_calm(wires)
            first = memory(self._house)
            peak, open_entries = await self._flood(wires)
        for entry in open_entries[:REPEATED]:
            await self._people.send_again(entry)
        async with Wires(self._house.started.address, token) as wires:
            _, figures.after = await self._in_calm(wires)
        last = memory(self._house)
        figures.memory = {name: (size, peak[name], last.get(name, size)) for name, size in first.items()}
        return [
            *figures.shortcomings(),
            *found("a refusal in a surge is not clear", self._unclear),
            *self._grown(),
        ]

    def _grown(self) -> list[Violation]:
        figures = self.figures
        wrong = found(
            "a process grows in a surge",
            (
                f"{name}: {first:.0f} MiB, {peak:.0f} MiB, {last:.0f} MiB"
                for name, (first, peak, last) in figures.memory.items()
                if peak > first + GROWTH or last > first + LEFT
            ),
        )
        if figures.after > SLOWER * figures.before + 0.05:
            wrong.append(Violation("the house is slower after a surge", f"{figures.before} s, {figures.after} s"))
        return wrong

    async def _in_calm(self, wires: Wires) -> tuple[float, float]:
        """Commands a second, and the median seconds of an answer, while everybody waits for his."""
        times: list[float] = []
        until = time.monotonic() + CALM

        async def user() -> None:
            while time.monotonic() < until:
                began = time.monotonic()
                await self._send(wires, self._next())
                times.append(time.monotonic() - began)

        await asyncio.gather(*(user() for _ in range(USERS)))
        return len(times) / CALM, median(times)

    async def _flood(self, wires: Wires) -> tuple[dict[str, float], list[Entry]]:
        """Offer ten times what it takes in calm; the most memory of each process, and what nobody has accepted."""
        sending: set[asyncio.Task[None]] = set()
        entries: list[Entry] = []
        peak = memory(self._house)
        began = looked = time.monotonic()
        while (now := time.monotonic()) < began + self._seconds:
            due = int((now - began) * self.figures.calm * TIMES) - len(entries)
            for _ in range(min(due, MOST_OPEN - len(sending))):
                entries.append(self._next())
                task = asyncio.create_task(self._send(wires, entries[-1], self.figures.answers.update))
                sending.add(task)
                task.add_done_callback(sending.discard)
            self.figures.crowd = max(self.figures.crowd, len(sending))
            if now > looked + 2.0:
                looked = now
                sizes = await asyncio.to_thread(memory, self._house)
                peak = {name: max(size, sizes.get(name, 0.0)) for name, size in peak.items()}
            await asyncio.sleep(STEP)
        self.figures.offered = len(entries) / self._seconds
        await asyncio.gather(*sending)
        self.figures.accepted = sum(entry.accepted for entry in entries)
        return peak, [entry for entry in entries if not entry.accepted]

    def _next(self) -> Entry:
        self._count += 1
        order = f"SO-{self._name}-{self._count}"
        slip = form(("TPE", "KSH")[self._count % 2], order) | {"loss": False, "handling": "Set right there"}
        return self._people.ledger.begin(Entry(SALES_SUPERVISOR, COMPLAINTS, slip, order))

    async def _send(self, wires: Wires, entry: Entry, count: Callable[[list[str]], None] = lambda _: None) -> None:
        try:
            status, headers, answer = await wires.post(entry.path, entry.key, entry.body)
        except Lost as lost:
            entry.tries.append(str(lost))
            return count([str(lost)])
        entry.tries.append(str(status))
        if 200 <= status < 300:
            entry.status, entry.answer = status, answer
        elif status not in FOR_NOW or "retry-after" not in headers:
            self._unclear.append(f"{status} {answer}")
        count([str(status)])


def memory(house: House) -> dict[str, float]:
    """MiB that each service has for itself (its proportional share of memory)."""
    processes = {name: house.process(name) for name in MODULES}
    return {name: process.memory_full_info().pss / 2**20 for name, process in processes.items() if process is not None}
