"""A lean HTTP client for many requests at once: it must cost less than what it loads."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

PATIENCE = 30.0
"""Seconds after which an answer is taken for lost."""

Answer = tuple[int, dict[str, str], dict[str, Any]]
"""Status, headers in small letters, and the body when it is JSON."""
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Lost(Exception):
    """There was no answer."""


class Wires:
    """Kept connections of one person to one address."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._token = token
        self._idle: list[Connection] = []

    async def __aenter__(self) -> "Wires":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, writer in self._idle:
            writer.close()

    async def post(self, path: str, key: str, body: dict[str, Any]) -> Answer:
        """The answer to a command. Raises Lost."""
        content = msgspec.json.encode(body)
        head = (
            f"POST {path} HTTP/1.1\r\nhost: {self._host}\r\nauthorization: Bearer {self._token}\r\n"
            f"idempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(PATIENCE):
                connection = self._idle.pop() if self._idle else await asyncio.open_connection(self._host, self._port)
                answer = await self._ask(connection, head.encode() + content)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            raise Lost(f"lost ({type(error).__name__})") from error
        return answer

    async def _ask(self, connection: Connection, request: bytes) -> Answer:
        reader, writer = connection
        keep = False
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            content = await self._content(reader, headers)
            keep = headers.get("connection", "").lower() != "close"
        finally:
            if keep:
                self._idle.append(connection)
            else:
                writer.close()
        answer: dict[str, Any] = {}
        with suppress(msgspec.DecodeError):
            answer = msgspec.json.decode(content, type=dict[str, Any])
        return int(head[0].split(" ")[1]), headers, answer

    async def _content(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return await reader.readexactly(int(headers.get("content-length", "0")))
        content = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            content += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readline()
        return content
