"""A load of HTTP requests in closed loop: so many clients, each sends its next request after the answer."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx


@dataclass(frozen=True)
class Wanted:
    """One request of a person: a method, a path, a JSON body or none, and further headers."""

    person: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Got:
    """One answer, and how many seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Client:
    """One keep-alive connection, on which one person after the other may ask; ``tokens`` are theirs."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, tokens: Mapping[str, str]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._common = f"Host: {host}\r\nAccept-Language: en\r\n"
        self._tokens = tokens

    async def ask(self, wanted: Wanted) -> Got:
        """Send one request and read its answer."""
        began = time.perf_counter()
        body = b"" if wanted.body is None else json.dumps(wanted.body).encode()
        told = f"Authorization: Bearer {self._tokens[wanted.person]}\r\n"
        told += "".join(f"{name}: {value}\r\n" for name, value in wanted.headers.items())
        if wanted.body is not None:
            told += "Content-Type: application/json\r\n"
        head = f"{wanted.method} {wanted.path} HTTP/1.1\r\n{self._common}{told}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        status, headers = await self._head()
        content = await self._content(headers)
        return Got(status, headers, content, time.perf_counter() - began)

    async def _head(self) -> tuple[int, dict[str, str]]:
        raw = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = raw.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
        return int(first.split(" ")[1]), headers

    async def _content(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "") != "chunked":
            return await self._reader.readexactly(int(headers.get("content-length", "0")))
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)


@asynccontextmanager
async def connected(address: str, people: Collection[str], count: int = 1) -> AsyncIterator[list[Client]]:
    """So many connections to the front door, for these people, who are logged in; closed at the end."""
    place = urlsplit(address)
    host, port = place.hostname or "", place.port or 80
    tokens = {person: token(address, person) for person in people}
    pairs = [await asyncio.open_connection(host, port, limit=1 << 20) for _ in range(count)]
    try:
        yield [Client(reader, writer, f"{host}:{port}", tokens) for reader, writer in pairs]
    finally:
        for _, writer in pairs:
            writer.close()


def token(address: str, person: str) -> str:
    """The token of a person."""
    answer = httpx.post(f"{address}/api/login", json={"person": person}, timeout=20).raise_for_status()
    return str(answer.json()["token"])


@dataclass
class Figures:
    """What a load came to: operations and their latencies in seconds inside the window, and all that were ``done``."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    done: int = 0

    @property
    def rate(self) -> float:
        """Operations a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency, in milliseconds, that so many percent of the operations did not exceed."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


async def drive(
    clients: list[Client], make: Callable[[int, int], Wanted], *, seconds: float, warm_up: float = 2.0
) -> Figures:
    """Have every client do ``make(client, turn)`` again and again; what ends before ``warm_up`` is not counted."""
    figures = Figures(seconds)
    begin = time.perf_counter() + warm_up
    end = begin + seconds

    async def work(number: int, client: Client) -> None:
        turn = 0
        while time.perf_counter() < end:
            got = await client.ask(make(number, turn))
            turn += 1
            figures.done += got.status < 300
            if begin <= time.perf_counter() <= end:
                if got.status < 300:
                    figures.latencies.append(got.seconds)
                else:
                    figures.refused += 1

    async with asyncio.timeout(warm_up + seconds + 60):
        await asyncio.gather(*(work(number, client) for number, client in enumerate(clients)))
    return figures
