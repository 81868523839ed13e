"""Who comes picks himself, gets to the page he wanted, reads it in his language, and may leave."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visiting
from tests.journeys.course import investigated, registered
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, SALES, SALES_ELSEWHERE

KEY = re.compile(
    r"\b(?:act|app|choice|department|event|field|hint|input|key|language|level|outcome|problem|refused|rule|section"
    r"|service|stage|state|status|ui)\.[a-z]+[\w.-]*"
)
"""A key of the translations that has no words."""


async def test_who_is_not_logged_in_picks_himself_and_gets_where_he_wanted(visit: Visiting) -> None:
    async with visit(SALES, "/register?late=yes") as clerk:
        await expect(clerk.page).to_have_url(f"{clerk.address}/register?late=yes")
        await expect(clerk.page.locator("#who")).to_have_text("林雅婷")


async def test_who_logs_out_is_asked_again(visit: Visiting) -> None:
    async with visit(SALES) as clerk:
        await clerk.page.get_by_label("Who you are").click()
        await clerk.page.get_by_role("button", name="Log out").click()
        await expect(clerk.page).to_have_url(f"{clerk.address}/login")
        await clerk.goes_to("/dashboard")
        await expect(clerk.page).to_have_url(f"{clerk.address}/login?to=/dashboard")


async def test_a_case_of_another_site_is_not_shown(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register()

    async with visit(SALES_ELSEWHERE, f"/cases/{case.id}") as stranger:
        await expect(stranger.page.get_by_text("You do not work for site TPE.")).to_be_visible()


async def test_the_language_is_changed_on_the_page_and_kept(visit: Visiting) -> None:
    async with visit(SALES, "/register") as clerk:
        await expect(clerk.page.locator("h1")).to_have_text("Register")
        await clerk.page.get_by_label("Language").click()
        await clerk.page.get_by_role("link", name="简体中文").click()

        await expect(clerk.page).to_have_url(f"{clerk.address}/register")
        await expect(clerk.page.locator("html")).to_have_attribute("lang", "zh-CN")
        await expect(clerk.page.locator("h1")).to_have_text("登记追踪表")
        await clerk.goes_to("/")
        await expect(clerk.page.locator("h1")).to_have_text("待办")


async def test_the_browsers_language_is_spoken_from_the_first_page_on(visit: Visiting) -> None:
    async with visit(path="/login", locale="zh-CN") as somebody:
        await expect(somebody.page.locator("h1")).to_have_text("请选择身份")


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
async def test_no_page_shows_a_key_in_place_of_words(visit: Visiting, house: House, language: str) -> None:
    case = await registered(house)
    await investigated(case)
    await case.comes_to_the_register("draft")

    async with visit(GM_OFFICE, locale=language) as clerk:
        for path in ("/", "/dashboard", "/register", f"/cases/{case.id}", f"/cases/{case.id}/history", "/nowhere"):
            await clerk.goes_to(path)
            await clerk.page.wait_for_load_state("load")
            text = await clerk.page.locator("body").inner_text()
            assert KEY.findall(text) == [], path
