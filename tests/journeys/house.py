"""The running house as people use it over HTTP: who they are, what they ask, and waiting until something is so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from tests.support.started import Started

T = TypeVar("T")


async def until(ask: Callable[[], Awaitable[T | None]], what: str, within: float = 30.0) -> T:
    """The first true answer. Raises ``AssertionError`` that names ``what`` when there is none within these seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not (answer := await ask()):
        assert loop.time() < deadline, f"not within {within:g} s: {what}"
        await asyncio.sleep(0.02)
    return answer


class House:
    """The front door of a running stack. A person logs in when he first asks for something."""

    def __init__(self, stack: Started, client: httpx.AsyncClient) -> None:
        self.stack = stack
        self._client = client
        self._tokens: dict[str, str] = {}

    async def get(self, person: str, path: str, **headers: str) -> httpx.Response:
        """What a person finds at a path. An underscore in the name of a header is a hyphen."""
        return await self.ask("GET", path, person, headers)

    async def post(self, person: str, path: str, body: object, **headers: str) -> httpx.Response:
        """The answer to a JSON body that a person sends, in English unless he asks for another language."""
        return await self.ask("POST", path, person, {"accept_language": "en", **headers}, json=body)

    async def ask(
        self, method: str, path: str, person: str | None, headers: dict[str, str] | None = None, **rest: Any
    ) -> httpx.Response:
        """The answer to any request, of a person or of somebody unknown."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if person is not None:
            sent.setdefault("authorization", f"Bearer {await self.token(person)}")
        return await self._client.request(method, path, headers=sent, **rest)

    async def token(self, person: str) -> str:
        """The token of a person, who picks himself at the login."""
        if person not in self._tokens:
            answer = await self._client.post("/api/login", json={"person": person})
            self._tokens[person] = answer.json()["token"]
        return self._tokens[person]

    @asynccontextmanager
    async def listening(self, person: str) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of the stream that tells a person what changes, from its welcome on."""
        headers = {"authorization": f"Bearer {await self.token(person)}"}
        async with self._client.stream("GET", "/api/analytics/stream", headers=headers) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == ": welcome"
            yield lines

    async def wait(self, by: str) -> None:
        """Let this much time pass on the stack's clock (``1d``)."""
        moved = await asyncio.to_thread(self.stack.run, "clock", "advance", by)
        assert moved.returncode == 0, moved.stderr


@asynccontextmanager
async def opened(stack: Started) -> AsyncIterator[House]:
    """The house of a stack, its door open."""
    async with httpx.AsyncClient(base_url=stack.address, timeout=30) as client:
        yield House(stack, client)
