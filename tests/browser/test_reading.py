"""Every page can be read and worked by everybody: on a screen, on a phone, on paper, in each language."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Visiting
from tests.browser.visitor import Visitor
from tests.journeys.course import decided, drafted, filed, investigated, negotiated, registered, signed
from tests.journeys.house import House
from tests.journeys.people import GM_OFFICE, QUALITY, SALES_SUPERVISOR

WIDE, PHONE, SMALL = (1280, 900), (390, 844), (320, 640)
A4_LANDSCAPE = (1047, 700)
"""The inside of an A4 sheet in pixels of CSS, as a browser prints."""


@pytest.fixture(scope="module")
async def cases(house: House) -> dict[str, str]:
    """A case that is filed, one under investigation, one late with its signature, one that is closed; by state."""
    new, cause, draft = await filed(house), await registered(house), await registered(house)
    await investigated(draft)
    await drafted(draft)
    closed = await signed(house)
    await negotiated(closed)
    await decided(closed)
    await house.wait("6d")
    await closed.comes_to_the_register()
    await draft.comes_to_the_register("signature")
    return {"filed": str(new.id), "cause": str(cause.id), "signature": str(draft.id), "closed": str(closed.id)}


def paths(cases: dict[str, str]) -> list[str]:
    """Every page of the console, and some forms."""
    return [
        *("/", "/dashboard", "/register", "/register?q=nothing+is+called+so", "/register?sit=TPE", "/nowhere"),
        *(f"/cases/{case}" for case in cases.values()),
        *(f"/cases/{cases['closed']}/history", f"/cases/{cases['closed']}/history?event=3"),
        *("/intake/complaints/new", "/intake/anomaly-slips/new", f"/intake/cases/{cases['filed']}/endorse-complaint"),
        *(f"/investigation/cases/{cases['cause']}/report-cause", "/login"),
    ]


async def settled(page: Page) -> None:
    """Wait until what the page fetches by itself has come."""
    await expect(page.locator(".placeholder")).to_have_count(0)
    await expect(page.locator("html")).to_have_attribute("data-live", "yes")


async def wrong_with(visitor: Visitor, path: str) -> list[object]:
    """What keeps somebody from reading or working a page: what axe finds, and a page wider than the screen."""
    await visitor.goes_to(path)
    if await visitor.page.locator("[hx-sse\\:connect]").count():
        await settled(visitor.page)
    wide = await visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*await violations(visitor.page), *(["wider than the screen"] if wide else [])]


@pytest.mark.parametrize(
    ("language", "size"), [("en", WIDE), ("zh-CN", PHONE), ("zh-TW", WIDE), ("en", PHONE), ("en", SMALL)]
)
async def test_every_page_can_be_read_and_worked(
    visit: Visiting, cases: dict[str, str], language: str, size: tuple[int, int]
) -> None:
    async with visit(SALES_SUPERVISOR, locale=language, size=size) as visitor:
        wrong = {path: found for path in paths(cases) if (found := await wrong_with(visitor, path))}
    assert wrong == {}


@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL])
async def test_operators_can_read_and_work_their_page(visit: Visiting, size: tuple[int, int]) -> None:
    async with visit("operator", size=size) as operator:
        assert await wrong_with(operator, "/operations") == []


@pytest.fixture
async def phone(visit: Visiting, cases: dict[str, str]) -> AsyncIterator[Page]:
    """Somebody of Quality at a phone."""
    async with visit(QUALITY, "/?limit=200", size=PHONE) as visitor:
        yield visitor.page


async def test_on_a_phone_what_to_do_is_on_the_screen(phone: Page, cases: dict[str, str]) -> None:
    card = phone.locator(f"[data-case='{cases['cause']}']")
    act = card.get_by_role("link", name="Report the cause")

    await act.scroll_into_view_if_needed()
    box = await act.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    await expect(card.locator("td").first).to_have_css("display", "block")


async def test_a_case_without_a_number_is_linked_by_its_customer_and_part(
    visit: Visiting, house: House, cases: dict[str, str]
) -> None:
    async with visit(SALES_SUPERVISOR, "/?limit=200") as supervisor:
        row = supervisor.page.locator(f"#worklist [data-case='{cases['filed']}']")

        await expect(row.locator("a").first).to_have_text("Formosa Bicycles · Frame tube 31.8 TPE")
        await expect(row).to_contain_text("Not numbered yet")


async def test_the_register_is_printed_across_with_all_its_columns(visit: Visiting, cases: dict[str, str]) -> None:
    async with visit(GM_OFFICE, "/register", size=A4_LANDSCAPE) as clerk:
        await clerk.page.emulate_media(media="print")

        await expect(clerk.page.locator("#rows th:visible")).to_have_count(11)
        assert await clerk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for hidden in ("header.navbar", "#filters"):
            await expect(clerk.page.locator(hidden)).to_be_hidden()
        assert sheets(await clerk.page.pdf(prefer_css_page_size=True)) == {(842, 595)}


async def test_a_case_is_printed_upright_without_what_only_a_screen_can_do(
    visit: Visiting, cases: dict[str, str]
) -> None:
    async with visit(GM_OFFICE, f"/cases/{cases['closed']}") as clerk:
        await settled(clerk.page)
        await clerk.page.emulate_media(media="print")

        for hidden in ("header.navbar", ".card-actions >> nth=0", "[data-key=h]"):
            await expect(clerk.page.locator(hidden)).to_be_hidden()
        moment = clerk.page.locator("#panel-intake .sheet-by time").first
        shown = await moment.evaluate("time => getComputedStyle(time, '::after').content")
        assert shown == f'"{await moment.get_attribute("title")}"'
        assert sheets(await clerk.page.pdf(prefer_css_page_size=True)) == {(595, 842)}


def sheets(pdf: bytes) -> set[tuple[int, int]]:
    """The sizes of the sheets of a document, in points."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return {(round(float(width)), round(float(height))) for width, height in boxes}
