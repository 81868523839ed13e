"""A form is opened where one points, left as one likes, and loses nothing; a warning has both answers beside it."""

import os
import re
from uuid import uuid4

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visiting
from tests.browser.test_registering import NEW, TYPED, case_shown, fill, send
from tests.browser.test_working import WORKLIST, open_form, row
from tests.browser.test_working import send as send_act
from tests.journeys.course import LETTER, drafted, filed, investigated, registered, signed
from tests.journeys.house import House
from tests.journeys.people import SALES, SALES_SUPERVISOR, VICE_GENERAL_MANAGER


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def acts(page: Page, service: str) -> Locator:
    """What a panel offers to do."""
    return page.locator(f"#panel-{service} .card-actions a")


def act(page: Page, service: str) -> Locator:
    """Where a panel's form opens."""
    return page.locator(f"#act-{service}")


async def test_P1_24_a_chip_opens_its_form_where_signing_leads_and_sending_back_is_last(
    visit: Visiting, house: House
) -> None:
    case = await registered(house)
    await investigated(case)
    await drafted(case)
    await case.comes_to_the_register("signature")
    await case.comes_to("approval", "signature")

    async with visit(VICE_GENERAL_MANAGER, WORKLIST) as manager:
        page = manager.page
        chips = row(page, case, "signature").locator("[data-act]")
        await expect(chips).to_have_text(["Sign", "Send back"])
        await shot(page, "worklist")
        await chips.first.click()

        await expect(act(page, "approval").locator("[name=remark]")).to_be_focused()
        await expect(acts(page, "approval")).to_have_text(["Sign", "Send back"])
        await expect(acts(page, "approval").first).to_have_class(re.compile("btn-primary"))
        await expect(acts(page, "approval").last).to_have_class(re.compile("btn-outline-secondary"))
        await shot(page, "sign")
        await page.set_viewport_size({"width": 390, "height": 844})
        await shot(page, "sign-phone")


async def test_P1_10_the_quantity_is_not_asked_for_once_it_is_known(visit: Visiting, house: House) -> None:
    known, unknown = await filed(house), await filed(house, defective=None)
    for case in (known, unknown):
        await case.comes_to_the_register("endorsement")
    async with visit(SALES, f"/cases/{unknown.id}") as clerk:
        await expect(acts(clerk.page, "intake")).to_have_text(["Enter the quantity", "Withdraw"])
        await clerk.goes_to(f"/cases/{known.id}")
        await expect(clerk.page.locator("#panel-intake .sheet").first).to_be_visible()
        await expect(acts(clerk.page, "intake")).to_have_text(["Withdraw"])
        await clerk.goes_to(f"/cases/{known.id}?act=determine-quantity")
        await expect(act(clerk.page, "intake").get_by_role("alert")).to_contain_text("The quantity is known already.")


async def test_P1_14_what_is_to_be_done_next_leads(visit: Visiting, house: House) -> None:
    case = await signed(house)
    await case.comes_to_the_register("negotiation")
    async with visit(SALES, f"/cases/{case.id}") as clerk:
        await expect(acts(clerk.page, "intake")).to_have_text(["Inform the customer"])
        await case.does(SALES, "inform-customer", **LETTER)
        await expect(acts(clerk.page, "intake")).to_have_text(["Record the outcome", "Inform the customer"])
        await clerk.goes_to(WORKLIST)
        chips = row(clerk.page, case, "negotiation").locator("[data-act]")
        await expect(chips).to_have_text(["Record the outcome", "Inform the customer"])


async def test_P1_9_the_supervisors_opinion_is_asked_of_supervisors(visit: Visiting) -> None:
    async with visit(SALES, NEW) as clerk, visit(SALES_SUPERVISOR, NEW) as supervisor:
        await expect(supervisor.page.locator("#field-opinion")).to_be_visible()
        await expect(clerk.page.locator("#field-reason")).to_be_visible()
        await expect(clerk.page.locator("#field-opinion")).to_have_count(0)


async def test_a_form_is_left_by_a_key_or_a_button_and_what_was_typed_is_there_when_it_is_opened_again(
    visit: Visiting, house: House
) -> None:
    case = await filed(house)
    await case.comes_to_the_register("endorsement")

    async with visit(SALES_SUPERVISOR, f"/cases/{case.id}") as supervisor:
        page, name = supervisor.page, "Add opinion and sign"
        opinion, note = act(page, "intake").locator("[name=opinion]"), act(page, "intake").locator("[data-restored]")
        await open_form(page, "intake", name)
        await expect(opinion).to_be_focused()
        await expect(note).to_be_hidden()
        await page.keyboard.type("The photographs")
        await page.keyboard.press("Escape")
        await expect(opinion).to_have_count(0)
        await expect(acts(page, "intake").first).to_be_focused()

        await supervisor.goes_to("/register")
        await supervisor.goes_to(f"/cases/{case.id}?act=endorse-complaint")
        await expect(opinion).to_have_value("The photographs")
        await expect(note).to_be_visible()
        await shot(page, "restored")
        await opinion.press("End")
        await page.keyboard.type(" are clear")
        await act(page, "intake").get_by_role("link", name="Cancel").click()
        await expect(opinion).to_have_count(0)

        await open_form(page, "intake", name)
        await expect(opinion).to_have_value("The photographs are clear")
        await send_act(page, "intake", name)
        await expect(page).to_have_url(re.compile("after=intake"))
        assert await page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('redress.draft'))") == []


async def test_a_draft_is_its_writers_own_and_may_be_discarded(visit: Visiting) -> None:
    async with visit(SALES, NEW) as clerk:
        page = clerk.page
        await page.locator("[name=customer]").fill("Hsinchu Bikes")
        await page.locator("[name=demand]").select_option("exchange")
        await page.locator(".form-selectgroup").get_by_text("Domestic", exact=True).click()
        await page.reload()
        await expect(page.locator("[name=customer]")).to_have_value("Hsinchu Bikes")
        await expect(page.locator("[name=demand]")).to_have_value("exchange")
        await expect(page.locator("[name=region][value=domestic]")).to_be_checked()

        await clerk.goes_to(f"/login?to={NEW}")
        await clerk.logs_in(SALES_SUPERVISOR)
        await expect(page.locator("[name=customer]")).to_have_value("")
        await clerk.goes_to(f"/login?to={NEW}")
        await clerk.logs_in(SALES)
        await expect(page.locator("[name=customer]")).to_have_value("Hsinchu Bikes")
        await page.locator("[data-discard]").click()
        await expect(page.locator("[name=customer]")).to_have_value("")
        await page.reload()
        await expect(page.locator("[data-restored]")).to_be_hidden()


async def test_what_was_typed_on_something_else_is_told_so_when_it_is_taken_up_again(
    visit: Visiting, house: House
) -> None:
    case = await registered(house)
    await investigated(case)
    await drafted(case)
    await case.comes_to_the_register("signature")
    await case.comes_to("approval", "signature")
    async with visit(VICE_GENERAL_MANAGER, f"/cases/{case.id}?act=sign-disposition") as manager:
        page = manager.page
        await act(page, "approval").locator("[name=remark]").fill("I agree to 12,600")
        await manager.goes_to("/")
        await case.does(VICE_GENERAL_MANAGER, "send-back", stage="draft", reason="Too much")
        await drafted(case, inputs={"returned": "11", "selling-price": "1050.00"})
        await case.comes_to_the_register("signature")
        await case.comes_to("approval", "signature")

        await manager.goes_to(f"/cases/{case.id}?act=sign-disposition")
        await expect(act(page, "approval").locator("[name=remark]")).to_have_value("I agree to 12,600")
        changed = act(page, "approval").locator("[role=alert] [data-changed=amount] td")
        await expect(changed).to_have_text(["TWD 12,600.00", "TWD 11,550.00"])
        await send_act(page, "approval", "Sign")
        await expect(act(page, "approval").locator(".alert-danger")).to_be_focused()
        await shot(page, "side-by-side")
        await page.set_viewport_size({"width": 390, "height": 844})
        await shot(page, "side-by-side-phone")
        assert await case.said("approval.disposition-approved") == []


async def test_the_warning_of_a_duplicate_shows_it_with_both_answers(visit: Visiting, house: House) -> None:
    customer = f"Tainan {uuid4().hex[:8]}"
    like = await filed(house, customer=customer, part=TYPED["part"])
    await like.comes_to_the_register()

    async with visit(SALES, NEW) as clerk:
        page, warning = clerk.page, clerk.page.locator(".alert-danger")
        await fill(page, customer=customer)
        await send(page)
        await expect(warning).to_be_focused()
        await expect(warning.locator(f"[data-alike='{like.id}']")).to_contain_text("Not numbered yet")
        await expect(warning.locator(f"[data-alike='{like.id}']")).to_contain_text("Filed")
        await shot(page, "duplicate")
        await page.locator("[name=customer]").press("Enter")
        await expect(warning).to_be_focused()
        await warning.get_by_role("button", name="It is another one: file it all the same").click()
        assert await case_shown(page) != str(like.id)

        await clerk.goes_to(NEW)
        await fill(page, customer=customer)
        await send(page)
        await warning.get_by_role("link", name="It is the same: open it").last.click()
        assert await case_shown(page) == str(like.id)
        await clerk.goes_to(NEW)
        await expect(page.locator("[name=customer]")).to_have_value("")


async def test_a_form_that_was_opened_by_itself_shows_what_it_is_about(visit: Visiting, house: House) -> None:
    case = await filed(house)
    await case.comes_to("intake", "endorsement")
    async with visit(SALES_SUPERVISOR, f"/intake/cases/{case.id}/endorse-complaint") as supervisor:
        await expect(supervisor.page.locator("section[aria-labelledby=about] .sheet-title")).to_have_text(
            "Complaint handling form"
        )
        await shot(supervisor.page, "alone")
        await supervisor.page.get_by_role("link", name="Cancel").click()
        await expect(supervisor.page).to_have_url(f"{supervisor.address}/cases/{case.id}")
