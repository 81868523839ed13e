"""From the accepted command to the change on an open dashboard, in a real browser."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.bench.load import Client, connected
from tests.bench.registering import filing
from tests.browser import chromium
from tests.journeys.people import SALES

WARM_UP, SECONDS = 4, 8
CONNECTIONS = 4
AFTERWARDS = 5.0
"""Seconds in which the last changes may arrive."""

OBSERVE = """
() => {
  window.counted = [];
  const look = () => {
    const open = Number(document.querySelector('[data-figure="ui.open-cases"]').textContent.replace(/\\D/g, ''));
    const last = window.counted.at(-1);
    if (!last || open !== last[0]) window.counted.push([open, Date.now()]);
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
  look();
}
"""
"""Notes each number of open cases that the dashboard shows, and when it first shows it."""


@dataclass
class Seen:
    """How many commands were sent, and the delays, in milliseconds, of those that the dashboard has shown."""

    sent: int = 0
    delays: list[float] = field(default_factory=list)

    def percentile(self, percent: float) -> float:
        """The delay that so many percent did not exceed."""
        ordered = sorted(self.delays)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0

    @property
    def p50(self) -> float:
        """The median."""
        return self.percentile(50)

    @property
    def p99(self) -> float:
        """What 99 of 100 did not exceed."""
        return self.percentile(99)


async def watching(address: str, rate: int) -> Seen:
    """Register so many complaints a second while a browser shows the dashboard; the first seconds are not counted."""
    async with async_playwright() as playwright:
        browser = await chromium.find(Path(playwright.chromium.executable_path)).launch(playwright)
        try:
            page = await browser.new_page()
            await open_dashboard(page, address)
            async with connected(address, [SALES], CONNECTIONS) as clients:
                accepted = await steadily(clients, rate)
            await asyncio.sleep(AFTERWARDS)
            counted: list[tuple[int, float]] = await page.evaluate("() => window.counted")
        finally:
            await browser.close()
    late = rate * WARM_UP
    return Seen(len(accepted) - late, list(delays(accepted, counted))[late:])


def delays(accepted: list[float], counted: list[tuple[int, float]]) -> Iterator[float]:
    """For each accepted command, in order, how long until the dashboard counted it."""
    before = counted[0][0]
    for number, at in enumerate(accepted, 1):
        shown = next((when for count, when in counted if count >= before + number), None)
        if shown is not None:
            yield max(0.0, shown - at)


async def open_dashboard(page: Page, address: str) -> None:
    """Log in, open the dashboard, and note how it changes."""
    await page.goto(f"{address}/login")
    await page.click(f'button[value="{SALES}"]')
    await page.goto(f"{address}/dashboard")
    await page.wait_for_selector("[data-figure]")
    await page.evaluate(OBSERVE)


async def steadily(clients: Sequence[Client], rate: int) -> list[float]:
    """Send the commands at a steady rate; when each was accepted, in milliseconds since 1970, in that order."""
    accepted: list[float] = []
    begin = time.perf_counter()

    async def send(client: Client, turns: Iterable[int]) -> None:
        for turn in turns:
            await asyncio.sleep(max(0.0, begin + turn / rate - time.perf_counter()))
            got = await client.ask(filing(f"watched-{time.time_ns()}-{turn}"))
            if got.status == 201:
                accepted.append(time.time() * 1000)

    turns = range(rate * (WARM_UP + SECONDS))
    await asyncio.gather(*(send(client, turns[number :: len(clients)]) for number, client in enumerate(clients)))
    return sorted(accepted)
