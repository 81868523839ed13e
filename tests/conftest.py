"""What every test may ask for: the real servers, a whole running stack, a browser; each started when asked for."""

import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser, async_playwright

from deploy.dev import jars, kafka, postgres
from deploy.dev.ports import LOOPBACK, free_port
from deploy.dev.settings import StackSettings
from deploy.dev.supervisor import Supervisor
from tests.browser import chromium
from tests.support.started import Started, start

settings.register_profile("house", deadline=None)
"""A first example loads a pack; how long it takes is no property of the code."""
settings.load_profile("house")

signal.signal(signal.SIGINT, signal.default_int_handler)
"""What a shell starts in its background is deaf to Ctrl-C, and so would be what the tests start and stop by it."""


@pytest.fixture(scope="session")
def own_folder() -> Iterator[Path]:
    """A folder of this session that others may walk through (PostgreSQL, started by root, runs as another user)."""
    with tempfile.TemporaryDirectory(prefix="redress-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def supervisor(own_folder: Path) -> Iterator[Supervisor]:
    """Starts the session's servers and stops them at its end."""
    supervisor = Supervisor(own_folder / "run", own_folder / "logs", print)
    yield supervisor
    supervisor.stop()


@pytest.fixture(scope="session")
def postgres_url(own_folder: Path, supervisor: Supervisor) -> str:
    """``postgresql://user:password@host:port`` of a server with no database of ours yet."""
    given = StackSettings.from_environment().database_url
    if given is not None:
        return given
    port = free_port()
    postgres.prepare(own_folder / "postgres", "secret")
    supervisor.start([postgres.process(own_folder / "postgres", port, durable=False)])
    return postgres.url(port, "secret")


@pytest.fixture(scope="session")
def kafka_bootstrap(own_folder: Path, supervisor: Supervisor) -> str:
    """``host:port`` of a Kafka broker that creates no topic unasked."""
    settings = StackSettings.from_environment()
    if settings.kafka is not None:
        return settings.kafka
    port, controller = free_port(), free_port()
    fetched = jars.fetch_all(settings.jars, print)
    kafka.prepare(own_folder / "kafka", port, controller, fetched)
    supervisor.start([kafka.process(own_folder / "kafka", port, fetched)])
    return f"{LOOPBACK}:{port}"


@pytest.fixture(scope="session")
def stack(own_folder: Path) -> Iterator[Started]:
    """The whole stack with no case in it, on ports and data of its own, as ``redress up`` starts it."""
    started = start(own_folder / "stack")
    yield started
    started.stop()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium. Skips where none can be had, but not in CI."""
    async with async_playwright() as playwright:
        try:
            found = chromium.find(Path(playwright.chromium.executable_path))
        except chromium.NoChromium as lack:
            if os.environ.get("CI"):
                pytest.fail(str(lack))
            pytest.skip(str(lack))
        started = await found.launch(playwright)
        yield started
        await started.close()
