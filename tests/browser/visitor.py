"""A person at a browser of his own: logs in by picking himself, and is told of everything that went wrong meanwhile."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""What Chromium notes of a form that was refused: no fault of the page."""
UNREACHABLE = re.compile("ERR_INTERNET_DISCONNECTED|Failed to fetch")


class Visitor:
    """``page`` is his page; ``wrong`` what its scripts complained of, ``asked`` every address that it asked for."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context = context
        self.page = page
        self.address = address
        self.wrong: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._noted)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.wrong.append(message.text)

    async def goes_to(self, path: str) -> None:
        """Open a page of the house."""
        await self.page.goto(self.address + path)

    async def logs_in(self, person: str) -> None:
        """Pick oneself on the login page, wherever it leads on to."""
        await self.page.locator(f"button[name=person][value={person}]").click()
        await expect(self.page.locator("form[action='/logout']")).to_have_count(1)

    async def keyed_to(self, name: str) -> None:
        """Press the tabulator until the field of this name has the keyboard."""
        for _ in range(60):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate("document.activeElement.name") == name:
                return
        raise AssertionError(f"the keyboard does not come to {name}")

    @asynccontextmanager
    async def cut_off(self) -> AsyncIterator[None]:
        """Without a network; that nothing could be fetched meanwhile is no fault of the page."""
        await self.context.set_offline(True)
        yield
        await self.context.set_offline(False)
        self.wrong = [complaint for complaint in self.wrong if not UNREACHABLE.search(complaint)]

    @property
    def elsewhere(self) -> list[str]:
        """Addresses outside the house that were asked for."""
        ours = (f"{self.address}/", "data:", "blob:")
        return [url for url in self.asked if not url.startswith(ours)]


@asynccontextmanager
async def visiting(
    browser: Browser,
    address: str,
    person: str | None = None,
    path: str = "/",
    locale: str = "en-US",
    size: tuple[int, int] = (1280, 900),
) -> AsyncIterator[Visitor]:
    """Somebody at his own browser, who came by this path. At the end nothing was wrong and nothing left the house."""
    width, height = size
    context = await browser.new_context(locale=locale, viewport={"width": width, "height": height})
    context.set_default_timeout(15_000)
    visitor = Visitor(context, await context.new_page(), address)
    await visitor.goes_to(path)
    if person is not None:
        await visitor.logs_in(person)
    yield visitor
    assert not visitor.wrong, visitor.wrong
    assert not visitor.elsewhere, visitor.elsewhere
    await context.close()
