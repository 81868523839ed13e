"""One clock: an open page tells the time of the server, also when that is moved while somebody looks."""

import re
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.browser.conftest import Visiting
from tests.journeys.course import registered
from tests.journeys.house import House, until
from tests.journeys.people import QUALITY

SLOW = "const now = Date.now; Date.now = () => now() - 400 * 86400000;"
"""A browser whose own clock is more than a year slow."""
AXIS_ENDS_AT = """(minutes) => {
  const times = JSON.parse(document.getElementById("rates-options").textContent).xAxis?.data ?? [""];
  return minutes.some((minute) => times.at(-1).startsWith(minute));
}"""
AHEAD, AGO, LATE = (
    re.compile(r"^\s*(tomorrow|in \d+ days)\s*$"),
    re.compile(r"^\s*\d+ days ago\s*$"),
    re.compile(r"\bbg-red-lt\b"),
)


async def test_an_open_page_follows_the_clock_of_the_server(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")
    here = f"[data-case='{case.id}']"
    places = {
        "/?limit=200": f"{here}[data-stage=cause] .due",
        "/register?limit=200": f"{here} .due",
        f"/cases/{case.id}": "#open .due",
        f"/cases/{case.id}/history": "[data-document='intake.case-accepted'] .due",
    }
    async with AsyncExitStack() as opened:
        shown = []
        for path, place in places.items():
            visitor = await opened.enter_async_context(visit(QUALITY, path))
            await expect(visitor.page.locator("html")).to_have_attribute("data-live", "yes")
            await expect(visitor.page.locator(place).first).to_have_text(AHEAD)
            shown.append(visitor.page.locator(place).first)

        await house.wait("20d")

        for due in shown:
            await expect(due).to_have_text(AGO)
            await expect(due).to_have_class(LATE)


async def test_the_dashboard_and_its_chart_tell_the_time_of_the_server(visit: Visiting, house: House) -> None:
    async with visit(QUALITY, "/dashboard") as visitor:
        await expect(visitor.page.locator("#rates canvas")).to_be_visible()
        await house.wait("1d7h")
        server = datetime.fromisoformat((await house.get(QUALITY, "/api/analytics/clock")).json()["at"])
        wanted = server.astimezone(ZoneInfo("Asia/Taipei"))

        minutes = "|".join(f"{wanted + timedelta(minutes=later):%H:%M}" for later in (0, 1))
        await expect(visitor.page.locator("[data-last-update]")).to_have_text(re.compile(f"^({minutes})"))
        await until(lambda: visitor.page.evaluate(AXIS_ENDS_AT, minutes.split("|")), "the chart ends now")


async def test_a_browser_whose_clock_is_wrong_tells_the_time_of_the_server(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")

    async with visit(QUALITY) as visitor:
        await visitor.context.add_init_script(SLOW)
        await visitor.goes_to(f"/cases/{case.id}")

        await expect(visitor.page.locator("#open .due").first).to_have_text(AHEAD)
        await expect(visitor.page.locator("#open .due").first).not_to_have_class(LATE)
