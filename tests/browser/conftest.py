"""What every browser test begins with: the house, and people who visit it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest
from playwright.async_api import Browser, expect

from tests.browser.visitor import Visitor, visiting
from tests.journeys.house import House, opened
from tests.support.started import Started

Visiting = Callable[..., AbstractAsyncContextManager[Visitor]]

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
async def house(stack: Started) -> AsyncIterator[House]:
    """The whole stack, asked over HTTP: for what happens beside the browser."""
    async with opened(stack) as house:
        yield house


@pytest.fixture
def visit(browser: Browser, stack: Started) -> Visiting:
    """``async with visit(person, path)``: a person at a browser of his own."""
    return partial(visiting, browser, stack.address)
