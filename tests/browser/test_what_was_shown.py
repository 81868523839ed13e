"""Nothing is signed that was not shown: what changed under an open form is shown at once, before anything is done."""

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visiting
from tests.browser.test_working import open_form, send
from tests.journeys.case import Case
from tests.journeys.course import LETTER, drafted, investigated, registered, signed
from tests.journeys.house import House
from tests.journeys.people import SALES, SALES_MANAGER, SALES_SUPERVISOR

ASIDE = {"disposition": "compensation", "proposal": "Pay for the rejects"}


def changed(page: Page, service: str, field: str) -> Locator:
    """A field that changed, in the alert of the form that is open in a panel: its name, what was seen, what it is."""
    return page.locator(f"#act-{service} [role=alert] [data-changed='{field}']")


async def drafted_for(case: Case, amount: str) -> None:
    """A compensation of this amount is drafted and waits for the signature."""
    await drafted(case, **ASIDE, inputs={"paid": amount})
    await case.comes_to("approval", "signature")


async def test_P1_24_a_draft_that_became_another_under_the_pen_is_not_signed(visit: Visiting, house: House) -> None:
    case = await registered(house)
    await investigated(case)
    await drafted_for(case, "100.00")
    await case.comes_to_the_register("signature")

    async with visit(SALES_MANAGER, f"/cases/{case.id}") as manager:
        page = manager.page
        await open_form(page, "approval", "Sign")
        await page.locator("#act-approval [name=remark]").fill("I agree to 100")

        await case.does(SALES_MANAGER, "send-back", stage="draft", reason="Too little")
        await drafted_for(case, "9900.00")
        await expect(changed(page, "approval", "amount")).to_contain_text("TWD 9,900.00")
        await expect(page.locator("#panel-approval .sheets")).to_contain_text("TWD 9,900.00")
        await expect(page.locator("#act-approval [name=remark]")).to_have_value("I agree to 100")
        await send(page, "approval", "Sign")

        await expect(page.locator("#act-approval .alert-danger")).to_be_focused()
        await expect(changed(page, "approval", "amount").locator("td")).to_have_text(["TWD 100.00", "TWD 9,900.00"])
        await expect(changed(page, "approval", "round").locator("td")).to_have_text(["1", "2"])
        await expect(page.locator("#act-approval [name=remark]")).to_have_value("I agree to 100")
        assert await case.said("approval.disposition-approved") == []

        await page.locator("#act-approval [name=remark]").fill("I agree to 9,900")
        await send(page, "approval", "Sign")
        (approved,) = await case.hears("approval.disposition-approved")
        assert (approved["amount"]["amount"], approved["remark"]) == ("9900.00", "I agree to 9,900")


async def test_P1_14_of_two_who_record_an_outcome_the_later_does_not_win_unseen(visit: Visiting, house: House) -> None:
    case = await signed(house)
    await case.does(SALES, "inform-customer", **LETTER)
    await case.comes_to_the_register("negotiation")

    async with visit(SALES, f"/cases/{case.id}") as clerk, visit(SALES_SUPERVISOR, f"/cases/{case.id}") as supervisor:
        for page, answer, told in (
            (clerk.page, "The customer accepts", "Mr. Wu has called"),
            (supervisor.page, "The customer does not accept", "Mrs. Wu has called"),
        ):
            await open_form(page, "intake", "Record the outcome")
            await page.locator("#act-intake").get_by_text(answer, exact=True).click()
            await page.locator("#act-intake [name=outcome]").fill(told)
        await send(clerk.page, "intake", "Record the outcome")
        await case.hears("intake.negotiation-recorded")
        await send(supervisor.page, "intake", "Record the outcome")

        outcome = changed(supervisor.page, "intake", "outcome").last
        await expect(outcome.locator("td")).to_have_text(["—", "Mr. Wu has called"])
        await expect(supervisor.page.locator("#act-intake [name=outcome]")).to_have_value("Mrs. Wu has called")
        assert [each["outcome"] for each in await case.said("intake.negotiation-recorded")] == ["Mr. Wu has called"]
