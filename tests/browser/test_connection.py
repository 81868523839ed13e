"""A lost connection is shown, nothing that was typed is lost by it, and what was missed is shown when it is back."""

from playwright.async_api import expect

from tests.browser.conftest import Visiting
from tests.journeys.course import filed
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, SALES


async def test_a_lost_connection_is_shown_and_what_was_missed_comes_when_it_is_back(
    visit: Visiting, house: House
) -> None:
    async with visit(GM_OFFICE, "/dashboard") as watcher:
        await expect(watcher.page.locator("html")).to_have_attribute("data-live", "yes")
        lost = watcher.page.locator("#lost-connection")
        await expect(lost).to_be_hidden()

        async with watcher.cut_off():
            await expect(lost).to_be_visible()
            case = await filed(house)
            await case.comes_to_the_register("endorsement")

        await expect(lost).to_be_hidden()
        await expect(watcher.page.locator(f"#newest [data-case='{case.id}']").first).to_be_visible()


async def test_a_form_that_could_not_be_sent_keeps_what_was_typed_and_is_sent_again(visit: Visiting) -> None:
    async with visit(SALES, "/intake/complaints/new") as clerk:
        await clerk.page.locator("[name=reason]").fill("A long story")
        async with clerk.cut_off():
            await clerk.page.get_by_role("button", name="File a complaint").click()
            await expect(clerk.page.locator("#lost-connection")).to_be_visible()
            await expect(clerk.page.locator("[name=reason]")).to_have_value("A long story")

        await clerk.page.get_by_role("button", name="File a complaint").click()
        await expect(clerk.page.locator("#field-customer .invalid-feedback")).to_be_visible()
        await expect(clerk.page.locator("[name=reason]")).to_have_value("A long story")
        await expect(clerk.page.locator("#lost-connection")).to_be_hidden()
