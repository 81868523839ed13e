"""The browser that the tests use starts, runs scripts, and lays out Chinese text."""

from playwright.async_api import Browser


async def test_a_page_with_chinese_text_is_laid_out(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>客诉案件</h1><script>document.title = 'ran'</script>")

    heading = page.get_by_role("heading", name="客诉案件")

    assert await page.title() == "ran"
    assert await heading.is_visible()
    await page.close()
