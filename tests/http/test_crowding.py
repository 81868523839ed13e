"""Too many at once: those above the limit are sent away with a reason, the others get their answers."""

import asyncio

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.http.crowding import Crowded
from shared.web.translations import say

MOST = 3


class Counter:
    """An app that answers when it is allowed to; ``/stream`` begins at once and goes on."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.inside = 0
        self.arrived = asyncio.Semaphore(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        self.arrived.release()
        start: Message = {"type": "http.response.start", "status": 200, "headers": []}
        if scope["path"] == "/stream":
            await send(start)
        await self.open.wait()
        if scope["path"] == "/broken":
            raise RuntimeError("broken")
        if scope["path"] != "/stream":
            await send(start)
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def client(counter: Counter) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Crowded(counter, MOST, say), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://intake", headers={"accept-language": "en"})


Requests = list[asyncio.Task[httpx.Response]]


async def waiting(client: httpx.AsyncClient, counter: Counter, path: str, many: int) -> Requests:
    """So many requests, each inside."""
    tasks = [asyncio.create_task(client.post(path)) for _ in range(many)]
    for _ in tasks:
        await counter.arrived.acquire()
    return tasks


async def test_the_last_place_is_given_and_no_more(client: httpx.AsyncClient, counter: Counter) -> None:
    inside = await waiting(client, counter, "/", MOST)

    refused = await client.post("/")

    assert (refused.status_code, refused.headers["retry-after"], refused.json()["code"]) == (503, "1", "busy")
    assert counter.inside == MOST
    counter.open.set()
    assert [(await each).status_code for each in inside] == [200] * MOST
    assert (await client.post("/")).status_code == 200


async def test_a_stream_takes_no_place_once_it_has_begun(client: httpx.AsyncClient, counter: Counter) -> None:
    streams = await waiting(client, counter, "/stream", MOST)
    inside = await waiting(client, counter, "/", MOST)
    counter.open.set()
    assert {(await each).status_code for each in (*streams, *inside)} == {200}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_how_a_busy_service_is_can_be_asked(client: httpx.AsyncClient, counter: Counter, path: str) -> None:
    await waiting(client, counter, "/", MOST)
    asked = await waiting(client, counter, path, 1)
    counter.open.set()
    assert (await asked[0]).status_code == 200


async def test_what_breaks_gives_its_place_back(client: httpx.AsyncClient, counter: Counter) -> None:
    broken = await waiting(client, counter, "/broken", MOST)
    counter.open.set()
    assert {(await each).status_code for each in broken} == {500}
    assert (await client.post("/")).status_code == 200
