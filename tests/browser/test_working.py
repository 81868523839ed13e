"""The work of a day: from the worklist to the case, act, see it at once, and look back at how the case was."""

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visiting
from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import complaint
from tests.journeys.course import RETURNED, filed, investigated, registered
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, QUALITY, SALES, SALES_SUPERVISOR, VICE_GENERAL_MANAGER

WORKLIST = "/?limit=200"
"""The whole worklist: other journeys have left work, too."""


def row(page: Page, case: Case, stage: str) -> Locator:
    """A stage of a case on a worklist."""
    return page.locator(f"#worklist [data-case='{case.id}'][data-stage='{stage}']")


def stage(page: Page, code: str) -> Locator:
    """A stage among those that a case's page shows as open."""
    return page.locator(f"#open [data-stage='{code}']")


async def open_form(page: Page, service: str, act: str) -> None:
    """Open the form of an act in a department's panel."""
    await page.locator(f"#panel-{service} .card-actions").get_by_role("link", name=act, exact=True).click()


async def send(page: Page, service: str, act: str) -> None:
    """Send the form that is open in a department's panel."""
    await page.locator(f"#act-{service}").get_by_role("button", name=act, exact=True).click()


async def test_who_acts_sees_it_at_once_and_the_next_finds_it_on_his_worklist(visit: Visiting, house: House) -> None:
    case = await file_complaint(house, complaint(opinion="Signed at once"), by=SALES_SUPERVISOR)
    await case.comes_to_the_register("registration")

    async with visit(GM_OFFICE, WORKLIST) as clerk, visit(QUALITY, WORKLIST) as inspector:
        await row(clerk.page, case, "registration").locator("a").first.click()
        await expect(stage(clerk.page, "registration")).to_contain_text("P1.13")
        await open_form(clerk.page, "intake", "Accept and number")
        await clerk.page.locator("#act-intake").get_by_text("Quality anomaly").click()
        await send(clerk.page, "intake", "Accept and number")

        await expect(clerk.page).to_have_url(re.compile(rf"/cases/{case.id}\?after=intake:\d+$"))
        await expect(clerk.page.locator("#panel-intake .sheet-title").first).to_have_text("Case accepted")
        await expect(clerk.page.locator("#number")).to_have_text(re.compile(r"^\d{6,}$"))
        await expect(stage(clerk.page, "cause")).to_have_attribute("data-owner", "quality")
        await expect(row(inspector.page, case, "cause")).to_be_visible()


async def test_P1_24_a_draft_asks_for_what_its_disposition_needs_and_goes_to_the_level_of_its_amount(
    visit: Visiting, house: House
) -> None:
    case = await registered(house)
    await investigated(case)
    await case.comes_to("approval", "draft")
    await case.comes_to_the_register("draft")

    async with visit(SALES, f"/cases/{case.id}") as clerk:
        page = clerk.page
        await open_form(page, "approval", "Draft the disposition")
        await page.locator("#field-disposition").get_by_text("Return", exact=True).click()
        await expect(page.locator("#input-inputs-paid")).to_be_hidden()
        for name, text in RETURNED.items():
            await page.locator(f"#input-inputs-{name}").fill(text)
        await page.locator("[name=proposal]").fill("The cracked tubes are taken back")
        await send(page, "approval", "Draft the disposition")

        drafted = page.locator("#panel-approval .sheet").first
        await expect(drafted).to_contain_text("TWD 12,600.00")
        await expect(drafted).to_contain_text("Vice general manager")
    await case.does(GM_OFFICE, "review-disposition")
    await case.comes_to_the_register("signature")
    await case.comes_to("approval", "signature")

    async with visit(VICE_GENERAL_MANAGER, WORKLIST) as manager:
        await row(manager.page, case, "signature").locator("a").first.click()
        await open_form(manager.page, "approval", "Sign")
        await send(manager.page, "approval", "Sign")
        await expect(stage(manager.page, "negotiation")).to_be_visible()


async def test_who_may_not_act_is_offered_nothing_to_do(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to("investigation", "cause")
    await case.comes_to_the_register("cause")

    async with visit(SALES, f"/cases/{case.id}") as clerk:
        await expect(clerk.page.locator("#panel-investigation")).to_be_visible()
        await expect(clerk.page.locator("#panel-investigation .card-actions a")).to_have_count(0)


async def test_the_slider_shows_the_case_as_it_was(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")

    async with visit(GM_OFFICE, f"/cases/{case.id}/history") as clerk:
        number, state = clerk.page.locator("#event-number"), clerk.page.locator("#state")
        open_then = clerk.page.locator("#stages tr.table-active")
        last = await number.inner_text()
        await expect(state).to_have_text("In hand")
        await expect(open_then).to_have_count(2)  # the cause, and the whole case

        await clerk.page.locator("#slider").focus()
        await clerk.page.keyboard.press("Home")
        await expect(number).to_have_text("1")
        await expect(state).to_have_text("Filed")
        await expect(clerk.page.locator("[data-document]")).to_have_count(1)

        await clerk.page.keyboard.press("ArrowRight")
        await expect(number).to_have_text("2")
        await expect(open_then).to_have_attribute("data-stage", "endorsement")

        await clerk.page.keyboard.press("End")
        await expect(number).to_have_text(last)
        await expect(state).to_have_text("In hand")


async def test_a_moment_of_the_history_has_an_address_of_its_own(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")

    async with visit(GM_OFFICE, f"/cases/{case.id}/history?event=1") as clerk:
        await expect(clerk.page.locator("#event-number")).to_have_text("1")
        await clerk.page.get_by_role("link", name="Later").click()
        await expect(clerk.page).to_have_url(re.compile(r"event=2$"))
        await expect(clerk.page.locator("#event-number")).to_have_text("2")


async def test_the_register_is_searched_as_one_types(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await case.comes_to_the_register("cause")
    number = (await case.said("intake.case-accepted"))[0]["number"]

    async with visit(GM_OFFICE) as clerk:
        await clerk.page.keyboard.press("/")
        await clerk.page.keyboard.type(f"{number}\n")

        await expect(clerk.page).to_have_url(re.compile(f"/cases/{case.id}$"))
        await clerk.goes_to("/register")
        await clerk.page.locator("#filters [name=q]").fill(number[:-1])
        await expect(clerk.page.locator(f"#rows [data-case='{case.id}']")).to_be_visible()
        await clerk.page.locator("#filters [name=q]").fill("no such number")
        await expect(clerk.page.locator("#rows [data-case]")).to_have_count(0)


async def test_the_keyboard_stays_where_it_is_while_the_worklist_changes(visit: Visiting, house: House) -> None:
    mine, others = [await filed(house) for _ in range(2)]
    await mine.comes_to_the_register("endorsement")

    async with visit(SALES_SUPERVISOR, WORKLIST) as supervisor:
        link = row(supervisor.page, mine, "endorsement").locator("a").first
        await expect(row(supervisor.page, others, "endorsement")).to_be_visible()
        await link.focus()
        await others.does(SALES_SUPERVISOR, "endorse-complaint", opinion="Signed elsewhere")

        await expect(row(supervisor.page, others, "endorsement")).to_have_count(0)
        await expect(link).to_be_focused()
