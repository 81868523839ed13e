"""A complaint is registered in the browser, and whoever watches sees it at once."""

import re
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import Visiting
from tests.browser.visitor import Visitor
from tests.files.making import MAIL, PHONE_HEIC, PHONE_MOV
from tests.files.making import picture as made
from tests.journeys.course import filed
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, SALES
from tests.journeys.pictures import picture

NEW = "/intake/complaints/new"
CASE = re.compile(r"/cases/([0-9a-f-]{36})")
TYPED = {
    "customer": "Keelung Cycles",
    "order": "SO-7001",
    "part": "Frame tube 28.6",
    "delivered": "200",
    "defective": "4",
    "value.amount": "18000",
    "reason": "Dents along the seam",
}
MEBIBYTE = 1024 * 1024


async def fill(page: Page, **changes: str) -> None:
    """Fill the form with the mouse and the keyboard, as most people do; only these texts otherwise."""
    for name, text in {**TYPED, "delivered_on": "2025-06-02", **changes}.items():
        await page.locator(f"[name='{name}']").fill(text)
    for label in ("Domestic", "Pieces"):
        await page.locator(".form-selectgroup").get_by_text(label, exact=True).click()
    await page.locator("[name=demand]").select_option("return")


async def send(page: Page) -> None:
    """Send the form."""
    await page.get_by_role("button", name="File a complaint").click()


async def case_shown(page: Page) -> str:
    """The id of the case whose page is shown."""
    await expect(page).to_have_url(CASE)
    found = CASE.search(page.url)
    assert found is not None
    return found.group(1)


def panel(page: Page, service: str) -> Locator:
    """A department's panel on a case's page."""
    return page.locator(f"#panel-{service}")


async def test_a_complaint_filed_by_keyboard_alone_shows_on_another_dashboard_without_reloading(
    visit: Visiting,
) -> None:
    async with visit(SALES) as clerk, visit(GM_OFFICE, "/dashboard") as watcher:
        await watcher.page.evaluate("window.here = true")
        before = await open_cases(watcher.page)

        await clerk.page.keyboard.press("n")
        await expect(clerk.page).to_have_url(f"{clerk.address}{NEW}")
        customer = f"Keelung {uuid4().hex[:8]}"
        await fill_by_keyboard(clerk, TYPED | {"customer": customer})
        await clerk.page.keyboard.press("Control+Enter")
        case = await case_shown(clerk.page)

        await expect(clerk.page.locator("#open [data-stage]")).to_have_attribute("data-stage", "endorsement")
        await expect(panel(clerk.page, "intake").get_by_text(customer)).to_be_visible()
        row = watcher.page.locator(f"#newest [data-case='{case}'][data-event='intake.complaint-filed']")
        await expect(row).to_be_visible()
        assert await open_cases(watcher.page) == before + 1
        assert await watcher.page.evaluate("window.here")


async def open_cases(page: Page) -> int:
    """How many cases are open, as the dashboard tells."""
    return int((await page.locator("[data-figure='ui.open-cases']").inner_text()).replace(",", ""))


async def fill_by_keyboard(clerk: Visitor, typed: Mapping[str, str]) -> None:
    """Fill the form from its first field to its last, touching nothing but keys."""
    keys = clerk.page.keyboard
    for name in ("customer", "region", "order", "part", "delivered_on", "delivered", "defective", "unit"):
        await clerk.keyed_to(name)
        if name in ("region", "unit"):
            await keys.press("Space")
        else:
            await keys.type(typed.get(name, "06022025"))
    await clerk.keyed_to("value.amount")
    await keys.type(typed["value.amount"])
    await clerk.keyed_to("demand")
    await keys.type("Return")
    await clerk.keyed_to("reason")
    await keys.type(typed["reason"])


async def test_P1_9_what_is_missing_is_marked_beside_its_field_and_what_was_typed_stays(visit: Visiting) -> None:
    async with visit(SALES, NEW, locale="zh-CN") as clerk:
        await clerk.page.locator("[name=customer]").fill("基隆自行车")
        await clerk.page.get_by_role("button", name="提出客诉").click()

        await expect(clerk.page.get_by_role("alert")).to_be_focused()
        await expect(clerk.page.locator("#field-order .invalid-feedback")).to_have_text("请填写此栏。")
        await expect(clerk.page.locator("[name=customer]")).to_have_value("基隆自行车")
        await expect(clerk.page.locator("#field-customer .invalid-feedback")).to_have_count(0)


async def test_a_form_that_looks_like_an_open_complaint_is_warned_of_and_may_be_filed_all_the_same(
    visit: Visiting, house: House
) -> None:
    customer = f"Tainan {uuid4().hex[:8]}"
    like = await filed(house, customer=customer, part=TYPED["part"])
    await like.comes_to_the_register()

    async with visit(SALES, NEW) as clerk:
        await fill(clerk.page, customer=customer)
        await send(clerk.page)
        warning = clerk.page.get_by_role("alert")
        await expect(warning.locator(f"a[href='/cases/{like.id}']")).to_be_visible()
        await clerk.page.locator("#field-duplicates_seen").get_by_text("Yes", exact=True).click()
        await send(clerk.page)

        assert await case_shown(clerk.page) != str(like.id)


async def test_photographs_go_with_the_form_and_are_shown_with_the_case(visit: Visiting) -> None:
    async with visit(SALES, NEW) as clerk:
        await fill(clerk.page, customer=f"Hualien {uuid4().hex[:8]}")
        photographs = [
            {"name": f"裂纹{shade}.png", "mimeType": "image/png", "buffer": picture(shade)} for shade in (30, 31)
        ]
        await clerk.page.locator("[name=attachments]").set_input_files(photographs)  # type: ignore[arg-type]
        await send(clerk.page)
        await case_shown(clerk.page)

        shown = panel(clerk.page, "intake").locator(".file")
        await expect(shown).to_have_count(2)
        await expect(shown.first).to_contain_text("裂纹30.png")
        assert await shown.first.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


def chosen(name: str, content: bytes) -> FilePayload:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "", "buffer": content}


def on_disk(folder: Path, **sizes: int) -> list[Path]:
    """Large files to choose: ``a_mp4=5`` has five bytes."""
    files = {folder / name.replace("_", "."): size for name, size in sizes.items()}
    for file, size in files.items():
        file.write_bytes(bytes(size))
    return list(files)


async def test_what_phones_and_mail_programs_make_is_shown_with_the_case_and_no_picture_is_dead(
    visit: Visiting,
) -> None:
    async with visit(SALES, NEW) as clerk:
        await fill(clerk.page, customer=f"Taitung {uuid4().hex[:8]}")
        files = [
            chosen("IMG_0001.HEIC", PHONE_HEIC),
            chosen("crack.jpg", made("JPEG", (3000, 2000))),
            chosen("broken.jpg", made("JPEG", (40, 30))[:150]),
            chosen("IMG_0001.MOV", PHONE_MOV),
            chosen("mail.eml", MAIL),
        ]
        await clerk.page.locator("[name=attachments]").set_input_files(files)
        await send(clerk.page)
        await case_shown(clerk.page)

        shown = panel(clerk.page, "intake").locator(".file")
        await expect(shown).to_have_count(5)
        drawn = "image => image.decode().then(() => image.naturalWidth)"
        assert [await image.evaluate(drawn) > 0 for image in await shown.locator("img").all()] == [True] * 3
        assert await shown.nth(1).locator("img").evaluate(drawn) == 192
        address = await shown.first.get_by_role("link", name="IMG_0001.HEIC").first.get_attribute("href")
        preview = await clerk.page.request.get(f"{clerk.address}{address}", timeout=60_000)
        assert (preview.status, preview.headers["content-type"]) == (200, "image/jpeg")


async def test_a_file_that_may_not_come_is_named_when_it_is_chosen_and_the_others_stay(
    visit: Visiting, tmp_path: Path
) -> None:
    async with visit(SALES, NEW) as clerk:
        field = clerk.page.locator("#field-attachments")
        files = field.locator("[name=attachments]")
        await files.set_input_files(on_disk(tmp_path, a_png=50, film_mp4=20 * MEBIBYTE + 1, setup_exe=50))

        await expect(field.locator("[data-refused]")).to_contain_text("“film.mp4” is larger than 20 MB.")
        await expect(field.locator("[data-refused]")).to_contain_text("“setup.exe” is a .exe file")
        await files.set_input_files([chosen("b.png", picture(34))])
        await expect(field.locator("[data-chosen] li")).to_have_text([re.compile("a.png"), re.compile("b.png")])
        await expect(field.locator("[data-refused]")).to_be_empty()
        await field.locator("[data-chosen] li").first.get_by_role("button").click()
        await fill(clerk.page, customer=f"Hsinchu {uuid4().hex[:8]}")
        await send(clerk.page)
        await case_shown(clerk.page)

        await expect(panel(clerk.page, "intake").locator(".file")).to_have_text([re.compile("b.png")])


async def test_files_larger_together_than_a_form_may_be_are_told_before_they_are_sent(
    visit: Visiting, tmp_path: Path
) -> None:
    async with visit(SALES, NEW) as clerk:
        field = clerk.page.locator("#field-attachments")
        films = on_disk(tmp_path, a_mp4=13 * MEBIBYTE, b_mp4=13 * MEBIBYTE)
        await field.locator("[name=attachments]").set_input_files(films)

        await expect(field.locator("[data-refused]")).to_have_text(
            "“b.mp4” would make more than 25 MB in all. Send it with a later form."
        )
        await expect(field.locator("[data-chosen] li")).to_have_text([re.compile(r"a.mp4\s+13 MB")])


async def test_a_file_whose_content_is_another_is_named_and_the_others_stay_on_the_form(visit: Visiting) -> None:
    async with visit(SALES, NEW) as clerk:
        await fill(clerk.page, customer=f"Miaoli {uuid4().hex[:8]}")
        files = [chosen("good.png", picture(35)), chosen("photo.jpg", b"MZ" + bytes(100))]
        await clerk.page.locator("[name=attachments]").set_input_files(files)
        await send(clerk.page)

        await expect(clerk.page.locator("#wrong-attachments")).to_contain_text("“photo.jpg” is a .exe file")
        await expect(clerk.page.locator("#field-attachments [data-kept]")).to_have_text([re.compile("good.png")])
        await send(clerk.page)
        await case_shown(clerk.page)
        await expect(panel(clerk.page, "intake").locator(".file")).to_have_text([re.compile("good.png")])


async def test_files_that_were_chosen_stay_when_another_site_is_chosen(visit: Visiting) -> None:
    async with visit("chen-zhiming", NEW) as supervisor:
        await supervisor.page.locator("[name=attachments]").set_input_files([chosen("a.png", picture(36))])
        await supervisor.page.locator("#field-site").get_by_text("Kunshan plant").click()

        await expect(supervisor.page.locator("#field-value .input-group-text")).to_have_text("CNY")
        await expect(supervisor.page.locator("[data-chosen] li")).to_have_text([re.compile("a.png")])
        assert await supervisor.page.locator("[name=attachments]").evaluate("input => input.files.length") == 1


async def test_P1_1_without_a_loss_a_slip_is_shown_in_place_of_a_case(visit: Visiting) -> None:
    async with visit(SALES, NEW) as clerk:
        await fill(clerk.page, customer=f"Chiayi {uuid4().hex[:8]}")
        await clerk.page.locator("#field-loss").get_by_text("No", exact=True).click()
        await clerk.page.locator("[name=handling]").fill("Sorted out at the customer's, nothing was lost")
        await send(clerk.page)
        await case_shown(clerk.page)

        await expect(clerk.page.locator("h1")).to_have_text(re.compile(r"^A\d{6}"))
        await expect(panel(clerk.page, "intake").get_by_text("Anomaly handling slip")).to_be_visible()


async def test_another_site_asks_for_its_own_currency_and_what_was_typed_stays(visit: Visiting) -> None:
    async with visit("chen-zhiming", NEW) as supervisor:
        await supervisor.page.locator("[name=customer]").fill("Suzhou Bikes")
        await supervisor.page.locator("#field-site").get_by_text("Kunshan plant").click()

        await expect(supervisor.page.locator("#field-value .input-group-text")).to_have_text("CNY")
        await expect(supervisor.page.locator("[name=customer]")).to_have_value("Suzhou Bikes")
