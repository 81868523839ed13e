"""The network of the harness: what passes in each mode, and that nothing is turned round on its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from deploy.dev.ports import LOOPBACK, free_port
from tests.chaos.launching.cables import DEAF, PLUGGED, PULLED, SILENT, SLOW, Line

SOON = 2.0
NEVER = 0.4
"""Seconds in which what passes must have come, and after which what has not come does not pass."""


class Echo:
    """A server that says back what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self.port = 0

    async def start(self) -> asyncio.Server:
        """Listen on some port."""
        server = await asyncio.start_server(self._answer, LOOPBACK)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                self.heard += data
                writer.write(data)
                await writer.drain()
        writer.close()


class Caller:
    """Somebody at the near end of a line."""

    def __init__(self, echo: Echo, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.echo, self.line, self.reader, self.writer = echo, line, reader, writer

    async def hears(self, count: int, within: float = SOON) -> bytes:
        """What comes back, when so much does in time."""
        with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            return await asyncio.wait_for(self.reader.readexactly(count), within)
        return b""


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    echo = Echo()
    server = await echo.start()
    line, port = Line(echo.port), free_port()
    near = await asyncio.get_running_loop().create_server(line.answered, LOOPBACK, port)
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    yield Caller(echo, line, reader, writer)
    writer.close()
    near.close()
    server.close()


async def test_a_plugged_line_passes_everything_in_its_order(caller: Caller) -> None:
    said = bytes(range(256)) * 8192
    caller.writer.write(said)

    assert await caller.hears(len(said)) == said


async def test_a_silent_line_passes_nothing_until_it_is_mended(caller: Caller) -> None:
    caller.line.put(SILENT)
    caller.writer.write(b"hello")

    assert (await caller.hears(5, NEVER), caller.echo.heard) == (b"", b"")
    caller.line.put(PLUGGED)
    assert await caller.hears(5) == b"hello"


async def test_a_deaf_line_passes_what_is_asked_and_loses_the_answer(caller: Caller) -> None:
    caller.writer.write(b"first")
    assert await caller.hears(5) == b"first"
    caller.line.put(DEAF)
    caller.writer.write(b"second")

    assert (await caller.hears(6, NEVER), caller.echo.heard) == (b"", b"firstsecond")
    caller.line.put(PLUGGED)
    assert await caller.hears(6) == b""


async def test_a_pulled_line_is_cut_and_takes_nobody(caller: Caller) -> None:
    caller.line.put(PULLED)
    caller.writer.write(b"hello")

    assert (await caller.hears(5, NEVER), caller.echo.heard) == (b"", b"")


async def test_a_slow_line_keeps_the_order_when_it_becomes_quick(caller: Caller) -> None:
    caller.line.put(SLOW)
    caller.writer.write(b"slow ")
    await caller.writer.drain()
    await asyncio.sleep(0.05)
    caller.line.put(PLUGGED)
    caller.writer.write(b"quick")

    assert await caller.hears(10) == b"slow quick"
